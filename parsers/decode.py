"""Which characters do these bytes mean?

Portals declare the wrong charset so often that the declaration is only one candidate: a byte order
mark wins, then text that is valid UTF-8, then the candidate that leaves the fewest broken
characters and the most words every report has. Works on raw bytes, never on text that somebody
else decoded.
"""

from __future__ import annotations

import codecs
import re

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

# gb18030 reads everything its subsets can write, and their names are used for one another.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "utf8": "utf-8"}
# Declared by servers that never looked: they would read any bytes at all.
_MEANINGLESS = frozenset({"iso-8859-1", "latin-1", "ascii", "us-ascii", "windows-1252", "cp1252"})

_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_-]{2,20})""", re.I)
_EXPECTED = re.compile("政府信息公开|申请人情况|行政复议|政府資訊公開|政府信息公開")
_BROKEN = "\ufffd"


def decode(body: bytes, header_charset: str | None = None) -> tuple[str, str]:
    """Return the text of ``body`` and the name of the codec used.

    Args:
        body: the document, content encoding undone.
        header_charset: the charset of the Content-Type header, if there was one.
    """
    for mark, codec in BOMS:
        if body.startswith(mark):
            return body.decode(codec, errors="replace"), codec
    try:
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        readings = [
            (body.decode(codec, "replace"), codec) for codec in _candidates(body, header_charset)
        ]
        return min(readings, key=lambda reading: _damage(reading[0]))


def _candidates(body: bytes, header_charset: str | None) -> list[str]:
    match = _DECLARED.search(body[:4096])
    declared = [header_charset or "", match[1].decode("ascii") if match else ""]
    names = [*(name.strip().lower() for name in declared), "gb18030", "big5", "utf-8"]
    codecs_named = [_WIDER.get(name, name) for name in names if name not in _MEANINGLESS]
    return list(dict.fromkeys(name for name in codecs_named if _known(name)))


def _known(name: str) -> bool:
    if not name:
        return False
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True


def _damage(text: str) -> int:
    return text.count(_BROKEN) - 5 * len(_EXPECTED.findall(text))
