"""From the rows found to the sheets of one edition of the form.

Every cell the form asks for is there at the end, with a number only where one was printed in its
place. Two readings of one cell that differ are none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from parsers.alignment import Aligned, align
from parsers.document import Document, Place
from parsers.form import Form, Table
from parsers.lines import Line, lines
from parsers.numbers import figure
from parsers.recognise import Found, rows_of
from parsers.sheet import Cell, Sheet, State, TableState


@dataclass(frozen=True, slots=True)
class Filled:
    """One table as far as the document has it, and rows in it that the form does not have."""

    sheet: Sheet
    unknown_rows: tuple[str, ...]

    @property
    def cells_found(self) -> int:
        """Return how many cells of the form the document has, whatever is printed in them."""
        return sum(cell.state is not State.NOT_FOUND for cell in self.sheet.cells.values())


def fill(document: Document, form: Form, headings: Mapping[int, str]) -> tuple[Filled, ...]:
    """Return every table of ``form``; ``headings`` names the section that begins at a block."""
    listed = lines(document, headings)
    return tuple(_filled(listed, table) for table in form.tables)


def _filled(listed: Sequence[Line], table: Table) -> Filled:
    found, unknown = rows_of(listed, table)
    cells = {
        (row, column): Cell(table.id, row, column, "", None, State.NOT_FOUND)
        for row, column in table.cells
    }
    for cell in _apart(list(_cells(found, table))):
        key = cell.row, cell.column
        known = cells[key].state is not State.NOT_FOUND
        cells[key] = _agreed(cells[key], cell) if known else cell
    missing = sum(cell.state is State.NOT_FOUND for cell in cells.values())
    state = TableState.READ if not missing else TableState.PARTIAL
    sheet = Sheet(table, TableState.MISSING if missing == len(cells) else state, cells)
    return Filled(sheet, tuple(unknown))


def _cells(found: Sequence[Found], table: Table) -> Iterator[Cell]:
    for hit, aligned in zip(found, align(hit.run for hit in found), strict=True):
        wanted = [key for key in table.cells if hit.row in ("", key[0])]
        yield from _row(table.id, wanted, hit, aligned)


def _row(
    table: str, wanted: Sequence[tuple[str, str]], hit: Found, aligned: Aligned | None
) -> Iterator[Cell]:
    fields = hit.run.fields or hit.line.fields
    if aligned is None:
        printed = " ".join(field.printed for field in fields if field.printed)
        for row, column in wanted:
            yield Cell(table, row, column, printed, None, State.AMBIGUOUS, place=fields[0].place)
        return
    for (row, column), field in zip(wanted, aligned.fields, strict=True):
        if field is None:
            place = fields[-1].place
            yield Cell(table, row, column, "", 0, State.NUMBER, place=place, certain=False)
            continue
        meant = figure(field.text)
        yield Cell(
            table, row, column, field.printed, meant.value, meant.state, meant.unit, field.place
        )


def _apart(cells: Sequence[Cell]) -> Iterator[Cell]:
    """Yield the cells, ambiguous where one printed figure would fill several rows."""
    rows: dict[Place | None, set[str]] = defaultdict(set)
    for cell in cells:
        rows[cell.place].add(cell.row)
    for cell in cells:
        merged = cell.state is State.NUMBER and len(rows[cell.place]) > 1
        yield replace(cell, value=None, state=State.AMBIGUOUS) if merged else cell


def _agreed(first: Cell, second: Cell) -> Cell:
    """Return ``first`` when a line printed twice says the same, else neither of the two."""
    if (first.state, first.value, first.unit) == (second.state, second.value, second.unit):
        return first
    printed = f"{first.printed} | {second.printed}"
    return replace(first, printed=printed, value=None, state=State.AMBIGUOUS, certain=True)
