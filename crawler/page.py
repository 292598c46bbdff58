"""A kept body as a page to read: its characters, its visible words, its links.

Characters are decided by ``parsers.decode`` on the raw bytes, never by what a portal declares.
"""

from __future__ import annotations

import re
from email.message import Message
from html import unescape
from typing import TypeAlias

from scrapy.http import HtmlResponse

from parsers.decode import decode

Headers: TypeAlias = tuple[tuple[str, str], ...]

_HIDDEN = re.compile(r"<!--.*?-->|<(script|style|head)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_HTML = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|meta|title|script|div|table|p|ul|h[1-6]|iframe)\b",
    re.IGNORECASE,
)
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


def visible(text: str) -> str:
    """Return roughly what a visitor sees of a page: no tags, scripts, styles or comments."""
    return " ".join(unescape(_TAG.sub(" ", _HIDDEN.sub(" ", text))).split())


def page_of(url: str, content: bytes, headers: Headers) -> HtmlResponse:
    """Return a page as the families read it."""
    return HtmlResponse(url, body=text_of(content, headers).encode(), encoding="utf-8")
