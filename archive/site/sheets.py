"""The tables of one report as they are printed: boxes of the form with what stood in each cell.

A blank stays blank, a dash stays a dash, and a number shows the digits printed where they are
known. What our rules say about a cell is kept beside it, never in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archive.schema import sql_name
from archive.site.page import Row
from archive.site.words import cell_name, word
from parsers.form import Form, Table
from parsers.layout import Box, layout

Place = tuple[str, str, str]
"""Table, row and column of one cell."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What one cell shows: its text, how it looks, why it has no number, and what is in doubt."""

    id: str
    text: str
    look: str
    """number, zero, blank, dash, text, absent, unclear or concluded."""
    reason: str
    label: str
    """Row and column, for those who cannot see the table."""
    flags: tuple[Row, ...]

    @property
    def severity(self) -> str:
        """The gravest severity of the cell's flags; empty where there is none."""
        grave = ("error", "warning", "notice")
        said = {flag["severity"] for flag in self.flags}
        return next((severity for severity in grave if severity in said), "")


@dataclass(frozen=True, slots=True)
class Spread:
    """One table laid out: its official name, section, state, and the lines with their figures."""

    id: str
    title: str
    section: str
    state: str
    unit: str
    lines: tuple[tuple[tuple[Box, Figure | None], ...], ...]
    looks: frozenset[str]
    flagged: bool


@dataclass(frozen=True, slots=True)
class Printed:
    """What is known of every cell of one report."""

    numbers: Mapping[Place, int | float]
    remarks: Mapping[Place, Row]
    flags: Mapping[Place, Sequence[Row]]


LOOKS = {
    "blank": "blank",
    "dash": "dash",
    "not_a_number": "text",
    "not_found": "absent",
    "ambiguous": "unclear",
}


def spreads(form: Form, states: Mapping[str, str], printed: Printed) -> dict[str, Spread]:
    """Return the report's tables by section number; one without any figure has no lines."""
    return {
        table.section: _spread(table, states.get(table.id, "missing"), printed)
        for table in form.tables
    }


def _spread(table: Table, state: str, printed: Printed) -> Spread:
    drawn = any(place[0] == table.id for place in (*printed.numbers, *printed.remarks))
    lines = tuple(
        tuple((box, _figure(table, box, printed)) for box in line)
        for line in (layout(table) if drawn else ())
    )
    figures = [figure for line in lines for _, figure in line if figure]
    looks = frozenset(figure.look for figure in figures)
    flagged = any(figure.flags for figure in figures)
    units = {column.unit for column in table.columns}
    unit = next(iter(units)) if len(units) == 1 else ""
    return Spread(table.id, table.zh, table.section, state, unit, lines, looks, flagged)


def _figure(table: Table, box: Box, printed: Printed) -> Figure | None:
    if box.cell is None:
        return None
    row, column = box.cell
    place = (table.id, row, column)
    number, remark = printed.numbers.get(place), printed.remarks.get(place)
    text, look = _shown(number, remark)
    return Figure(
        id="-".join((table.id, sql_name(row), sql_name(column))),
        text=text,
        look=look,
        reason="" if remark is None else word("cell", remark["state"]),
        label=cell_name(table, row, column),
        flags=tuple(printed.flags.get(place, ())),
    )


def _shown(number: int | float | None, remark: Row | None) -> tuple[str, str]:
    """Return the text of a cell and how it looks."""
    if remark is None:
        return ("", "absent") if number is None else (plain(number), _weight(number))
    said: str = remark["printed"]
    if number is None:
        return said, LOOKS.get(remark["state"], "text")
    return said or plain(number), "concluded" if not said else _weight(number)


def _weight(number: int | float) -> str:
    return "number" if number else "zero"


def plain(number: int | float) -> str:
    """Return a number as a person writes it: no separators, no ``.0`` a float may carry."""
    return f"{number:.15g}" if isinstance(number, float) else str(number)
