"""HTML pages: what the body prints and what the head declares.

Scripts, styles and comments say nothing. What a table is, ``parsers.formats.blocks`` decides.
"""

from __future__ import annotations

from lxml import etree

from parsers.document import Document
from parsers.errors import Refused
from parsers.formats.blocks import blocks
from parsers.formats.markup import tree

SILENT = (
    "script",
    "style",
    "noscript",
    "template",
    "head",
    "title",
    "select",
    "option",
    "rt",
    "rp",
)
INLINE = ("span", "font", "b")
"""Elements that hide words in a line where their style says so; a block may be shown by a click."""
MAX_TAGS = 1_000_000
"""Tags of a page beyond which no tree is made of it: real ones have a few thousand."""
BROKEN_OFF = "…"
"""Written where a page breaks off inside a table: half a figure is no figure."""


def read(text: str, charset: str) -> Document:
    """Return the Document of an HTML page.

    Raises:
        Refused: "no_text" when the page prints nothing, "too_deep" when its tables are too large.
    """
    if text.count("<") > MAX_TAGS:
        raise Refused("too_deep", f"more than {MAX_TAGS} tags")
    root = tree(text + BROKEN_OFF if _breaks_off(text) else text)
    metas = _metas(root)
    _keep_what_is_seen(root)
    return Document("html", charset, blocks(root), metas)


def _keep_what_is_seen(root: etree._Element) -> None:
    for element in root.iter(*INLINE):
        if "display:none" in element.get("style", "").replace(" ", ""):
            element.tag = "template"
    etree.strip_elements(root, *SILENT, with_tail=False)
    for element in root.iter("input"):
        if element.get("type", "text") in ("text", "number"):
            element.tail = element.get("value", "") + (element.tail or "")


def _breaks_off(text: str) -> bool:
    """Say whether a page ends inside a table: the connection broke, and perhaps a figure."""
    lower = text.lower()
    return lower.rfind("<table") > lower.rfind("</table")


def _metas(root: etree._Element) -> dict[str, str]:
    found = {
        name.strip().lower(): meta.get("content", "").strip()
        for meta in root.iter("meta")
        if (name := meta.get("name"))
    }
    title = root.findtext(".//title")
    return {**found, "title": " ".join(title.split())} if title else found
