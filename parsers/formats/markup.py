"""From the text of a page to a tree of elements, also where the markup is broken.

lxml reads nearly every page, ten times faster than anything else, but it stops at 256 levels of
nesting, and an editor that forgets to close ``<font>`` in every cell gets there. Where cells that
stand in the source are missing in the tree, BeautifulSoup reads the page, the inline markup is
taken away, and lxml tries again. Knows nothing of what a page says.
"""

from __future__ import annotations

import re

from bs4 import BeautifulSoup
from lxml import etree
from lxml import html as lxml_html

from parsers.errors import Refused

REPAIR_LIMIT = 4 * 1024 * 1024
"""Characters beyond which a broken page is not repaired: BeautifulSoup takes seconds a megabyte."""

_CELL = re.compile(r"<t[dh][\s>/]", re.I)
# Inline markup that editors leave unclosed; it carries no structure.
INLINE = ("font", "span", "b", "strong", "i", "em", "u", "a", "big", "small", "center", "o:p")


def tree(text: str) -> lxml_html.HtmlElement:
    """Return the root element of a page.

    Raises:
        Refused: "no_text" when there is no element at all.
    """
    root = _parsed(text)
    if _cells(root) < len(_CELL.findall(text)) and len(text) <= REPAIR_LIMIT:
        repaired = _parsed(_without_inline(text))
        return repaired if _cells(repaired) > _cells(root) else root
    return root


def _parsed(text: str) -> lxml_html.HtmlElement:
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError as error:
        raise Refused("no_text", str(error)) from error


def _cells(root: lxml_html.HtmlElement) -> int:
    return sum(1 for _ in root.iter("td", "th"))


def _without_inline(text: str) -> str:
    soup = BeautifulSoup(text, "html.parser")
    for tag in soup.find_all(INLINE):
        tag.hidden = True  # written without itself; unwrap() moves its contents, level by level
    return str(soup)
