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
"""Share of Han characters that t2s changes from which a text counts as Traditional.

Genuine Simplified reports stay under 0.002 (乾, 瞭, 徵); converted mirrors are above 0.15.
"""

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
    han = _HAN_CHAR.findall(plain)
    if not han:
        return Script(0.0, glosses)
    count = Counter(han)
    simplified = _t2s().convert("\n".join(count)).split("\n")
    changed = sum(count[a] for a, b in zip(count, simplified, strict=True) if a != b)
    return Script(changed / len(han), glosses)


@cache
def _t2s() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _unglossed(text: str) -> str:
    return _GLOSS.sub("", unicodedata.normalize("NFC", text))


def _restored(text: str) -> str:
    simplified: str = _t2s().convert(_unglossed(text))
    return simplified
