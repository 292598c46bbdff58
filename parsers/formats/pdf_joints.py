"""Tables over page breaks: which parts belong together, which rows were cut in two.

Parts are one table when nothing stands between them and their outer columns agree. A row was cut
when its boxes are open at the foot of one page and at the head of the next. A row cut between two
closed boxes cannot be told from two rows, and is left as two.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from parsers.formats.pdf_leaves import Cell, Table

SAME_COLUMN = 4.0
"""Points by which the same rule may move from page to page."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell in its grid: first row and the one after its last, first column and span."""

    cell: Cell
    row: int
    end: int
    column: int
    span: int


def continues(above: Table, below: Table) -> bool:
    """Say whether ``below``, at the head of a page, has the columns of ``above`` at its foot."""
    left, right = _sides(above), _sides(below)
    return all(abs(a - b) <= SAME_COLUMN for a, b in zip(left, right, strict=True))


def _sides(table: Table) -> tuple[float, float]:
    boxes = [cell.box for cell in table.cells]
    return min(box.x0 for box in boxes), max(box.x1 for box in boxes)


def rows(parts: Sequence[Table]) -> list[list[Placed]]:
    """Return the rows of a table given in parts: of each the cells that cover it."""
    columns = _lines([x for part in parts for cell in part.cells for x in _ends(cell)])
    placed: list[Placed] = []
    height = 0
    for part in parts:
        own = _placed(part, columns, height)
        if placed and _is_cut(placed, own, height):
            own = [replace(each, row=each.row - 1, end=each.end - 1) for each in own]
            placed, own = _mended(placed, own, height)
        elif placed:
            placed, own = _stretched(placed, own, height)
        placed += own
        height = max(each.end for each in placed)
    found: list[list[Placed]] = [[] for _ in range(height)]
    for each in placed:
        for row in range(each.row, each.end):
            found[row].append(each)
    return [sorted(row, key=lambda each: each.column) for row in found]


def _ends(cell: Cell) -> tuple[float, float]:
    return cell.box.x0, cell.box.x1


def _lines(positions: Sequence[float]) -> list[float]:
    """Return the distinct positions, the last of each near group, in order."""
    groups: list[list[float]] = []
    for position in sorted(positions):
        if groups and position - groups[-1][0] <= SAME_COLUMN:
            groups[-1].append(position)
        else:
            groups.append([position])
    return [group[-1] for group in groups]


def _placed(part: Table, columns: Sequence[float], first: int) -> list[Placed]:
    levels = _lines([y for cell in part.cells for y in (cell.box.top, cell.box.bottom)])
    found = []
    for cell in part.cells:
        row, end = (bisect_left(levels, y) for y in (cell.box.top, cell.box.bottom))
        column, after = (bisect_left(columns, x) for x in _ends(cell))
        if end > row and after > column:
            found.append(Placed(cell, first + row, first + end, column, after - column))
    return found


def _last(placed: Sequence[Placed], height: int) -> list[Placed]:
    return [each for each in placed if each.end == height]


def _is_cut(placed: Sequence[Placed], below: Sequence[Placed], height: int) -> bool:
    """Say whether the last row goes on below: every box that ends there is open, on both sides."""
    over = [each for each in _last(placed, height) if each.row == height - 1]
    under = [each for each in below if each.row == height]
    same = {(each.column, each.span) for each in under}
    return (
        bool(over)
        and all(each.cell.box.open_below for each in over)
        and all(each.cell.box.open_above for each in under)
        and all((each.column, each.span) in same for each in over)
    )


def _mended(
    placed: list[Placed], below: list[Placed], height: int
) -> tuple[list[Placed], list[Placed]]:
    """Return both parts, the halves of the cut row's cells put together in the first."""
    halves = {(each.column, each.span): each for each in below if each.row == height - 1}
    whole = []
    for each in placed:
        half = halves.pop((each.column, each.span), None) if each.end == height else None
        whole.append(_one(each, half) if half else each)
    rest = {id(half) for half in halves.values()}
    return whole, [each for each in below if each.row > height - 1 or id(each) in rest]


def _stretched(
    placed: list[Placed], below: list[Placed], height: int
) -> tuple[list[Placed], list[Placed]]:
    """Return both parts, where a cell that spans rows and was cut between them is one again.

    It is told by being open on both sides and empty on one of them.
    """
    over = {(each.column, each.span): each for each in _last(placed, height)}
    pairs = {
        id(above): each
        for each in below
        if each.row == height
        and each.cell.box.open_above
        and (above := over.get((each.column, each.span))) is not None
        and above.cell.box.open_below
    }
    gone = {id(each) for each in pairs.values()}
    whole = [_one(each, pairs[id(each)]) if id(each) in pairs else each for each in placed]
    return whole, [each for each in below if id(each) not in gone]


def _one(above: Placed, below: Placed) -> Placed:
    text = above.cell.text + below.cell.text
    return replace(above, cell=replace(above.cell, text=text), end=below.end)
