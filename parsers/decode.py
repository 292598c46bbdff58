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

# What a declaration may ask for. gb18030 reads everything its subsets can write, and their names
# are used for one another. Names that are not here are not believed: latin-1 would read any bytes
# at all, and Python knows codecs (hex, idna, utf-7) that no page is written in.
_CODECS = {
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "cp936", "x-gbk", "gb_2312-80"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "big5hkscs", "cp950", "x-x-big5"), "big5hkscs"),
    **dict.fromkeys(("utf-8", "utf8"), "utf-8"),
}

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
    named = [_CODECS[name] for each in declared if (name := each.strip().lower()) in _CODECS]
    return list(dict.fromkeys((*named, "gb18030", "big5hkscs", "utf-8")))


def _damage(text: str) -> int:
    return text.count(_BROKEN) - 5 * len(_EXPECTED.findall(text))
