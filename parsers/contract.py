"""A reading as JSON and back: the shape that ``nianbao read --json`` prints and the archive stores.

The printed contract is fixed (file, title, publisher, year, form, tables, cells, flags, refused);
what the archive needs beyond it stands under ``more``. Decimals keep every digit both ways.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from parsers.document import Place
from parsers.form import Form, Table, form, forms
from parsers.sheet import Cell, Reading, SectionText, Sheet, Signs, State, TableState

TABLES = ("proactive", "applications", "remedies")


def facts(reading: Reading) -> dict[str, Any]:
    """Return ``reading`` in the printed contract, without ``file`` and ``flags``."""
    found = {sheet.table.id: sheet for sheet in reading.sheets}
    return {
        "title": reading.title,
        "publisher": reading.publisher,
        "year": reading.year,
        "form": reading.form.id if reading.form else None,
        "tables": {
            table: str(found[table].state if table in found else TableState.MISSING)
            for table in TABLES
        },
        "cells": [_cell(cell) for sheet in reading.sheets for cell in sheet.cells.values()]
        if reading.form
        else [],
        "refused": reading.refused,
    }


def _cell(cell: Cell) -> dict[str, Any]:
    entry = {
        "table": cell.table,
        "row": cell.row,
        "column": cell.column,
        "value": cell.value,
        "printed": cell.printed,
        "state": str(cell.state),
        "where": cell.place.facts() if cell.place else {},
    }
    if cell.unit:
        entry["unit"] = cell.unit
    if not cell.certain:
        entry["certain"] = False
    return entry


def dumps(entry: Mapping[str, Any]) -> str:
    """Return one line of JSON; decimals are written with the digits they were printed with."""
    return json.dumps(entry, ensure_ascii=False, default=_number)


def _number(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{value!r} has no place in a reading")


def to_json(reading: Reading) -> str:
    """Return the whole reading as JSON for the archive; ``from_json`` gives it back."""
    more = {
        "sections": [asdict(section) for section in reading.sections],
        "signs": asdict(reading.signs),
        "unknown_rows": reading.unknown_rows,
        "published": reading.published,
        "format": reading.format,
        "charset": reading.charset,
        "refused_detail": reading.refused_detail,
        "pictures": {s.table.id: s.pictures for s in reading.sheets if s.pictures},
    }
    return dumps({**facts(reading), "more": more})


def from_json(text: str) -> Reading:
    """Return the reading that ``to_json`` wrote; raise KeyError when it is of another shape."""
    entry = json.loads(text, parse_float=Decimal)
    more = entry["more"]
    edition = form(entry["form"]) if entry["form"] else None
    return Reading(
        title=entry["title"],
        publisher=entry["publisher"],
        year=entry["year"],
        form=edition,
        sheets=_sheets(entry) if not entry["refused"] else (),
        sections=tuple(SectionText(**section) for section in more["sections"]),
        signs=_signs(more["signs"]),
        unknown_rows=tuple(more["unknown_rows"]),
        published=more["published"],
        format=more["format"],
        charset=more["charset"],
        refused=entry["refused"],
        refused_detail=more["refused_detail"],
    )


def _signs(entry: Mapping[str, Any]) -> Signs:
    return Signs(float(entry["traditional"]), entry["glosses"], tuple(entry["hosts"]))


def _sheets(entry: Mapping[str, Any]) -> tuple[Sheet, ...]:
    edition = form(entry["form"]) if entry["form"] else forms()[0]
    cells: dict[str, dict[tuple[str, str], Cell]] = {table: {} for table in TABLES}
    for raw in entry["cells"]:
        cell = Cell(
            raw["table"],
            raw["row"],
            raw["column"],
            raw["printed"],
            raw["value"],
            State(raw["state"]),
            raw.get("unit", ""),
            Place(**raw["where"]) if raw["where"] else None,
            raw.get("certain", True),
        )
        cells[cell.table][cell.row, cell.column] = cell
    pictures = entry["more"]["pictures"]
    return tuple(
        Sheet(
            _printed_as(table, edition, cells[table]),
            TableState(entry["tables"][table]),
            cells[table],
            tuple(pictures.get(table, ())),
        )
        for table in TABLES
    )


def _printed_as(table: str, edition: Form, cells: Mapping[tuple[str, str], Cell]) -> Table:
    """Return ``table`` of the edition whose cells these are: a report may mix two."""
    same = (
        one.table(table) for one in (edition, *forms()) if {*one.table(table).cells} == {*cells}
    )
    return next(same, edition.table(table))
