"""From a tree of elements as HTML has them to blocks: paragraphs, leaf tables unrolled, pictures.

Layout tables (a table inside, a single column, no words at all) are walked through, as are rows
that hold prose; what is left of a leaf table becomes grids. Spans are bounded, so a hostile
``colspan`` costs nothing. Formats that have tables of their own write them as such a tree, so that
a spanning cell means the same in all of them. It knows no format and no form.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from lxml import etree

from parsers.document import Block, Field, Grid, Paragraph, Picture, Place
from parsers.errors import Refused
from parsers.script import Script, script_of

BREAKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "div"}
    | {"dl", "dt", "fieldset", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr"}
    | {"html", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "td", "tfoot"}
    | {"th", "thead", "tr", "ul"}
)
APART = ("p", "div", "br", "li", "del", "s", "strike")
"""Elements that end a line inside a cell, or strike it out: 3 and 0 are two figures, not 30."""
MAX_COLSPAN = 60
MAX_ROWSPAN = 400
MAX_FIELDS = 200_000
PROSE_FROM = 200
"""Characters in one cell from which its row is prose: the longest label of the form has 41."""
_SMALL = {
    "sup": str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"),
    "sub": str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"),
}


def blocks(root: etree._Element) -> tuple[Block, ...]:
    """Return what the tree under ``root`` prints, in reading order; the tree is changed.

    Raises:
        Refused: "no_text" when it prints nothing, "too_deep" when its tables are too large.
    """
    _keep_apart(root)
    page = _Page(script_of("".join(root.itertext())))
    page.walk(root)
    if not page.blocks:
        raise Refused("no_text")
    return tuple(page.blocks)


def _keep_apart(root: etree._Element) -> None:
    """Write into the tree what a reader sees apart: lines in a cell, the mark of a footnote."""
    for element in root.iter(*APART):
        element.tail = "\n" + (element.tail or "")
    for element in root.iter(*_SMALL):  # the mark of a footnote is no digit of the figure
        element.text = (element.text or "").translate(_SMALL[str(element.tag)])


def _printed(cell: etree._Element) -> str:
    return " ".join("".join(cell.itertext()).split())


@dataclass(slots=True)
class _Page:
    """The walk over one page: blocks so far and the line of prose being gathered."""

    script: Script
    blocks: list[Block] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    grids: Iterator[int] = field(default_factory=count)
    fields: int = 0
    source: int | None = None  # line of the source the walk has come to

    def walk(self, top: etree._Element) -> None:
        """Take in ``top`` and all below it; iterative, because pages nest deeper than Python."""
        events = etree.iterwalk(top, events=("start", "end"))
        for event, element in events:
            if event == "end":
                self.leave(element)
            elif self.enter(element):
                events.skip_subtree()
        self.flush()

    def enter(self, element: etree._Element) -> bool:
        """Take in the start of ``element``; say whether all of it has been taken in."""
        if not isinstance(element.tag, str):
            return True
        if element.tag in BREAKS:
            self.flush()
        self.source = element.sourceline
        if element.tag == "table" and (rows := _leaf_rows(element)) is not None:
            self.table(rows)
            return True
        if element.tag in ("img", "embed", "iframe") and element.get("src"):
            self.flush()
            self.blocks.append(_picture(element))
        if element.text:
            self.line.append(element.text)
        return False

    def leave(self, element: etree._Element) -> None:
        if element.tag in BREAKS:
            self.flush()
        if element.tail:
            self.line.append(element.tail)

    def flush(self) -> None:
        printed = " ".join("".join(self.line).split())
        self.line.clear()
        if printed:
            place = Place(line=self.source)
            self.blocks.append(Paragraph(printed, self.script.simplify(printed), place))

    def table(self, rows: list[list[etree._Element]]) -> None:
        """Take in a leaf table: grids, and between them the rows that are prose."""
        grid: list[tuple[Field, ...]] = []
        index = next(self.grids)
        made: dict[int, Field] = {}  # a cell that spans rows is one field, in each of them
        for at, row in enumerate(unroll(rows)):
            self.fields += len(row)
            if self.fields > MAX_FIELDS:
                raise Refused("too_deep", f"more than {MAX_FIELDS} table cells")
            for spot in row:
                if spot.row == at:
                    made[id(spot)] = self.cell(spot, index)
            line = tuple(made[id(spot)] for spot in row)
            if all(len(each.printed) <= PROSE_FROM for each in line if each.place.row == at):
                grid.append(line)
                continue
            self.close(grid)
            for spot in row:
                if spot.row == at:
                    self.walk(spot.cell)
        self.close(grid)

    def close(self, grid: list[tuple[Field, ...]]) -> None:
        if grid:
            self.blocks.append(Grid(tuple(grid)))
            grid.clear()

    def cell(self, spot: Spot, grid: int) -> Field:
        printed = _printed(spot.cell)
        if not printed and (image := spot.cell.find(".//img")) is not None:
            printed = f"[image: {_picture(image).source}]"  # a figure there is, and not in words
        place = Place(grid, spot.row, spot.column)
        return Field(printed, self.script.simplify(printed), place, spot.width)


def _picture(element: etree._Element) -> Picture:
    source = element.get("src", "")
    if source.startswith("data:"):  # the picture itself, megabytes of it
        source = source.partition(",")[0]
    return Picture(source, element.get("alt", ""), Place(line=element.sourceline))


def _leaf_rows(table: etree._Element) -> list[list[etree._Element]] | None:
    """Return the cells of a table of figures by row, None when the table only lays out a page."""
    if table.find(".//table") is not None:
        return None
    rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
    if max((len(row) for row in rows), default=0) < 2:
        return None
    return rows if any(text.strip() for text in table.itertext()) else None


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell as it covers one row: where it begins, and how many columns it is wide."""

    row: int
    column: int
    width: int
    cell: etree._Element


def unroll(rows: list[list[etree._Element]]) -> Iterator[list[Spot]]:
    """Yield for each row the distinct cells that cover it, left to right.

    Follows the table model of HTML (WHATWG, "forming a table"), with spans bounded.
    """
    hanging: list[tuple[int, Spot]] = []  # rows left, cell
    for at, row in enumerate(rows):
        taken = {spot.column + i for _, spot in hanging for i in range(spot.width)}
        placed = [spot for _, spot in hanging]
        still = [(left - 1, spot) for left, spot in hanging if left > 1]
        column = 0
        for cell in row:
            while column in taken:
                column += 1
            height = span(cell.get("rowspan"), MAX_ROWSPAN)
            spot = Spot(at, column, span(cell.get("colspan"), MAX_COLSPAN), cell)
            placed.append(spot)
            if height > 1:
                still.append((height - 1, spot))
            column += spot.width
        hanging = still
        yield sorted(placed, key=lambda spot: spot.column)


def span(printed: str | None, limit: int) -> int:
    """Return the span an attribute asks for, within bounds: what is no number asks for one."""
    digits = (printed or "").strip()
    return min(max(int(digits[:9]), 1), limit) if digits.isdecimal() else 1
