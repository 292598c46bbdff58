"""Bring a text that really is Traditional back to Simplified, and take out pronunciation glosses.

Simplified text is left alone: OpenCC's t2s would turn 乾县 into 干县, a real county into none.
Only characters are mapped, never vocabulary (信息 stays 信息). The text as printed is kept by
whoever calls; nothing here decides what a converted text says about its source.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import opencc

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"

TRADITIONAL_FROM = 0.02
"""Share of Traditional Han characters from which a text counts as Traditional.

Characters that Simplified text writes too (乾, 瞭, 徵) are not counted, however often a county
called 乾县 names itself; converted mirrors are above 0.15.
"""

# What shows nothing at all: soft hyphens, zero-width spaces and joiners, direction and order marks.
_INVISIBLE = dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF))

# One syllable with a tone mark in brackets after a character: 關(guān). A bracket in Latin
# letters without a tone mark stays, it may be a name.
_GLOSS = re.compile(rf"(?<=[{HAN}])[(（]([a-zü]*[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ][a-zü]*)[)）]")
_HAN_CHAR = re.compile(f"[{HAN}]")


@dataclass(frozen=True, slots=True)
class Script:
    """How a document is written: share of Traditional characters (0 to 1), number of glosses."""

    traditional: float
    glosses: int

    @property
    def simplify(self) -> Callable[[str], str]:
        """Return the function that brings one text of this document to Simplified script."""
        return _restored if self.traditional >= TRADITIONAL_FROM else _unglossed


def script_of(text: str) -> Script:
    """Measure a whole document's text; single cells are too short to judge."""
    plain, glosses = _GLOSS.subn("", unicodedata.normalize("NFC", text))
    count = {each: n for each, n in Counter(plain).items() if _HAN_CHAR.match(each)}
    if not count:
        return Script(0.0, glosses)
    simplified = _t2s().convert("\n".join(count)).split("\n")
    changed = sum(
        count[a] for a, b in zip(count, simplified, strict=True) if a != b and not _in_gb2312(a)
    )
    return Script(changed / sum(count.values()), glosses)


def _in_gb2312(character: str) -> bool:
    return bool(character.encode("gb2312", "ignore"))


@cache
def _t2s() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _unglossed(text: str) -> str:
    if text.isascii():
        return text
    return _GLOSS.sub("", unicodedata.normalize("NFC", text).translate(_INVISIBLE))


def _restored(text: str) -> str:
    if text.isascii():
        return text
    simplified: str = _t2s().convert(_unglossed(text))
    return simplified
