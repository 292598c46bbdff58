"""From the rows found to the sheets of one edition of the form.

Every cell the form asks for is there at the end, with a number only where one was printed in its
place. Two readings of one cell that differ are none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from parsers.alignment import Aligned, align
from parsers.form import Form
from parsers.labels import Vocabulary, vocabularies
from parsers.lines import Line
from parsers.numbers import figure
from parsers.recognise import Found, rows_of
from parsers.sheet import Cell, Sheet, State, TableState


@dataclass(frozen=True, slots=True)
class Filled:
    """One table as far as the document has it, and rows in it that the form does not have."""

    sheet: Sheet
    unknown_rows: tuple[str, ...]
    cells_found: int
    """How many cells of the form the document has, whatever is printed in them."""


def fill(listed: Sequence[Line], form: Form) -> tuple[Filled, ...]:
    """Return every table of ``form`` as far as the lines of a document have it."""
    return tuple(_filled(listed, words) for words in vocabularies(form.id))


def _filled(listed: Sequence[Line], words: Vocabulary) -> Filled:
    table = words.table
    found, unknown = rows_of(listed, words)
    cells: dict[tuple[str, str], Cell] = {}
    for cell in _apart(list(_cells(found, words))):
        key = cell.row, cell.column
        cells[key] = _agreed(cells[key], cell) if key in cells else cell
    whole = {
        key: cells.get(key) or Cell(table.id, *key, "", None, State.NOT_FOUND)
        for row in words.cells.values()
        for key in row
    }
    state = TableState.READ if len(cells) == len(whole) else TableState.PARTIAL
    sheet = Sheet(table, state if cells else TableState.MISSING, whole)
    return Filled(sheet, tuple(unknown), len(cells))


def _cells(found: Sequence[Found], words: Vocabulary) -> Iterator[Cell]:
    every = tuple(key for row in words.cells.values() for key in row)
    for hit, aligned in zip(found, align(hit.run for hit in found), strict=True):
        yield from _row(words.table.id, words.cells[hit.row] if hit.row else every, hit, aligned)


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
        unit = meant.unit or (hit.units.get(column, "") if meant.state is State.NUMBER else "")
        yield Cell(table, row, column, field.printed, meant.value, meant.state, unit, field.place)


def _apart(cells: Sequence[Cell]) -> Iterator[Cell]:
    """Yield the cells, ambiguous where one printed figure would fill several rows.

    A field that spans rows is one and the same object in each of them, and so is its place.
    """
    rows: dict[int, set[str]] = defaultdict(set)
    for cell in cells:
        rows[id(cell.place)].add(cell.row)
    for cell in cells:
        merged = cell.state is State.NUMBER and len(rows[id(cell.place)]) > 1
        yield replace(cell, value=None, state=State.AMBIGUOUS) if merged else cell


def _agreed(first: Cell, second: Cell) -> Cell:
    """Return ``first`` when a line printed twice says the same, else neither of the two."""
    if (first.state, first.value, first.unit) == (second.state, second.value, second.unit):
        return first
    printed = f"{first.printed} | {second.printed}"
    return replace(first, printed=printed, value=None, state=State.AMBIGUOUS, certain=True)
