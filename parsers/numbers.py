"""What number does this printed text mean, if any?

Decides for one cell at a time and looks at nothing around it. A blank is never 0, a dash is
never 0, and a text that is more than a number with its unit is ``not_a_number``: it keeps its
printed form and gets no value. Two figures in one cell are not run together into a third.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from parsers.sheet import State

# Words printed where there is no figure. 无: township reports; 不适用: central bodies.
NOTHING = frozenset({"无", "不适用", "n/a"})
_DASH = re.compile(r"[-/\\‐‑‒–—―─━]{1,6}")

UNITS = ("万元", "亿元", "元", "万", "件", "项", "条", "个", "次")

_NUMBER = re.compile(
    r"(?P<sign>[+-]|增加?|减少?)?\s*"
    # More digits than any count has are an identifier.
    r"(?P<digits>[0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,15})"
    rf"(?P<fraction>\.[0-9]{{1,15}})?\s*(?P<unit>{'|'.join(UNITS)})?"
)
_NEGATIVE = frozenset({"-", "减", "减少"})
_WRAP = re.compile(r"(?<=[0-9,.]) *\n *(?=[0-9,.])")

# Only what is another drawing of the same character. NFKC would also turn ① and ² into digits,
# and the 3 of "3①" is three with a footnote, not thirty-one.
_SAME = str.maketrans(
    {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
    | {ord("−"): "-", ord("﹣"): "-", ord("﹐"): ",", ord("﹒"): "."}
)


ANSWERS = frozenset({State.NUMBER, State.DASH})
"""What fills a cell in: a number, or a mark that there is none."""


@dataclass(frozen=True, slots=True)
class Figure:
    """The meaning of one printed cell: state, value (only with ``NUMBER``) and printed unit."""

    state: State
    value: int | Decimal | None = None
    unit: str = ""


@lru_cache(maxsize=1 << 14)
def figure(printed: str) -> Figure:
    """Return what ``printed`` means as a figure of the form.

    Full-width digits, thousands separators, signs, the words 增 and 减, digits wrapped over lines
    and a unit after the number are understood; the unit is returned, not applied. Digits with a
    space between them may be two figures, so the spaced thousands of GB/T 15835 are not read.
    """
    text = _WRAP.sub("", printed.translate(_SAME).strip())
    text = " ".join(text.split())
    if not text:
        return Figure(State.BLANK)
    if text.lower() in NOTHING or _DASH.fullmatch(text.replace(" ", "")):
        return Figure(State.DASH)
    match = _NUMBER.fullmatch(text)
    if match is None:
        return Figure(State.NOT_A_NUMBER)
    return Figure(State.NUMBER, _value(match), match["unit"] or "")


def _value(match: re.Match[str]) -> int | Decimal:
    digits = match["digits"].replace(",", "")
    negative = match["sign"] in _NEGATIVE
    if match["fraction"]:
        decimal = Decimal(digits + match["fraction"])
        return -decimal if negative else decimal
    return -int(digits) if negative else int(digits)
