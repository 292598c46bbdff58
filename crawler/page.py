"""A kept body as a page to read: its characters, its visible words, its links.

Characters are decided by ``parsers.decode`` on the raw bytes, never by what a portal declares.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message
from typing import Final, TypeAlias

from lxml import etree
from lxml.etree import ParserError
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from scrapy.http import HtmlResponse
from scrapy.utils.response import get_base_url

from parsers.decode import decode

Headers: TypeAlias = tuple[tuple[str, str], ...]

READ_LIMIT: Final = 1 << 20
"""Characters of a page looked at to see what it is; its links are read from all of it."""

_REFRESH = re.compile(r"\s*\d+\s*;\s*url\s*=\s*['\"]?([^'\"\s]+)", re.IGNORECASE)
_SENDS_ON = re.compile(
    r"(?:(?:window|document|self|top)\.)?location(?:\.href)?\s*(?:=|\.replace\()\s*"
    r"[\"']([^\"'+]+)[\"']\s*\)?\s*;?"
)
"""A whole script: one that decides first (mobile or not, say) says more than this."""

_HTML = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|meta|title|script|div|table|p|ul|h[1-6]|iframe)\b",
    re.IGNORECASE,
)
_BASE = re.compile(r"<base\b[^<>]*>", re.IGNORECASE)
_BINARY = re.compile(rb"%PDF|PK\x03\x04|\xd0\xcf\x11\xe0|\x89PNG|\xff\xd8\xff|GIF8|Rar!|[^\0]*\0")


def header(headers: Headers, name: str) -> str:
    """Return a header's value, several joined by commas (RFC 9110 5.3), or an empty text."""
    return ", ".join(value for key, value in headers if key.lower() == name)


def is_html(content: bytes) -> bool:
    """Tell by its first bytes whether a body is a web page; types declared are often wrong."""
    head = content[:4096]
    return _BINARY.match(head) is None and _HTML.search(head) is not None


def charset_of(headers: Headers) -> str | None:
    """Return the charset of the Content-Type header, if there is one."""
    message = Message()
    message["content-type"] = header(headers, "content-type")
    charset = message.get_param("charset")
    return charset if isinstance(charset, str) else None


def text_of(content: bytes, headers: Headers) -> str:
    """Return the characters of a page."""
    return decode(content, charset_of(headers))[0]


@dataclass(frozen=True, slots=True)
class Sight:
    """What a visitor sees of a page."""

    title: str
    words: str
    """Without tags, scripts and styles."""
    sends_to: str | None
    """Where it sends him on by itself, as written; nothing is evaluated."""


def sight(text: str) -> Sight:
    """Look at a page as a visitor does; in time that grows with its length, whatever it holds."""
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = document_fromstring(text[:READ_LIMIT].encode(), parser=parser)
    except ParserError:  # there is no element in it
        return Sight("", " ".join(text.split()), None)
    title, sends_to = tree.findtext(".//title") or "", _sends_to(tree)
    etree.strip_elements(tree, "head", "script", "style", with_tail=False)
    return Sight(title.strip(), " ".join(" ".join(tree.itertext()).split()), sends_to)


def _sends_to(tree: HtmlElement) -> str | None:
    for meta in tree.iter("meta"):
        if meta.get("http-equiv", "").lower() == "refresh" and (
            found := _REFRESH.match(meta.get("content", ""))
        ):
            return found[1]
    for script in tree.iter("script"):
        said = (script.text or "").strip().removeprefix("<!--").removesuffix("//-->").strip()
        if len(said) < 1000 and (found := _SENDS_ON.fullmatch(said)):
            return found[1]
    return None


def page_of(url: str, content: bytes, headers: Headers) -> HtmlResponse:
    """Return a page as the families read it; a ``<base>`` that is no address is left out."""
    text = text_of(content, headers)
    page = HtmlResponse(url, body=text.encode(), encoding="utf-8")
    try:
        get_base_url(page)
    except ValueError:
        return HtmlResponse(url, body=_BASE.sub("", text).encode(), encoding="utf-8")
    return page
