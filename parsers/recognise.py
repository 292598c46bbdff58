"""From a document's grids to the sheets of one edition of the form, by labels and alignment.

A line is a row of the form when one of its fields carries that row's official label and the
header in force names the columns the row asks for. What is not recognised is reported as not
found; a table is never completed from its sums, its year or its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from parsers.alignment import Aligned, Run, align, figures_in
from parsers.document import Document, Field
from parsers.form import Form, Table
from parsers.labels import label, vocabulary
from parsers.numbers import figure
from parsers.sheet import Cell, Sheet, State, TableState

LABEL_LIMIT = 160
"""Characters beyond which a field is prose: the longest label with guidance stays under 60."""
HEADER_COLUMNS = 3
"""Column names that make a line the header of section four: 总计 alone proves nothing."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One row of a grid, with the number and the greatest width of the grid it stands in."""

    grid: int
    width: int
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """A row of the form met in the document: its label and the fields that follow it."""

    row: str
    run: Run


@dataclass(frozen=True, slots=True)
class Recognised:
    """The sheets of one edition, and what stood in its tables without being of the form."""

    sheets: tuple[Sheet, ...]
    unknown_rows: tuple[str, ...]

    @property
    def cells_found(self) -> int:
        """Return how many cells of the form the document has, whatever is printed in them."""
        cells = (cell for sheet in self.sheets for cell in sheet.cells.values())
        return sum(cell.state is not State.NOT_FOUND for cell in cells)


def recognise(document: Document, form: Form) -> Recognised:
    """Return every table of ``form`` as far as ``document`` has it."""
    lines = [
        _Line(at, max(map(len, grid.rows)), row)
        for at, grid in enumerate(document.grids())
        for row in grid.rows
    ]
    sheets: list[Sheet] = []
    unknown: list[str] = []
    for table in form.tables:
        if table.layout == "across":
            found = list(_across(lines, table))
        else:
            found = list(_down(lines, table))
            unknown.extend(_unknown_rows(lines, table, {hit.run for hit in found}))
        sheets.append(_sheet(table, found))
    return Recognised(tuple(sheets), tuple(unknown))


# ------------------------------------------------------------------ tables printed line by line


def _down(lines: Iterable[_Line], table: Table) -> Iterator[_Found]:
    """Yield the rows of a table that prints one row a line."""
    header: frozenset[str] = frozenset()
    in_header = False
    for line in lines:
        hit = _row_label(line.fields, table)
        if hit is None:
            named = _columns_named(line.fields, table)
            if named and not figures_in(line.fields):
                header = header | named if in_header else named
                in_header = True
            continue
        in_header = False
        row, at = hit
        columns = table.row(row).columns
        if len(table.blocks) == 1 or header.issuperset(columns):
            cut = len(line.fields) == line.width and _is_total(columns[-1], table)
            yield _Found(row, Run(line.fields[at + 1 :], len(columns), (line.grid, at), cut))


def _is_total(column: str, table: Table) -> bool:
    return any(e.axis == "columns" and column in e.left for e in table.equations)


def _row_label(fields: tuple[Field, ...], table: Table) -> tuple[str, int] | None:
    """Return the row a line belongs to and where its label stands; the last label counts."""
    words = vocabulary(table)
    for at in range(len(fields) - 1, -1, -1):
        key = _key(fields[at])
        if key in words.rows and (key not in words.shared or _is_row(fields, at)):
            return words.rows[key], at
    return None


def _is_row(fields: tuple[Field, ...], at: int) -> bool:
    """Tell a row called 其他 or 总计 from the column of that name: by its numbering or figures."""
    return label(fields[at].text).numbered or _answers(fields[at + 1 :])


def _columns_named(fields: tuple[Field, ...], table: Table) -> frozenset[str]:
    words = vocabulary(table)
    return frozenset(
        words.columns[key] for field in fields if (key := _key(field)) in words.columns
    )


def _key(field: Field) -> str:
    return label(field.text).key if 0 < len(field.text) <= LABEL_LIMIT else ""


def _unknown_rows(lines: list[_Line], table: Table, known: set[Run]) -> Iterator[str]:
    """Yield labels of lines with figures between the table's first and last known row."""
    runs = {run.fields for run in known}
    own = [at for at, line in enumerate(lines) if _ends_with(line.fields, runs)]
    for line in lines[own[0] : own[-1]] if own else ():
        if not _ends_with(line.fields, runs) and figures_in(line.fields):
            words = [
                field.text
                for field in line.fields
                if figure(field.text).state is State.NOT_A_NUMBER
            ]
            yield " ".join(words)


def _ends_with(fields: tuple[Field, ...], runs: set[tuple[Field, ...]]) -> bool:
    return any(fields[at:] in runs for at in range(len(fields)))


# ------------------------------------------------------------------ the table printed as one line


def _across(lines: Iterable[_Line], table: Table) -> Iterator[_Found]:
    """Yield the rows of a table whose rows stand side by side in one line of figures."""
    header: frozenset[str] = frozenset()
    for line in lines:
        named = _columns_named(line.fields, table)
        if not _answers(line.fields):
            header = (
                header | named if named else header if _only_blanks(line.fields) else frozenset()
            )
            continue
        if len(header) >= HEADER_COLUMNS:
            yield _Found("", Run(line.fields, len(table.cells), shape=(line.grid,)))
        header = frozenset()


def _answers(fields: tuple[Field, ...]) -> bool:
    """Say whether a line gives figures or dashes and no words: a row may be dashes throughout."""
    states = {figure(field.text).state for field in fields}
    return bool(states & {State.NUMBER, State.DASH}) and State.NOT_A_NUMBER not in states


def _only_blanks(fields: tuple[Field, ...]) -> bool:
    return not any(field.text.strip() for field in fields)


# ------------------------------------------------------------------ found rows to cells


def _sheet(table: Table, found: list[_Found]) -> Sheet:
    cells = {
        (row, column): Cell(table.id, row, column, "", None, State.NOT_FOUND)
        for row, column in table.cells
    }
    for hit, aligned in zip(found, align(hit.run for hit in found), strict=True):
        wanted = [key for key in table.cells if hit.row in ("", key[0])]
        for key, cell in zip(wanted, _cells(table.id, wanted, hit.run, aligned), strict=True):
            cells[key] = cell if cells[key].state is State.NOT_FOUND else _agreed(cells[key], cell)
    missing = sum(cell.state is State.NOT_FOUND for cell in cells.values())
    state = TableState.READ if not missing else TableState.PARTIAL
    return Sheet(table, TableState.MISSING if missing == len(cells) else state, cells)


def _cells(
    table: str, wanted: list[tuple[str, str]], run: Run, aligned: Aligned | None
) -> Iterator[Cell]:
    if aligned is None:
        printed = " ".join(field.printed for field in run.fields if field.printed)
        place = run.fields[0].place if run.fields else None
        for row, column in wanted:
            yield Cell(table, row, column, printed, None, State.AMBIGUOUS, place=place)
        return
    for (row, column), field in zip(wanted, aligned.fields, strict=True):
        if field is None:
            place = run.fields[-1].place
            yield Cell(table, row, column, "", 0, State.NUMBER, place=place, certain=False)
            continue
        meant = figure(field.printed)
        yield Cell(
            table, row, column, field.printed, meant.value, meant.state, meant.unit, field.place
        )


def _agreed(first: Cell, second: Cell) -> Cell:
    """Return ``first`` when a line printed twice says the same, else neither of the two."""
    if (first.state, first.value) == (second.state, second.value):
        return first
    printed = f"{first.printed} | {second.printed}"
    return Cell(
        first.table, first.row, first.column, printed, None, State.AMBIGUOUS, place=first.place
    )
