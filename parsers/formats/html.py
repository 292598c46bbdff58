"""HTML pages: paragraphs, leaf tables with their spans unrolled, pictures, and head metas.

Layout tables (a table inside, a single column, or prose in a cell) are walked through; leaf tables
become grids. Spans are bounded, so a hostile ``colspan`` costs nothing. Scripts, styles and
comments say nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from lxml import html as lxml_html

from parsers.document import Block, Document, Field, Grid, Paragraph, Picture, Place
from parsers.errors import Refused
from parsers.formats.markup import tree
from parsers.script import Script, script_of

SILENT = frozenset({"script", "style", "noscript", "template", "title", "head", "select", "option"})
BREAKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "div"}
    | {"dl", "dt", "fieldset", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr"}
    | {"html", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "td", "tfoot"}
    | {"th", "thead", "tr", "ul"}
)
MAX_COLSPAN = 60
MAX_ROWSPAN = 400
MAX_FIELDS = 200_000
PROSE_FROM = 200
"""Characters in one cell from which a table is layout: the longest label of the form has 41."""


def read(text: str, charset: str) -> Document:
    """Return the Document of an HTML page.

    Raises:
        Refused: "no_text" when the page prints nothing, "too_deep" when its tables are too large.
    """
    root = tree(text)
    script = script_of("".join(_texts(root)))
    page = _Page(script)
    page.walk(root)
    page.flush()
    if not page.blocks:
        raise Refused("no_text")
    return Document("html", charset, tuple(page.blocks), _metas(root))


def _metas(root: lxml_html.HtmlElement) -> dict[str, str]:
    found = {
        name.strip().lower(): meta.get("content", "").strip()
        for meta in root.iter("meta")
        if (name := meta.get("name"))
    }
    title = root.findtext(".//title")
    return {**found, "title": " ".join(title.split())} if title else found


def _texts(element: lxml_html.HtmlElement) -> Iterator[str]:
    """Yield the texts below ``element`` that a reader sees; ``<br>`` is no space in a label."""
    if element.tag in SILENT:
        return
    if element.text:
        yield element.text
    for child in element:
        if isinstance(child.tag, str):
            yield from _texts(child)
        if child.tail:
            yield child.tail


@dataclass(slots=True)
class _Page:
    """The walk over one page: blocks so far and the line of prose being gathered."""

    script: Script
    blocks: list[Block] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    grids: Iterator[int] = field(default_factory=count)
    fields: int = 0
    source: int | None = None  # line of the source the walk has come to

    def walk(self, element: lxml_html.HtmlElement) -> None:
        if element.tag in SILENT:
            return
        self.source = element.sourceline
        if element.tag == "table" and (rows := _leaf_rows(element)) is not None:
            self.flush()
            self.blocks.append(self.grid(rows))
            return
        breaks = element.tag in BREAKS
        if breaks:
            self.flush()
        if element.tag in ("img", "embed", "iframe") and element.get("src"):
            self.flush()
            place = Place(line=self.source)
            self.blocks.append(Picture(element.get("src", ""), element.get("alt", ""), place))
        if element.text:
            self.line.append(element.text)
        for child in element:
            if isinstance(child.tag, str):
                self.walk(child)
            if child.tail:
                self.line.append(child.tail)
        if breaks:
            self.flush()

    def flush(self) -> None:
        printed = " ".join("".join(self.line).split())
        self.line.clear()
        if printed:
            place = Place(line=self.source)
            self.blocks.append(Paragraph(printed, self.script.simplify(printed), place))

    def grid(self, rows: list[list[lxml_html.HtmlElement]]) -> Grid:
        index = next(self.grids)
        unrolled = []
        for at, row in enumerate(unroll(rows)):
            self.fields += len(row)
            if self.fields > MAX_FIELDS:
                raise Refused("too_deep", f"more than {MAX_FIELDS} table cells")
            unrolled.append(tuple(self.field(cell, index, at, column) for column, cell in row))
        return Grid(tuple(unrolled))

    def field(self, cell: lxml_html.HtmlElement, grid: int, row: int, column: int) -> Field:
        printed = " ".join("".join(_texts(cell)).split())
        return Field(printed, self.script.simplify(printed), Place(grid, row, column))


def _leaf_rows(table: lxml_html.HtmlElement) -> list[list[lxml_html.HtmlElement]] | None:
    """Return the cells of a table of figures by row, None when the table only lays out a page."""
    if table.find(".//table") is not None:
        return None
    rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
    if max((len(row) for row in rows), default=0) < 2:
        return None
    longest = max(len("".join(_texts(cell)).strip()) for row in rows for cell in row)
    return None if longest > PROSE_FROM else rows


def unroll(
    rows: list[list[lxml_html.HtmlElement]],
) -> Iterator[list[tuple[int, lxml_html.HtmlElement]]]:
    """Yield for each row the distinct cells that cover it, each with its first column.

    Follows the table model of HTML (WHATWG, "forming a table"), with spans bounded.
    """
    hanging: list[
        tuple[int, int, int, lxml_html.HtmlElement]
    ] = []  # column, width, rows left, cell
    for row in rows:
        taken = {column + i for column, width, _, _ in hanging for i in range(width)}
        placed = [(column, cell) for column, _, _, cell in hanging]
        still = [(c, width, left - 1, cell) for c, width, left, cell in hanging if left > 1]
        column = 0
        for cell in row:
            while column in taken:
                column += 1
            width = _span(cell, "colspan", MAX_COLSPAN)
            height = _span(cell, "rowspan", MAX_ROWSPAN)
            placed.append((column, cell))
            if height > 1:
                still.append((column, width, height - 1, cell))
            column += width
        hanging = still
        yield sorted(placed, key=lambda pair: pair[0])


def _span(cell: lxml_html.HtmlElement, name: str, limit: int) -> int:
    printed = (cell.get(name) or "1").strip()
    return min(max(int(printed), 1), limit) if printed.isdecimal() and len(printed) < 9 else 1
