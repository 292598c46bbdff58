"""One page taken apart: its lines of prose, its tables' cells, the picture that fills it.

Page numbers and running heads are left out, told by their place and by their coming back on other
pages, never by what they say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from parsers.formats.pdf_boxes import Box, ruled
from parsers.formats.pdf_ink import Glyph, Ink
from parsers.formats.pdf_lines import Line, lines, padding, words

EDGE_LINES = 3
"""Lines from the head or foot of a page among which a running head may stand."""
SAME_HEIGHT = 3.0
"""Points by which a running head may move from page to page."""
PICTURE_FROM = 0.3
"""Share of a page from which an image on a page without text is the page."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table: its words and its outline on the page of number ``page``."""

    text: str
    box: Box
    page: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table, or the part of one that stands on this page."""

    cells: tuple[Cell, ...]

    @property
    def top(self) -> float:
        """Return where it begins on its page, in points from the head."""
        return min(cell.box.top for cell in self.cells)

    @property
    def bottom(self) -> float:
        """Return where it ends on its page, in points from the head."""
        return max(cell.box.bottom for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Leaf:
    """What one page says, apart from running heads."""

    number: int
    prose: tuple[Line, ...]
    tables: tuple[Table, ...]
    is_picture: bool


def leaves(printed: Sequence[Ink]) -> list[Leaf]:
    """Return the pages taken apart."""
    return _without_running_heads([_leaf(page) for page in printed])


def _leaf(page: Ink) -> Leaf:
    plan = ruled(page.across, page.down)
    inside: dict[Box, list[Glyph]] = {box: [] for table in plan.tables for box in table}
    outside: list[Glyph] = []
    for glyph in page.glyphs:
        box = plan.box_at(*glyph.middle)
        (outside if box is None else inside[box]).append(glyph)
    tables = tuple(_table(boxes, inside, page.number) for boxes in plan.tables)
    filled = not page.glyphs and page.picture >= PICTURE_FROM
    return Leaf(page.number, tuple(lines(outside)), tables, filled)


def _table(boxes: Sequence[Box], inside: Mapping[Box, Sequence[Glyph]], page: int) -> Table:
    found = {box: lines(inside[box]) for box in boxes}
    unused = padding((box.x1 - box.x0, own) for box, own in found.items())
    return Table(
        tuple(Cell(words(own, box.x1 - box.x0, unused), box, page) for box, own in found.items())
    )


def _without_running_heads(found: Sequence[Leaf]) -> list[Leaf]:
    """Leave out the lines that stand at the same height at the edge of half of all pages."""
    by_words: dict[str, list[tuple[int, Line]]] = {}
    for leaf in found:
        for line in _at_edges(leaf):
            by_words.setdefault(_shape(line.text), []).append((leaf.number, line))
    running = {
        (number, line)
        for met in by_words.values()
        for number, line in _repeated(met, max(2, len(found) / 2))
    }
    return [
        replace(
            leaf, prose=tuple(line for line in leaf.prose if (leaf.number, line) not in running)
        )
        for leaf in found
    ]


def _at_edges(leaf: Leaf) -> Iterator[Line]:
    """Yield the lines near the head and foot of a page, no table between them and the edge."""
    top = min((table.top for table in leaf.tables), default=float("inf"))
    bottom = max((table.bottom for table in leaf.tables), default=0.0)
    heights = [list(row) for _, row in groupby(leaf.prose, key=lambda line: round(line.bottom))]
    for at, row in enumerate(heights):
        for line in row:
            head = at < EDGE_LINES and line.top < top
            if head or (at >= len(heights) - EDGE_LINES and line.bottom > bottom):
                yield line


def _shape(text: str) -> str:
    return re.sub(r"\d+", "#", text)


def _repeated(met: Iterable[tuple[int, Line]], enough: float) -> list[tuple[int, Line]]:
    """Return those of the lines that stand at one height on enough pages."""
    kept: list[tuple[int, Line]] = []
    run: list[tuple[int, Line]] = []
    for number, line in [*sorted(met, key=lambda each: each[1].bottom), (0, None)]:
        if run and (line is None or line.bottom - run[0][1].bottom > SAME_HEIGHT):
            kept += run if len({page for page, _ in run}) >= enough else []
            run = []
        if line is not None:
            run.append((number, line))
    return kept
