"""Office Open XML text documents (ECMA-376-1, WordprocessingML): what word/document.xml prints.

The document is written as a tree of HTML elements, and ``parsers.formats.blocks`` says what a table
is. What no reader sees stays out: tracked deletions, hidden text, bookmarks, field codes. Headers,
footers and the words of footnotes are other parts, and not read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from parsers.document import Document
from parsers.formats.blocks import MAX_COLSPAN, blocks, span
from parsers.formats.package import DOCX, Package, attribute, child, dress, is_on, name_of

SILENT = frozenset(
    {"del", "moveFrom", "instrText", "delText", "delInstrText", "rt", "Fallback", "pPr", "rPr"}
    | {"tblPr", "tblGrid", "trPr", "tcPr", "sdtPr", "sectPr"}
)
"""What prints nothing; Fallback repeats for old programs what the Choice before it says."""
AS_HTML = {"p": "p", "tbl": "table", "tr": "tr", "tc": "td", "txbxContent": "div"}
SPELT = {"tab": " ", "ptab": " ", "noBreakHyphen": "-"}
NOTES = ("footnoteReference", "endnoteReference")
PAGE_BREAKS = frozenset({"page", "column"})
SENTENCE_ENDS = tuple("。！？；：:;!?")


def read(package: Package) -> Document:
    """Return the Document of a text document.

    Raises:
        Refused: "damaged", "too_large", "too_deep", or "no_text" when nothing is printed.
    """
    root = package.tree(DOCX)
    writing = _Writing(package.relations(DOCX))
    writing.take(root)
    charset = (root.getroottree().docinfo.encoding or "utf-8").lower()
    return Document("docx", charset, blocks(writing.top))


@dataclass(slots=True)
class _Writing:
    """The document being written as HTML: the elements open now, the notes counted so far."""

    targets: Mapping[str, str]
    top: etree._Element = field(default_factory=lambda: etree.Element("body"))
    open: list[etree._Element] = field(default_factory=list)
    notes: int = 0

    def take(self, root: etree._Element) -> None:
        """Write all that ``root`` prints, in one pass: tables nest in text boxes in tables."""
        self.open.append(self.top)
        events = etree.iterwalk(root, events=("start", "end"))
        for event, element in events:
            name = name_of(element)
            if event == "end":
                self.leave(name)
            elif name in SILENT or (name == "r" and is_on(child(element, "rPr", "vanish"))):
                events.skip_subtree()
            elif name in AS_HTML:
                self.enter(name, element)
            else:
                self.say(name, element)

    def enter(self, name: str, element: etree._Element) -> None:
        made = etree.Element(AS_HTML[name])
        parent = self.open[-1]
        if name == "txbxContent" and parent.tag == "p":
            parent = next(parent.iterancestors(), parent)  # a box stands beside its paragraph
        if not (name == "tr" and child(element, "trPr", "del") is not None):
            parent.append(made)
        self.open.append(made)
        if name == "tr" and (before := child(element, "trPr", "gridBefore")) is not None:
            etree.SubElement(made, "td", colspan=attribute(before, "val") or "1")
        if name == "tc":
            _span(element, made)

    def leave(self, name: str) -> None:
        if name in AS_HTML:
            made = self.open.pop()
            if made.tag == "table":
                _merge(made)

    def say(self, name: str, element: etree._Element) -> None:
        """Write what an element inside a paragraph prints."""
        if name == "t":
            run = element.getparent()
            self.text(element.text or "", None if run is None else dress(run))
        elif name in SPELT:
            self.text(SPELT[name])
        elif name in NOTES:
            self.notes += 1
            self.text(str(self.notes), "sup")
        elif name in ("br", "cr"):
            if attribute(element, "type") not in PAGE_BREAKS or self.ends_sentence():
                etree.SubElement(self.open[-1], "br")
        elif name in ("blip", "imagedata"):
            self.picture(element)

    def text(self, words: str, shown_as: str | None = None) -> None:
        here = self.open[-1]
        if shown_as:
            etree.SubElement(here, shown_as).text = words
        elif len(here):
            here[-1].tail = (here[-1].tail or "") + words
        else:
            here.text = (here.text or "") + words

    def ends_sentence(self) -> bool:
        """Say whether what is written last ends a sentence: else a page break cut it in two."""
        here = self.open[-1]
        last = here[-1].tail if len(here) else here.text
        return bool(last) and str(last).rstrip().endswith(SENTENCE_ENDS)

    def picture(self, element: etree._Element) -> None:
        relation = next(
            (found for name in ("embed", "link", "id") if (found := attribute(element, name))), ""
        )
        if target := self.targets.get(relation):
            etree.SubElement(self.open[-1], "img", src=target, alt=_alt(element))


def _alt(element: etree._Element) -> str:
    """Return the words given for a picture, by the drawing or the old shape around it."""
    for above in element.iterancestors():
        name = name_of(above)
        described = child(above, "docPr") if name in ("inline", "anchor") else None
        if described is not None:
            return attribute(described, "descr") or ""
        if name in ("shape", "p"):
            return attribute(above, "alt") or ""
    return ""


def _span(cell: etree._Element, made: etree._Element) -> None:
    """Write down how wide a cell is, and whether it begins or continues one over several rows."""
    wide = child(cell, "tcPr", "gridSpan")
    if wide is not None:
        made.set("colspan", str(span(attribute(wide, "val"), MAX_COLSPAN)))
    merged = child(cell, "tcPr", "vMerge")
    if merged is not None:
        made.set("merge", attribute(merged, "val") or "continue")


def _merge(table: etree._Element) -> None:
    """Turn cells that continue the one above into its rowspan (ECMA-376-1, 17.4.84).

    Only a cell in the same column and of the same width continues another; its words, which no
    program shows, go with it.
    """
    height = len(table)  # lxml counts them one by one
    above: dict[tuple[int, int], etree._Element] = {}
    for row in table:
        column, here = 0, {}
        for cell in list(row):
            width = span(cell.get("colspan"), MAX_COLSPAN)
            spot, merge = (column, width), cell.attrib.pop("merge", None)
            column += width
            if merge == "continue" and spot in above:
                first = here[spot] = above[spot]
                first.set("rowspan", str(span(first.get("rowspan"), height) + 1))
                row.remove(cell)
            elif merge is not None:
                here[spot] = cell
        above = here
