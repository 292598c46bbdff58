"""A document as a reader meets it: paragraphs, grids and pictures, in order, each with its place.

Format modules make it, everything after reads it. It knows nothing of the form. A grid row holds
the distinct cells that cover the row, left to right; a cell that spans several rows stands in
each of them, as it does to the eye.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands in the decoded document.

    ``line`` counts from 1, ``start`` and ``end`` are characters in that line (plain text);
    ``grid``, ``row`` and ``column`` count from 0 in reading order, and are those of a cell's first
    row and column where it covers several. ``page`` counts from 1; ``x`` and ``y`` are points
    (1/72 inch) from its top left corner to that of the cell or paragraph (PDF).
    """

    grid: int | None = None
    row: int | None = None
    column: int | None = None
    line: int | None = None
    start: int | None = None
    end: int | None = None
    page: int | None = None
    x: int | None = None
    y: int | None = None

    def facts(self) -> dict[str, int]:
        """Return what is known of the place, without the blanks."""
        names = ("grid", "row", "column", "line", "start", "end", "page", "x", "y")
        return {name: known for name in names if (known := getattr(self, name)) is not None}


@dataclass(frozen=True, slots=True)
class Field:
    """One cell of a grid: ``printed`` as it stands, ``text`` in Simplified script."""

    printed: str
    text: str
    place: Place
    span: int = 1
    """How many columns of the grid the cell covers."""

    @property
    def columns(self) -> tuple[int, int]:
        """Return the first column of the grid the cell covers and the one after its last."""
        first = self.place.column or 0
        return first, first + self.span


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line or block of prose: ``printed`` as it stands, ``text`` in Simplified script."""

    printed: str
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Picture:
    """An image in the text: where it comes from and the words given for it."""

    source: str
    alt: str
    place: Place


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its rows, each the distinct cells that cover it from left to right."""

    rows: tuple[tuple[Field, ...], ...]


Block: TypeAlias = Paragraph | Grid | Picture


@dataclass(frozen=True, slots=True)
class Document:
    """What one file says, in reading order.

    ``metas`` are the named facts a page's head declares (国办公开办函〔2019〕61号 asks for
    ArticleTitle, PubDate, ContentSource …), lower-cased names.
    """

    format: str
    charset: str
    blocks: tuple[Block, ...]
    metas: Mapping[str, str] = field(default_factory=dict)

    def paragraphs(self) -> Iterator[tuple[int, Paragraph]]:
        """Yield every paragraph with its position among the blocks."""
        for position, block in enumerate(self.blocks):
            if isinstance(block, Paragraph):
                yield position, block

    def grids(self) -> Iterator[Grid]:
        """Yield every grid in reading order."""
        for block in self.blocks:
            if isinstance(block, Grid):
                yield block
