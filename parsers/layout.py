"""Lay a table of the form out as it is printed: boxes that span rows and columns.

Knows the shape of the form and nothing of figures or markup: a box for a figure names its cell,
every other box says a heading of the form file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

from parsers.form import Block, Group, Row, Table

Cell = tuple[str, str]
"""Row id, column id."""

Kind = Literal["caption", "corner", "column", "row", "figure"]


@dataclass(frozen=True, slots=True)
class Box:
    """One box of the printed table; ``cell`` is set where a figure stands."""

    kind: Kind
    text: str = ""
    down: int = 1
    across: int = 1
    cell: Cell | None = None


Line = tuple[Box, ...]
Path = tuple[str, ...]
"""The headings over a column, or before a row: outermost first, its own label last."""


def layout(table: Table) -> tuple[Line, ...]:
    """Return the lines of ``table`` from top to bottom, each with the boxes that begin in it."""
    return tuple(_across(table) if table.layout == "across" else _down(table))


def _across(table: Table) -> Iterator[Line]:
    paths = [
        (*_over(row.id, table.groups), row.zh, table.column(column).zh)
        for row in table.rows
        for column in row.columns
    ]
    yield from _header(paths)
    yield tuple(Box("figure", cell=cell) for cell in table.cells)


def _down(table: Table) -> Iterator[Line]:
    labels = [(*_over(row.id, table.groups), row.printed) for row in table.rows]
    indent = max(map(len, labels))
    width = max(len(block.columns) for block in table.blocks)
    before: dict[int, list[Box]] = {}
    for start, _, box in _spans(labels):
        turned = replace(box, kind="row", down=box.across, across=box.down)
        before.setdefault(start, []).append(turned)
    place = 0
    for block in table.blocks:
        yield from _block_header(table, block, indent, width)
        for row in block.rows:
            yield (*before[place], *_stretched(_figures(row), width))
            place += 1


def _figures(row: Row) -> list[Box]:
    return [Box("figure", cell=(row.id, column)) for column in row.columns]


def _block_header(table: Table, block: Block, indent: int, width: int) -> Iterator[Line]:
    if block.caption:
        yield (Box("caption", block.caption, across=indent + width),)
    columns = [table.column(column) for column in block.columns]
    paths = [(*_over(c.id, table.column_groups), f"{c.zh}{c.note}") for c in columns]
    corner = Box("corner", block.corner, down=max(map(len, paths)), across=indent)
    for level, line in enumerate(_header(paths)):
        boxes = line if corner.down > 1 else _stretched(line, width)
        yield (corner, *boxes) if level == 0 else boxes


def _over(line: str, groups: Sequence[Group]) -> Path:
    over = sorted((g for g in groups if line in g.members), key=lambda g: -len(g.members))
    return tuple(group.zh for group in over)


def _header(paths: Sequence[Path]) -> Iterator[Line]:
    spans = sorted(_spans(paths), key=lambda span: (span[1], span[0]))
    for _, level in groupby(spans, key=lambda span: span[1]):
        yield tuple(box for _, _, box in level)


def _spans(paths: Sequence[Path]) -> Iterator[tuple[int, int, Box]]:
    """Yield (start, level, box): equal neighbours are one, the last fills its levels."""
    depth = max(map(len, paths))
    for level in range(depth):
        start = 0
        for prefix, run in groupby(paths, key=lambda path: path[: level + 1]):
            across = len(list(run))
            if len(prefix) > level:
                last = len(paths[start]) == level + 1
                down = depth - level if last else 1
                yield start, level, Box("column", prefix[-1], down, across)
            start += across


def _stretched(boxes: Sequence[Box], width: int) -> Line:
    """Return the boxes, the last one filling a line that is narrower than the table."""
    *first, last = boxes
    return (*first, replace(last, across=width - len(first)))
