"""Fill a table of the form: the figures given, and the totals its own equations make of them.

What stands on the left of an equation is derived, everything else is given, and a row that is not
given is zero. This is for writing invented reports; reading real ones never fills a cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from crawler.sample.bodies import Value
from crawler.sample.errors import SampleError
from parsers.form import Table

Cell = tuple[str, str]
"""Row id, column id."""


def completed(table: Table, given: Mapping[str, Sequence[Value]]) -> dict[Cell, Value]:
    """Return every cell of ``table`` from its independent rows.

    Raises:
        SampleError: a row unknown, derived or of the wrong length, or a cell nothing determines.
    """
    derived = {line for equation in table.equations for line in equation.left}
    cells: dict[Cell, Value] = {}
    for row in table.rows:
        asked = [column for column in row.columns if column not in derived]
        figures = given.get(row.id, (0,) * len(asked))
        if row.id in derived:
            continue
        if len(figures) != len(asked):
            raise SampleError(f"{table.id}.{row.id}: {len(figures)} figures for {len(asked)} cells")
        cells |= {(row.id, column): value for column, value in zip(asked, figures, strict=True)}
    if stray := given.keys() - {row for row, _ in cells}:
        raise SampleError(f"{table.id}: not rows to be given: {', '.join(sorted(stray))}")
    _derive(table, cells)
    if open_cells := [cell for cell in table.cells if cell not in cells]:
        raise SampleError(f"{table.id}: nothing determines {open_cells}")
    return {cell: cells[cell] for cell in table.cells}


def _derive(table: Table, cells: dict[Cell, Value]) -> None:
    """Solve every equation with one unknown, until none is left to solve."""
    pending = list(_crossings(table))
    while pending:
        unsolved = [sides for sides in pending if not _solve(sides, cells)]
        if len(unsolved) == len(pending):
            return
        pending = unsolved


def _crossings(table: Table) -> Iterator[tuple[list[Cell], list[Cell]]]:
    for equation in table.equations:
        if equation.axis == "columns":
            for row in table.rows:
                yield [(row.id, c) for c in equation.left], [(row.id, c) for c in equation.right]
        else:
            for column in table.columns:
                yield (
                    [(row, column.id) for row in equation.left],
                    [(row, column.id) for row in equation.right],
                )


def _solve(sides: tuple[list[Cell], list[Cell]], cells: dict[Cell, Value]) -> bool:
    left, right = sides
    unknown = [cell for cell in (*left, *right) if cell not in cells]
    if len(unknown) == 1 and unknown[0] in left:
        rest = sum(int(cells[cell]) for cell in left if cell in cells)
        cells[unknown[0]] = sum(int(cells[cell]) for cell in right) - rest
    return len(unknown) <= 1 and all(cell in cells for cell in left)
