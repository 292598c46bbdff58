"""From the text of a page to a tree of elements, also where the markup is broken.

lxml reads nearly every page, ten times faster than anything else, but it drops what nests deeper
than 2,048 elements, and an editor that forgets to close ``<font>`` in every cell gets there. Then
BeautifulSoup reads the page, the inline markup is taken away, and lxml tries again. Knows nothing
of what a page says.
"""

from __future__ import annotations

from bs4 import BeautifulSoup
from lxml import etree

from parsers.errors import Refused

REPAIR_LIMIT = 4 * 1024 * 1024
"""Characters beyond which a broken page is not repaired: BeautifulSoup takes seconds a megabyte."""

# Inline markup that editors leave unclosed; it carries no structure.
INLINE = ("font", "span", "b", "strong", "i", "em", "u", "a", "big", "small", "center", "o:p")


def tree(text: str) -> etree._Element:
    """Return the root element of a page.

    Raises:
        Refused: "no_text" when there is no element at all, "too_deep" when the tree would not be
            the whole page.
    """
    root, whole = _parsed(text)
    if not whole and len(text) <= REPAIR_LIMIT:
        root, whole = _parsed(_without_inline(text))
    if not whole:
        raise Refused("too_deep", "more than 2,048 elements inside each other")
    return root


def _parsed(text: str) -> tuple[etree._Element, bool]:
    """Return the root element, and whether the parser held the whole page."""
    # Not lxml.html: its elements are made by Python, one by one, and nothing of theirs is needed.
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser=parser)
    except etree.XMLSyntaxError as error:
        raise Refused("no_text", str(error)) from error
    if root is None:
        raise Refused("no_text", "no element at all")
    # The rest of the page is dropped without an exception; only the log says so.
    dropped = any("depth" in entry.message for entry in parser.error_log.filter_from_fatals())
    return root, not dropped


def _without_inline(text: str) -> str:
    soup = BeautifulSoup(text, "html.parser")
    for tag in soup.find_all(INLINE):
        tag.hidden = True  # written without itself; unwrap() moves its contents, level by level
    return str(soup)
