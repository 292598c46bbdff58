"""Markdown that carries its tables as HTML, as converters of scans and PDF write it.

Makes one HTML page of it: lines become lines, images become images, tables stay as they are. It
decides nothing about what a table is; ``parsers.formats.html`` reads the result.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

_OPEN = re.compile(r"<table[\s>]", re.I)
_CLOSE = re.compile(r"</table\s{0,9}>", re.I)
_IMAGE = re.compile(r"!\[[^\[\]\n]{0,200}\]\((?P<source>[^()\s]{1,2000})\)")


def has_table(text: str) -> bool:
    """Say whether a table of HTML begins somewhere in ``text``."""
    return _OPEN.search(text) is not None


def as_html(text: str) -> str:
    """Return ``text`` as HTML: what stands between the tables is escaped, line by line."""
    return "".join(_parts(text))


def _parts(text: str) -> Iterator[str]:
    at = 0
    while opened := _OPEN.search(text, at):
        yield from _lines(text[at : opened.start()])
        closed = _CLOSE.search(text, opened.end())
        at = closed.end() if closed else len(text)
        yield text[opened.start() : at]
    yield from _lines(text[at:])


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        escaped = html.escape(line)
        shown = _IMAGE.sub(lambda image: f'<img src="{image["source"]}">', escaped)
        yield f"<p>{shown}</p>\n"
