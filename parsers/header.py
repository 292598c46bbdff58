"""Which columns do the header lines in force name, in what order, and where do they stand?

A header may take several lines, and a table broken over pages repeats it or does without. A header
that names columns out of the form's order is not followed: more often than a body that reorders
the official form, it is a page that lost a span. The rows below it cannot be told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from parsers.alignment import Ruler
from parsers.form import Table
from parsers.labels import Vocabulary
from parsers.lines import Line

_UNIT = re.compile(r"单位\s*[:：]?\s*(?P<unit>[^\s()（）]{1,4})")
STRANGE_FROM = 3
"""Words that are no label of the table from which a line heads a table of another kind."""


@dataclass(frozen=True, slots=True)
class Header:
    """The header lines above the figures, as far as they concern one table."""

    lines: tuple[tuple[Line, tuple[str, ...], Ruler], ...] = ()
    """Each line with the columns it names, and where they stand."""
    named: frozenset[str] = frozenset()
    in_order: bool = True
    strange: bool = False
    """Whether the last header met belongs to a table the form does not know."""
    closed: bool = False
    """Whether figures were met since: the next header line begins a new header."""
    units: Mapping[str, str] = field(default_factory=dict)
    """Units the header gives for columns to which the form gives another."""

    def then(self, line: Line, words: Vocabulary) -> Header:
        """Return the header after a line that prints no figures."""
        columns = _columns(line, words)
        rows = _rows(line, words) if words.table.layout == "across" else []
        if columns or rows:
            base = Header() if self.closed or self.strange else self
            in_order = base.in_order and _in_order(columns, rows, words.table)
            lines = (*base.lines, (line, tuple(columns), _ruler(line, words)))
            units = {**base.units, **dict(_units(line, words))}
            return Header(lines, base.named.union(columns), in_order, units=units)
        unknown = sum(1 for key in line.keys if key and not words.knows(key))
        return Header(strange=True) if unknown >= STRANGE_FROM else self

    def close(self) -> Header:
        """Return the header once figures were met below it."""
        return self if self.closed else replace(self, closed=True)

    def ruler(self, columns: Sequence[str], below: Line) -> Ruler | None:
        """Return where ``columns`` stand above the line ``below``.

        None when no single line of the header names just these in this order, or when that line
        was not laid out like the one below.
        """
        for line, named, ruler in reversed(self.lines):
            if named == columns and line.grid == below.grid and line.end == below.end:
                return ruler
        return None


def _columns(line: Line, words: Vocabulary) -> list[str]:
    return [words.columns[key] for key in line.keys if key in words.columns]


def _ruler(line: Line, words: Vocabulary) -> Ruler:
    pairs = zip(line.keys, line.fields, strict=True)
    return Ruler(tuple(field.columns for key, field in pairs if key in words.columns))


def _units(line: Line, words: Vocabulary) -> Iterator[tuple[str, str]]:
    """Yield column and unit where the header prints another unit than the form."""
    for key, cell in zip(line.keys, line.fields, strict=True):
        printed = _UNIT.search(cell.text) if key in words.columns else None
        if printed and printed["unit"] != words.table.column(words.columns[key]).unit:
            yield words.columns[key], printed["unit"]


def _rows(line: Line, words: Vocabulary) -> list[str]:
    """Return the rows a line names, and for a heading over rows the first of them."""
    named = (words.rows.get(key) or words.groups.get(key) for key in line.keys)
    return [
        row for row, key in zip(named, line.keys, strict=True) if row and key not in words.columns
    ]


def _in_order(columns: Sequence[str], rows: Sequence[str], table: Table) -> bool:
    """Say whether columns, and rows that stand side by side, are named in the form's order."""
    order = [column.id for column in table.columns]
    places = [order.index(column) for column in columns]
    ordered = [row.id for row in table.rows]
    beside = [ordered.index(row) for row in rows]
    again = table.layout == "across"  # the columns come again for every row
    return _rises(places, again) and _rises(beside)


def _rises(places: Sequence[int], again: bool = False) -> bool:
    return all(a <= b or (again and b == 0) for a, b in pairwise(places))
