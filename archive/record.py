"""From one reading to the rows that publish it. Pure functions; nothing is judged or looked up.

Numbers go into the sheets; everything that is not a plainly printed number leaves a remark with
what was printed and where. A sheet of which no cell was found has no rows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from archive.rules.model import Flag
from archive.schema import AS_PRINTED, sql_name
from parsers.sheet import Cell, Reading, Sheet, State, TableState

Row = dict[str, object]

Place = tuple[str, str, str]
"""Where something is said: table, row and column; or ``section``, its number and what of it."""

Said = tuple[str, str]
"""What is printed there, and for a cell its state: figures nobody can place are another thing."""


def address(url: str) -> str:
    """Return an address fit to publish: of a local file the name, not the path on our disk."""
    parts = urlsplit(url)
    return f"file:{PurePosixPath(unquote(parts.path)).name}" if parts.scheme == "file" else url


def said(reading: Reading) -> dict[Place, Said]:
    """Return everything a body said, by place: title, headings, prose, cells, pictured tables.

    What was not found was not said. Markup, counters and the like are left out.
    """
    words: dict[Place, Said] = {("title", "", ""): (reading.title or "", "")}
    for section in reading.sections:
        words["section", section.number, "heading"] = section.heading, ""
        words["section", section.number, "text"] = section.text, ""
    for sheet in reading.sheets:
        if sheet.state is TableState.IMAGE:
            words["section", sheet.table.section, "picture"] = str(sheet.state), ""
        for (row, column), cell in sheet.cells.items():
            if cell.state is not State.NOT_FOUND:
                words[sheet.table.id, row, column] = cell.printed, str(cell.state)
    return words


def content_of(reading: Reading) -> str:
    """Return the digest of what a body said: documents that say the same are one version."""
    words = sorted(said(reading).items())
    return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()


def sheet_rows(report: str, sheet: Sheet) -> Iterator[Row]:
    """Yield one row for each row of the form, with None where no number was printed."""
    if sheet.state in (TableState.MISSING, TableState.IMAGE):
        return
    names = {column.id: sql_name(column.id) for column in sheet.table.columns}
    with_unit = {column.id for column in sheet.table.columns if column.unit == AS_PRINTED}
    for row in sheet.table.rows:
        entry: Row = {"report": report, "row": row.id}
        for column in row.columns:
            cell = sheet.cells[row.id, column]
            entry[names[column]] = plain(cell.value)
            if column in with_unit:
                entry[f"{names[column]}_unit"] = cell.unit or None
        yield entry


def plain(value: int | Decimal | None) -> int | float | None:
    """Return a value as SQLite stores it."""
    return float(value) if isinstance(value, Decimal) else value


def remark_rows(report: str, reading: Reading) -> Iterator[Row]:
    """Yield a row for every cell that is more or less than a plainly printed number."""
    for sheet in reading.sheets:
        if sheet.state in (TableState.MISSING, TableState.IMAGE):
            continue
        for cell in sheet.cells.values():
            if cell.state is not State.NUMBER or cell.unit or not cell.certain:
                yield _remark(report, cell)


def _remark(report: str, cell: Cell) -> Row:
    return {
        "report": report,
        "sheet": cell.table,
        "row": cell.row,
        "column": cell.column,
        "state": str(cell.state),
        "printed": cell.printed,
        "place": json.dumps(cell.place.facts() if cell.place else {}),
    }


def section_rows(report: str, reading: Reading) -> Iterator[Row]:
    """Yield the prose of each section found, in Simplified script."""
    for section in reading.sections:
        yield {
            "report": report,
            "number": section.number,
            "heading": section.heading,
            "text": section.text,
        }


def flag_row(report: str, version: int, flag: Flag) -> Row:
    """Return one flag as a row; its id is the same in every build."""
    finding = flag.finding
    return {
        "id": flag.fingerprint(report),
        "report": report,
        "version": version,
        "rule": flag.rule,
        "severity": flag.severity,
        "verdict": finding.verdict,
        "message_zh": finding.message_zh,
        "message": finding.message,
        "expected": _text(finding.expected),
        "found": _text(finding.found),
        "difference": _text(finding.difference),
        "suspect": finding.suspect,
        "cells": json.dumps([asdict(cell) for cell in finding.cells]),
    }


def _text(number: int | Decimal | None) -> str | None:
    return None if number is None else str(number)


def change_rows(report: str, numbers: tuple[int, int], old: Reading, new: Reading) -> Iterator[Row]:
    """Yield what differs between two versions, cell by cell and section by section.

    There is a row whenever ``content_of`` differs: both look at what was ``said``.
    """
    before, after = said(old), said(new)
    for place in dict.fromkeys((*before, *after)):
        if before.get(place) != after.get(place):
            sheet, row, column = place
            yield {
                "report": report,
                "from_version": numbers[0],
                "to_version": numbers[1],
                "sheet": sheet,
                "row": row,
                "column": column,
                "before": before[place][0] if place in before else None,
                "after": after[place][0] if place in after else None,
            }
