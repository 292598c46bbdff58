"""What a spreadsheet prints for a number under a format code (ECMA-376-1, 18.8.30 and 18.8.31).

Understands what reports use: digits, grouping, scaling, percent, literals, a section each for
positive, negative and zero, and dates. For any other code (fractions, exponents, conditions,
Chinese numerals) the number is printed plainly: the value is the same, only its dress is lost.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal

GENERAL = "General"
BUILTIN = {
    **{1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%"},
    **{14: "yyyy/m/d", 22: "yyyy/m/d h:mm", 20: "h:mm", 21: "h:mm:ss"},
    **{27: 'yyyy"年"m"月"', 28: 'm"月"d"日"', 31: 'yyyy"年"m"月"d"日"', 57: 'yyyy"年"m"月"'},
    **{37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00"},
    **{41: '#,##0;-#,##0;"-"', 42: '#,##0;-#,##0;"-"', 43: '#,##0.00;-#,##0.00;"-"'},
    **{44: '#,##0.00;-#,##0.00;"-"', 49: "@"},
}
"""Codes every program has by number, as a Chinese one prints them."""
LONGEST_CODE = 255

_NUMBER = re.compile(r"[+-]?(?:\d{1,320}(?:\.\d{0,320})?|\.\d{1,320})(?:[eE][+-]?\d{1,3})?")
_PIECE = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_.|\*.|\[\$(?P<currency>[^\]-]*)[^\]]*\]'
    r"|\[(?P<bracket>[^\]]*)\]|(?P<digits>[0#?,.]+)|(?P<other>.)",
    re.DOTALL,
)
_DATE = re.compile(r"[ymdhs]", re.I)
_CLOCK = re.compile(r'"([^"]*)"|\\(.)|\[[^\]]*\]|(y+|m+|d+|h+|s+)|AM/PM|.', re.I | re.DOTALL)
_COLOURS = {"black", "blue", "cyan", "green", "magenta", "red", "white", "yellow"}
_PLACES = re.compile(r"(?P<whole>[0#?,]*)(?:\.(?P<fraction>[0#?]*))?(?P<scale>,*)")
_EXACT = Context(prec=1000, rounding=ROUND_HALF_UP)
_FIFTEEN = Context(prec=15, rounding=ROUND_HALF_UP)
_LAST_DAY = 2_958_465  # 31 December 9999


def printed(stored: str, code: str, *, since_1904: bool = False) -> str:
    """Return what is printed for the number ``stored`` in a cell with format ``code``."""
    if not _NUMBER.fullmatch(stored):
        return stored
    value = _FIFTEEN.create_decimal(stored)  # 59.229999999999997 is how 59.23 is stored
    if code in (GENERAL, "@", "") or len(code) > LONGEST_CODE:
        return plain(value)
    bare = "".join(found["other"] or "" for found in _PIECE.finditer(code))
    if code.lower().startswith("general"):
        return plain(value)
    if _DATE.search(bare):
        return _date(value, code, since_1904) or plain(value)
    sections = _sections(code)
    at = 0 if len(sections) == 1 or value > 0 else 1 if value < 0 else min(2, len(sections) - 1)
    if value == 0 and len(sections) == 2:
        at = 0
    text = _number(abs(value), sections[at])
    if text is None:
        return plain(value)
    signed = value < 0 and text.strip("0.,%") and not re.search(r"[-－−(（]", text)
    return f"-{text}" if signed else text


def plain(value: Decimal) -> str:
    """Return a number as it is printed without a format: 3 and not 3.0."""
    if value == value.to_integral_value():
        return f"{value.to_integral_value():f}"
    if abs(value) < Decimal("1e-9"):
        return str(value)
    whole = max(value.adjusted() + 1, 1)
    rounded = value.quantize(Decimal(1).scaleb(-max(10 - whole, 0)), context=_EXACT)
    return f"{rounded.normalize(_EXACT):f}"


def _sections(code: str) -> list[str]:
    """Split a code at the semicolons that are not quoted."""
    sections = [""]
    for found in _PIECE.finditer(code):
        if found["other"] == ";":
            sections.append("")
        else:
            sections[-1] += found[0]
    return sections


def _number(value: Decimal, section: str) -> str | None:
    """Return a value without its sign under one section, None when the code is not understood."""
    pieces: list[str | None] = []
    digits = ""
    for found in _PIECE.finditer(section):
        if found["digits"]:
            if digits:
                return None
            digits = found["digits"]
            pieces.append(None)
        elif found["bracket"] is not None:
            if found["bracket"].lower() not in _COLOURS:
                return None
        elif found["other"] and found["other"] in "Ee/@":
            return None
        else:
            literal = found["quoted"] or found["escaped"] or found["currency"] or found["other"]
            pieces.append(literal or "")
    percent = sum((piece or "").count("%") for piece in pieces)
    number = _digits(value.scaleb(2 * percent), digits) if digits else ""
    return None if number is None else "".join(number if p is None else p for p in pieces)


def _digits(value: Decimal, places: str) -> str | None:
    """Return the digits of ``value`` for placeholders such as ``#,##0.00``."""
    found = _PLACES.fullmatch(places)
    if found is None:
        return None
    whole, fraction = found["whole"], found["fraction"] or ""
    scale = found["scale"]
    if found["fraction"] is None:
        whole, scale = whole.rstrip(","), whole[len(whole.rstrip(",")) :]
    value = value.scaleb(-3 * len(scale))
    text = f"{value.quantize(Decimal(1).scaleb(-len(fraction)), context=_EXACT):f}"
    left, _, right = text.partition(".")
    kept = len(fraction.rstrip("#?"))
    while len(right) > kept and right.endswith("0"):
        right = right[:-1]
    left = left.lstrip("0").rjust(whole.count("0"), "0")
    if "," in whole:
        left = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",", left)
    return f"{left}.{right}" if right or (found["fraction"] is not None and kept) else left


def _date(value: Decimal, code: str, since_1904: bool) -> str | None:
    """Return a day and time counted from the beginning of 1900, None outside the calendar."""
    if not 0 <= value < _LAST_DAY:
        return None
    start = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)
    moment = start + timedelta(days=int(value), seconds=round(float(value % 1) * 86400))
    made, clock = "", False
    for found in _CLOCK.finditer(code.partition(";")[0]):
        part = (found[3] or "").lower()
        if not part:
            literal = found[1] or found[2] or found[0]
            made += "" if found[0].startswith(("[", '""')) else literal
            continue
        number = {
            "y": moment.year if len(part) > 2 else moment.year % 100,
            "m": moment.minute if clock else moment.month,
            "d": moment.day,
            "h": moment.hour,
            "s": moment.second,
        }[part[0]]
        clock = part[0] in "hs" or (clock and part[0] == "m")
        made += f"{number:02}" if len(part) == 2 else str(number)
    return made
