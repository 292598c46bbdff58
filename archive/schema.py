"""The published database's tables and views, made from the form and ``public_schema.toml``.

Declares and creates; it reads no captures and fills in nothing. Sheets have one row for each row of
the form and one column for each column of any edition; NULL where no number was printed. Dots of
ids become underscores in column names, nowhere else.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import sqlite_utils

from parsers.form import Column, Table, forms

AS_PRINTED = "as printed"
"""Unit of a column whose figures carry their own unit (procurement amounts of the 2019 form)."""

_TYPES: dict[str, type] = {"str": str, "int": int, "float": float}


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column: SQL name, Python type, whether it may be null, both labels."""

    id: str
    type: type
    null: bool
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One table: labels, columns in order, primary key, foreign keys by column."""

    id: str
    zh: str
    en: str
    columns: tuple[ColumnSpec, ...]
    pk: tuple[str, ...]
    foreign: tuple[tuple[str, str, str], ...]


@cache
def tables() -> tuple[TableSpec, ...]:
    """Return every public table in an order in which foreign keys can be made."""
    raw = tomllib.loads((files("archive") / "public_schema.toml").read_text(encoding="utf-8"))
    declared = {name: _declared(name, entry) for name, entry in raw.items()}
    first = [declared.pop(name) for name in ("agencies", "captures", "reports", "rules")]
    return (*first, *sheet_tables(), *declared.values())


def _declared(name: str, raw: Mapping[str, Any]) -> TableSpec:
    targets = {column: target.partition(".") for column, target in raw.get("foreign", {}).items()}
    return TableSpec(
        id=name,
        zh=raw["zh"],
        en=raw["en"],
        columns=tuple(
            ColumnSpec(column, _TYPES[kind.removesuffix("?")], kind.endswith("?"), zh, en)
            for column, (kind, zh, en) in raw["columns"].items()
        ),
        pk=tuple(raw["pk"]),
        foreign=tuple((column, table, key) for column, (table, _, key) in targets.items()),
    )


def sheet_tables() -> tuple[TableSpec, ...]:
    """Return the three sheets, their columns united over all editions of the form."""
    return tuple(_sheet(table.id) for table in forms()[0].tables)


def _sheet(table_id: str) -> TableSpec:
    editions = [form.table(table_id) for form in forms()]
    columns = [
        ColumnSpec("report", str, False, "报告", "The report"),
        ColumnSpec("row", str, False, "行", "Row of the form; see codebook"),
    ]
    columns.extend(_figures(editions))
    return TableSpec(
        id=table_id,
        zh=editions[0].zh,
        en=editions[0].en,
        columns=tuple(columns),
        pk=("report", "row"),
        foreign=(("report", "reports", "id"),),
    )


def _figures(editions: list[Table]) -> Iterator[ColumnSpec]:
    by_id: dict[str, list[Column]] = {}
    for table in editions:
        for column in table.columns:
            by_id.setdefault(column.id, []).append(column)
    for column_id, same in by_id.items():
        number = float if any(column.number == "decimal" for column in same) else int
        zh = " / ".join(dict.fromkeys(column.zh + column.note for column in same))
        en = " / ".join(dict.fromkeys(f"{column.en} ({column.unit})" for column in same))
        yield ColumnSpec(sql_name(column_id), number, True, zh, en)
        if any(column.unit == AS_PRINTED for column in same):
            unit = f"{same[-1].zh}的单位"
            yield ColumnSpec(f"{sql_name(column_id)}_unit", str, True, unit, "Unit as printed")


def sql_name(line_id: str) -> str:
    """Return the SQL name of a row or column of the form: dots become underscores."""
    return line_id.replace(".", "_")


def create(db: sqlite_utils.Database) -> None:
    """Create every table, index and view in an empty database."""
    for spec in tables():
        db.table(spec.id).create(
            {column.id: column.type for column in spec.columns},
            pk=spec.pk[0] if len(spec.pk) == 1 else spec.pk,
            not_null={column.id for column in spec.columns if not column.null},
            foreign_keys=list(spec.foreign),
        )
        for column, *_ in spec.foreign:
            if spec.pk[0] != column:
                db.table(spec.id).create_index([column])
    for name, sql in views().items():
        db.create_view(name, sql)


@cache
def views() -> dict[str, str]:
    """Return the views: ``cells`` in long shape, ``report_wide`` with one row a report."""
    return {"cells": _cells_view(), "report_wide": _wide_view()}


def _cells_view() -> str:
    parts = [
        f"SELECT s.report, r.agency, r.year, r.form, '{sheet.id}' AS sheet, s.row, "
        f"'{column}' AS \"column\", s.{sql_name(column)} AS value "
        f"FROM {sheet.id} s JOIN reports r ON r.id = s.report "
        f"WHERE {_asked_for(sheet.id, column)}"
        for sheet in sheet_tables()
        for column in dict.fromkeys(column for _, column in _cells_of(sheet.id))
    ]
    return "\nUNION ALL\n".join(parts)


def _asked_for(table_id: str, column: str) -> str:
    """Return the condition that the report's form asks for the cell, or that it holds a number.

    Rows of the same name have other columns in another edition; and a report may mix editions.
    """
    asked = [f"s.{sql_name(column)} IS NOT NULL"]
    for form in forms():
        rows = [f"'{row}'" for row, name in form.table(table_id).cells if name == column]
        if rows:
            asked.append(f"r.form = '{form.id}' AND s.row IN ({', '.join(rows)})")
    return f"({' OR '.join(asked)})"


def _wide_view() -> str:
    """Join each row of the form by its key: grouping would read whole sheets for one report.

    SQLite joins 64 tables at most; the editions so far have 37 rows.
    """
    joins, wanted = [], ["r.id AS report", "r.agency", "r.year", "r.form"]
    for sheet in sheet_tables():
        cells = _cells_of(sheet.id)
        for row in dict.fromkeys(row for row, _ in cells):
            joins.append(
                f"LEFT JOIN {sheet.id} AS {_alias(sheet.id, row)}"
                f" ON {_alias(sheet.id, row)}.report = r.id"
                f" AND {_alias(sheet.id, row)}.row = '{row}'"
            )
        wanted.extend(
            f"{_alias(sheet.id, row)}.{sql_name(column)} AS {wide_name(sheet.id, row, column)}"
            for row, column in cells
        )
    return f"SELECT {', '.join(wanted)} FROM reports r {' '.join(joins)}"


def _alias(table: str, row: str) -> str:
    return f"{table}_{sql_name(row)}"


def _cells_of(table_id: str) -> list[tuple[str, str]]:
    """Return (row, column) of every cell of any edition, in the order of the newest form."""
    return list(dict.fromkeys(cell for form in forms() for cell in form.table(table_id).cells))


def wide_name(table: str, row: str, column: str) -> str:
    """Return the column of ``report_wide`` for one cell: ``remedies_suit_after_total``."""
    return f"{table}_{sql_name(row)}_{sql_name(column)}"
