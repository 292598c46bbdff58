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

from archive.rules.model import Flag
from archive.schema import AS_PRINTED, sql_name
from parsers.sheet import Cell, Reading, Sheet, State, TableState

Row = dict[str, object]


def content_of(reading: Reading) -> str:
    """Return the digest of what a body said: title, prose and printed figures.

    Two captures with the same content are one version: markup, counters and the like are left out.
    """
    said = {
        "title": reading.title,
        "sections": [asdict(section) for section in reading.sections],
        "cells": [
            [sheet.table.id, *key, cell.printed, cell.state]
            for sheet in reading.sheets
            for key, cell in sheet.cells.items()
        ],
        "tables": [[sheet.table.id, sheet.state] for sheet in reading.sheets],
    }
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def sheet_rows(report: str, sheet: Sheet) -> Iterator[Row]:
    """Yield one row for each row of the form, with None where no number was printed."""
    if sheet.state in (TableState.MISSING, TableState.IMAGE):
        return
    for row in sheet.table.rows:
        entry: Row = {"report": report, "row": row.id}
        for column in row.columns:
            cell = sheet.cells[row.id, column]
            entry[sql_name(column)] = plain(cell.value)
            if sheet.table.column(column).unit == AS_PRINTED:
                entry[f"{sql_name(column)}_unit"] = cell.unit or None
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
    """Yield what differs between two versions, cell by cell and section by section."""
    before, after = _printed(old), _printed(new)
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
                "before": before.get(place),
                "after": after.get(place),
            }


def _printed(reading: Reading) -> dict[tuple[str, str, str], str]:
    """Return everything a version prints, by place: cells, sections, title."""
    said = {("title", "", ""): reading.title or ""}
    for section in reading.sections:
        said["section", section.number, "text"] = section.text
    for sheet in reading.sheets:
        for (row, column), cell in sheet.cells.items():
            if cell.state is not State.NOT_FOUND:
                said[sheet.table.id, row, column] = cell.printed
    return said
