"""Lay a table of the form out as the printed form has it: boxes that span rows and columns.

Knows the shape of the form and nothing of markup; every word in a box comes from the form file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from crawler.sample.figures import Cell
from parsers.form import Block, Group, Table

Path = tuple[str, ...]
"""The headings over a column (or before a row), outermost first, its own label last."""


@dataclass(frozen=True, slots=True)
class Box:
    """One cell of the printed table: a heading or label, or the figure of one cell."""

    text: str
    down: int = 1
    across: int = 1
    figure: bool = False


Rows = tuple[tuple[Box, ...], ...]


def layout(table: Table, printed: Mapping[Cell, str]) -> Rows:
    """Return the rows of boxes of ``table`` with ``printed`` in its cells."""
    if table.layout == "across":
        return _across(table, printed)
    return tuple(_down(table, printed))


@dataclass(frozen=True, slots=True)
class _Span:
    """One heading: at which level, from which line on, over how many lines and levels."""

    text: str
    level: int
    start: int
    lines: int
    levels: int


def _spans(paths: Sequence[Path]) -> Iterator[_Span]:
    """Merge equal headings of neighbouring lines; the last heading of a line fills its levels."""
    depth = max(map(len, paths))
    for level in range(depth):
        start = 0
        for prefix, run in groupby(paths, key=lambda path: path[: level + 1]):
            lines = list(run)
            if len(prefix) > level:
                levels = depth - level if len(lines[0]) == level + 1 else 1
                yield _Span(prefix[-1], level, start, len(lines), levels)
            start += len(lines)


def _path(line: str, label: str, groups: Sequence[Group]) -> Path:
    over = sorted((g for g in groups if line in g.members), key=lambda g: -len(g.members))
    return (*(group.zh for group in over), label)


def _header(paths: Sequence[Path], corner: Box | None = None) -> Iterator[tuple[Box, ...]]:
    for level, spans in groupby(_spans(paths), key=lambda span: span.level):
        boxes = tuple(Box(span.text, down=span.levels, across=span.lines) for span in spans)
        yield (corner, *boxes) if corner and level == 0 else boxes


def _across(table: Table, printed: Mapping[Cell, str]) -> Rows:
    paths = [
        (*_path(row.id, row.zh, table.groups), table.column(column).zh)
        for row in table.rows
        for column in row.columns
    ]
    return (*_header(paths), tuple(Box(printed[cell], figure=True) for cell in table.cells))


def _down(table: Table, printed: Mapping[Cell, str]) -> Iterator[tuple[Box, ...]]:
    labels = [_path(row.id, row.printed, table.groups) for row in table.rows]
    width = max(len(block.columns) for block in table.blocks)
    indent = max(map(len, labels))
    before: dict[int, list[Box]] = {place: [] for place in range(len(labels))}
    for span in _spans(labels):
        before[span.start].append(Box(span.text, down=span.lines, across=span.levels))
    place = 0
    for block in table.blocks:
        yield from _block_header(table, block, indent, width)
        for row in block.rows:
            figures = [Box(printed[row.id, column], figure=True) for column in row.columns]
            yield (*before[place], *_stretched(figures, width))
            place += 1


def _block_header(table: Table, block: Block, indent: int, width: int) -> Iterator[tuple[Box, ...]]:
    if block.caption:
        yield (Box(block.caption, across=indent + width),)
    columns = [table.column(column) for column in block.columns]
    paths = [_path(c.id, f"{c.zh}{c.note}", table.column_groups) for c in columns]
    corner = Box(block.corner, down=max(map(len, paths)), across=indent)
    header = list(_header(paths, corner))
    if len(header) == 1:
        header = [(corner, *_stretched(header[0][1:], width))]
    yield from header


def _stretched(boxes: Sequence[Box], width: int) -> tuple[Box, ...]:
    """Let the last box fill a row that is narrower than the table."""
    *first, last = boxes
    wide = Box(last.text, last.down, width - len(first), last.figure)
    return (*first, wide)


def grid(rows: Rows) -> list[list[tuple[Box, bool]]]:
    """Return the rectangle of a layout: row by row its boxes, and whether each starts there.

    Word-processor tables write a box again in every row it spans.
    """
    width = sum(box.across for box in rows[0])
    taken: dict[tuple[int, int], tuple[Box, bool]] = {}
    for r, row in enumerate(rows):
        c = 0
        for box in row:
            while (r, c) in taken:
                c += taken[r, c][0].across
            taken |= {(r + below, c): (box, below == 0) for below in range(box.down)}
            c += box.across
    found = [[taken[r, c] for c in range(width) if (r, c) in taken] for r in range(len(rows))]
    if any(sum(box.across for box, _ in row) != width for row in found):
        raise ValueError("the boxes do not fill a rectangle")
    return found
