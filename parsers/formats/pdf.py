"""PDF with a text layer: ruled tables as grids, what stands outside them as paragraphs.

Tables are read by their rules alone; a table without rules stays prose. A page that is only a
picture is a picture, and a file of such pages is refused: nothing here reads images. Characters
are believed as the file names them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from parsers.document import Block, Document, Field, Grid, Paragraph, Picture, Place
from parsers.errors import Refused
from parsers.formats.pdf_ink import pages, unmapped
from parsers.formats.pdf_joints import Placed, continues, rows
from parsers.formats.pdf_leaves import Leaf, Table, leaves
from parsers.formats.pdf_lines import Line, Margins, goes_on, joined, margins, paragraphs
from parsers.script import Script, script_of

TEXT_FROM = 20
"""Characters below which a file has no text layer worth the name."""


def read(body: bytes) -> Document:
    """Return the Document of a PDF.

    Raises:
        Refused: "pdf_encrypted" when it asks for a password, "pdf_scan" when it shows pictures
            only, "pdf_unmapped" when its characters have no meaning, "no_text" when there is
            nothing at all, "damaged", and "too_deep" beyond the bounds of ``pdf_ink``.
    """
    printed = pages(body)
    written = sum(len(page.glyphs) for page in printed)
    if written < TEXT_FROM:
        raise Refused("pdf_scan" if any(page.picture for page in printed) else "no_text")
    if unmapped(printed):
        raise Refused("pdf_unmapped")
    found = leaves(printed)
    script = script_of("".join(glyph.text for page in printed for glyph in page.glyphs))
    return Document("pdf", "", tuple(_blocks(found, script)))


def _blocks(found: Sequence[Leaf], script: Script) -> Iterator[Block]:
    grids = 0
    parts: list[Table] = []
    for item in _in_order(found):
        if isinstance(item, Table):
            if parts and not _is_next(parts[-1], item):
                yield _grid(parts, grids, script)
                grids, parts = grids + 1, []
            parts.append(item)
            continue
        if parts:
            yield _grid(parts, grids, script)
            grids, parts = grids + 1, []
        yield item if isinstance(item, Picture) else _paragraph(*item, script)
    if parts:
        yield _grid(parts, grids, script)


def _is_next(above: Table, below: Table) -> bool:
    follows = below.cells[0].page == above.cells[0].page + 1
    return follows and continues(above, below)


def _in_order(found: Sequence[Leaf]) -> Iterator[Table | Picture | tuple[int, list[Line]]]:
    """Yield tables, pictures and paragraphs with their page, in reading order.

    A paragraph may run over a page break, where no table stands between.
    """
    page = margins([line for leaf in found for line in leaf.prose])
    begun: tuple[int, list[Line]] | None = None
    for leaf in found:
        for item in _on_page(leaf, page):
            over = begun and begun[0] != leaf.number  # paragraphs of one page are apart already
            if begun and over and isinstance(item, list) and goes_on(begun[1], item[0], page):
                begun = (begun[0], begun[1] + item)
                continue
            if begun:
                yield begun
                begun = None
            if isinstance(item, list):
                begun = (leaf.number, item)
            else:
                yield item
    if begun:
        yield begun


def _on_page(leaf: Leaf, page: Margins) -> list[Table | Picture | list[Line]]:
    """Return tables and paragraphs of a page by height; a table parts the prose around it."""
    if leaf.is_picture:
        return [Picture(f"page {leaf.number}", "", Place(page=leaf.number))]
    starts = [table.top for table in leaf.tables]
    found: list[tuple[float, Table | Picture | list[Line]]] = [(t.top, t) for t in leaf.tables]
    for below in range(len(starts) + 1):
        between = [line for line in leaf.prose if sum(s < line.top for s in starts) == below]
        found += [(made[0].top, made) for made in paragraphs(between, page)]
    return [item for _, item in sorted(found, key=lambda each: each[0])]


def _paragraph(number: int, found: list[Line], script: Script) -> Paragraph:
    printed = joined(found)
    place = Place(page=number, x=round(found[0].x0), y=round(found[0].top))
    return Paragraph(printed, script.simplify(printed), place)


def _grid(parts: Sequence[Table], index: int, script: Script) -> Grid:
    made: dict[int, Field] = {}  # a cell that spans rows is one field, in each of them
    lines = []
    for row in rows(parts):
        for placed in row:
            made.setdefault(id(placed), _field(placed, index, script))
        lines.append(tuple(made[id(placed)] for placed in row))
    return Grid(tuple(line for line in lines if line))


def _field(placed: Placed, grid: int, script: Script) -> Field:
    cell = placed.cell
    at = Place(
        *(grid, placed.row, placed.column),
        page=cell.page,
        x=round(cell.box.x0),
        y=round(cell.box.top),
    )
    return Field(cell.text, script.simplify(cell.text), at, placed.span)
