"""What number does this printed text mean, if any?

Decides for one cell at a time and looks at nothing around it. A blank is never 0, a dash is
never 0, and a text that is more than a number with its unit is ``not_a_number``: it keeps its
printed form and gets no value.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from parsers.sheet import State

# Words and marks printed where there is no figure. 无: township reports; 不适用: central bodies.
DASHES = frozenset({"-", "--", "---", "—", "——", "–", "―", "/", "\\", "无", "不适用", "N/A", "n/a"})

UNITS = ("万元", "亿元", "元", "万", "件", "项", "条", "个", "次")

_NUMBER = re.compile(
    r"(?P<sign>[+-]|增加?|减少?)?"
    r"(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<fraction>\.\d+)?"
    rf"(?P<unit>{'|'.join(UNITS)})?"
)
_NEGATIVE = frozenset({"-", "减", "减少"})
_MINUS = str.maketrans("−﹣", "--")


@dataclass(frozen=True, slots=True)
class Figure:
    """The meaning of one printed cell: state, value (only with ``NUMBER``) and printed unit."""

    state: State
    value: int | Decimal | None = None
    unit: str = ""


def figure(printed: str) -> Figure:
    """Return what ``printed`` means as a figure of the form.

    Full-width digits, thousands separators, signs, the words 增 and 减, wrapped digits and a unit
    after the number are understood; the unit is returned, not applied.
    """
    text = "".join(unicodedata.normalize("NFKC", printed).split()).translate(_MINUS)
    if not text:
        return Figure(State.BLANK)
    if text in DASHES:
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
