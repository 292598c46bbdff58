"""Invented reports: every figure known, every equation of the form holding but for blanks.

Most figures are zero and the rest have a heavy tail, as in real reports. Nothing here knows how a
report is printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from crawler.sample.figures import completed
from parsers.form import Column, Equation, Form, Row, Table, forms

Value = int | Decimal
Place = tuple[str, str, str]
"""Table id, row id, column id."""

MARKS = ("", "", "/", "—", "-")
"""What is printed where there is no figure; a blank is the commonest."""
_PLACES = ("清河", "白鹭", "云溪", "东岭", "石门桥")
_KINDS = ("市水务局", "县人力资源和社会保障局", "区教育局", "县人民政府", "镇人民政府")


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell: its value, or the mark printed in its place."""

    value: Value | None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One invented report."""

    form: Form
    publisher: str
    year: int
    cells: Mapping[Place, Figure]

    @property
    def title(self) -> str:
        """Return the title as a portal prints it."""
        return f"{self.publisher}{self.year}年政府信息公开工作年度报告"

    @property
    def whole(self) -> bool:
        """Say whether every cell holds a figure."""
        return all(figure.value is not None for figure in self.cells.values())


def report(rng: Random) -> Report:
    """Return the report that this source of chance makes."""
    edition = rng.choice(forms())
    publisher = rng.choice(_PLACES) + rng.choice(_KINDS)
    year = edition.first_year + rng.randrange(4)
    busy = rng.choice((0.03, 0.1, 0.1, 0.3))
    cells = {
        (table.id, row, column): Figure(value)
        for table in edition.tables
        for (row, column), value in _filled(table, busy, rng).items()
    }
    if rng.random() < 0.4:
        cells |= _unfilled(cells, rng)
    return Report(edition, publisher, year, cells)


def _unfilled(cells: Mapping[Place, Figure], rng: Random) -> dict[Place, Figure]:
    """Return some cells left open, with one mark: a few, a row, or the zeros of a row or table."""
    mark = Figure(None, rng.choice(MARKS))
    kind = rng.choice(("few", "row", "zeros of rows", "zeros of a table"))
    if kind == "few":
        return dict.fromkeys(rng.sample(list(cells), rng.randrange(1, 6)), mark)
    rows = [place[:2] for place in rng.sample(list(cells), 1 if kind == "row" else 3)]
    zeros = {place for place, figure in cells.items() if figure.value == 0 or kind == "row"}
    if kind == "zeros of a table":
        return {place: mark for place in cells if place in zeros and place[0] == rows[0][0]}
    return {place: mark for place in cells if place in zeros and place[:2] in rows}


def _filled(table: Table, busy: float, rng: Random) -> Mapping[tuple[str, str], Value]:
    derived = {line for equation in table.equations for line in equation.left}
    given: dict[str, list[Value]] = {
        row.id: [_one(table.column(c), busy, rng) for c in row.columns if c not in derived]
        for row in table.rows
        if row.id not in derived
    }
    if (received := _received(table)) is not None:
        _balance(given, received, rng)
    whole = completed(table, given)  # knows words too, which are not invented here
    return {cell: value for cell, value in whole.items() if not isinstance(value, str)}


def _received(table: Table) -> tuple[Row, Row] | None:
    """Return the two rows that the form balances against what was done, if the table has them."""
    for equation in table.equations:
        if equation.axis == "rows" and len(equation.left) == len(equation.right) == 2:
            new, old = (table.row(row) for row in equation.right)
            return new, old
    return None


def _balance(given: dict[str, list[Value]], received: tuple[Row, Row], rng: Random) -> None:
    """Set what came in so that all that was done came in, and something may be left over."""
    new, old = (row.id for row in received)
    done = [row for row in given if row not in (new, old)]
    for at in range(len(given[new])):
        came = sum(int(given[row][at]) for row in done)
        came += _tail(rng) if rng.random() < 0.1 else 0
        given[old][at] = rng.randint(0, came) if rng.random() < 0.5 else 0
        given[new][at] = came - int(given[old][at])


def _one(column: Column, busy: float, rng: Random) -> Value:
    if rng.random() > max(busy, 0.5 if column.number != "integer" else 0):
        return 0
    value = _tail(rng)
    if column.number == "decimal":
        return Decimal(value) / Decimal(10) ** rng.randrange(5) if rng.random() < 0.8 else value
    return -value if column.number == "signed" and rng.random() < 0.5 else value


def _tail(rng: Random) -> int:
    return min(int(rng.paretovariate(0.7)), 99_999)


def equations_that_fail(told: Report) -> list[str]:
    """Return every equation of the form that a report breaks, those with a blank left out."""
    return [
        f"{table.id}: {equation.id} in {line}"
        for table in told.form.tables
        for equation in table.equations
        for line in _lines(table, equation)
        if not _holds(told, table, equation, line)
    ]


def _lines(table: Table, equation: Equation) -> list[str]:
    across = equation.axis == "columns"
    return [line.id for line in (table.rows if across else table.columns)]


def _holds(told: Report, table: Table, equation: Equation, line: str) -> bool:
    sums: list[Value] = []
    for terms in (equation.left, equation.right):
        across = equation.axis == "columns"
        cells = [(table.id, line, term) if across else (table.id, term, line) for term in terms]
        values = [told.cells[cell].value for cell in cells]
        known = [value for value in values if value is not None]
        if len(known) < len(values):
            return True
        sums.append(sum(known))
    return sums[0] == sums[1]
