"""From characters to lines, from lines to the words of a cell and to paragraphs.

Spaces are judged by distance, never taken from the file. Two lines of a cell are one number only
where the first had no room for more; two lines of prose are one paragraph only where the first
runs to the margin and the second is not indented.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from parsers.formats.pdf_ink import Glyph

APART = 0.15
"""Share of a character's height from which letters or digits stand apart: a space is 0.25."""
HAN_APART = 1.0
"""The same for other characters, which are spaced out to fill a line."""
FAR = 2.5
"""The same from which they stand in different columns of a page."""
PADDING = 14.0
"""Points of a cell's width at most that no character may use, left and right together."""
SHARE = 0.1
"""Share of all prose that must begin at a place for it to be the left margin."""
RAISED = 0.75
"""Share of the line's height up to which a digit is the mark of a note."""

_MARKS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LATIN = re.compile(r"[A-Za-z0-9]")
_UNBROKEN = re.compile(r"[!-~]+|.[，。；：、！？）》”’]+")
_NUMBERED = re.compile(
    r"[（(]?[一二三四五六七八九十]+[)）、]|第[一二三四五六七八九十]+[章条]|\d+[.、．]"
)
_ENDS = ("。", "；", "：", "！", "？", "”", "）")
_ADDRESS = re.compile(r"[./@:][!-~]*$")
_NUMBER_BROKEN = re.compile(r"[\d.,，+\-－−]\n[\d.,，]")


@dataclass(frozen=True, slots=True)
class Line:
    """Characters side by side, with the box around them."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    """Height of its characters in points."""


def lines(glyphs: Iterable[Glyph]) -> list[Line]:
    """Return the lines that characters make, top to bottom, then left to right."""
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda each: each.middle[1]):
        if rows and glyph.middle[1] - rows[-1][0].middle[1] <= _reach(rows[-1][0], glyph):
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    return [line for row in rows for line in _split(sorted(row, key=lambda each: each.x0))]


def _reach(one: Glyph, other: Glyph) -> float:
    return max(one.size, other.size) / 2


def _split(row: Sequence[Glyph]) -> list[Line]:
    """Return a row as lines, cut where a gap is as wide as between columns."""
    cuts = [
        at
        for at in range(1, len(row))
        if row[at].x0 - row[at - 1].x1 > FAR * max(row[at].size, row[at - 1].size)
    ]
    ends = [*cuts, len(row)]
    return [_line(row[start:end]) for start, end in zip([0, *cuts], ends, strict=True)]


def _line(row: Sequence[Glyph]) -> Line:
    size = max(glyph.size for glyph in row)
    parts: list[str] = []
    for at, glyph in enumerate(row):
        if at and _stand_apart(row[at - 1], glyph, size):
            parts.append(" ")
        small = glyph.size <= RAISED * size
        parts.append(glyph.text.translate(_MARKS) if small else glyph.text)
    top, bottom = min(each.top for each in row), max(each.bottom for each in row)
    return Line("".join(parts), row[0].x0, row[-1].x1, top, bottom, size)


def _stand_apart(left: Glyph, right: Glyph, size: float) -> bool:
    latin = _LATIN.match(left.text) and _LATIN.match(right.text)
    return right.x0 - left.x1 > size * (APART if latin else HAN_APART)


# ------------------------------------------------------------------ the words of a cell


def padding(cells: Iterable[tuple[float, Sequence[Line]]]) -> float:
    """Return what no character of a table's cells uses of their width, in points.

    Args:
        cells: of each cell its width and its lines.
    """
    left = [width - (line.x1 - line.x0) for width, found in cells for line in found]
    return max(0.0, min([*left, PADDING]))


def words(found: Sequence[Line], width: float, unused: float) -> str:
    """Return the text of a cell ``width`` points wide, of which ``unused`` stay blank."""
    text = ""
    before: Line | None = None
    for line in found:
        if before is not None:
            text += _between(before, line, width - unused)
        text += line.text
        before = line
    return " ".join(text.split())


def _between(above: Line, below: Line, room: float) -> str:
    if above.top == below.top or above.bottom > below.top + below.size / 2:
        return " "  # side by side
    pair = f"{above.text[-1:]}\n{below.text[:1]}"
    if _NUMBER_BROKEN.fullmatch(pair):
        width_of_one = (below.x1 - below.x0) / len(below.text)
        full = (above.x1 - above.x0) + width_of_one > room - 0.5
        return "" if full else " "
    return " " if re.fullmatch(r"[A-Za-z]\n[A-Za-z]", pair) else ""


# ------------------------------------------------------------------ the paragraphs of a page


@dataclass(frozen=True, slots=True)
class Margins:
    """Where the lines of a document's prose begin, those of an indent apart, and end."""

    left: float
    right: float

    def are_filled_by(self, line: Line, following: Line) -> bool:
        """Say whether what ``following`` begins with had no room any more in ``line``."""
        token = _UNBROKEN.match(following.text)
        share = len(token[0]) / len(following.text) if token else 0.0
        return line.x1 + share * (following.x1 - following.x0) > self.right - 1.5 * line.size

    def begin(self, line: Line) -> bool:
        """Say whether a line begins at the left one, without an indent."""
        return abs(line.x0 - self.left) <= 0.6 * line.size

    def centre(self, line: Line) -> bool:
        """Say whether a line stands in the middle of them."""
        return abs(line.x0 + line.x1 - self.left - self.right) <= line.size


def margins(found: Sequence[Line]) -> Margins:
    """Return the margins of all prose of a document."""
    if not found:
        return Margins(0.0, 0.0)
    weight: Counter[int] = Counter()
    for line in found:
        weight[round(line.x0)] += round(line.x1 - line.x0)
    enough = SHARE * weight.total()
    left = min((x for x, own in weight.items() if own >= enough), default=min(weight))
    ends = sorted(line.x1 for line in found if abs(line.x0 - left) <= 1.5)
    return Margins(left, ends[int(0.9 * (len(ends) - 1))])


def paragraphs(found: Sequence[Line], page: Margins) -> list[list[Line]]:
    """Return the lines of prose in paragraphs."""
    made: list[list[Line]] = []
    for line in found:
        if made and _is_below(made[-1][-1], line) and goes_on(made[-1], line, page):
            made[-1].append(line)
        else:
            made.append([line])
    return made


def _is_below(last: Line, line: Line) -> bool:
    return -last.size < line.top - last.bottom <= 1.6 * last.size


def goes_on(paragraph: Sequence[Line], line: Line, page: Margins) -> bool:
    """Say whether a line, the next below or the first of a page, belongs to a paragraph."""
    last = paragraph[-1]
    if abs(line.size - last.size) > 0.15 * last.size:
        return False
    if last.text.endswith(_ENDS) and _NUMBERED.match(line.text):
        return False  # a paragraph that fills its last line, and a heading without an indent
    if page.begin(line):
        return page.are_filled_by(last, line)
    wide = last.x1 - last.x0 > 0.6 * (page.right - page.left)
    return wide and page.centre(last) and page.centre(line)  # a title broken in two


def joined(paragraph: Sequence[Line]) -> str:
    """Return the text of a paragraph in one line."""
    text = ""
    for line in paragraph:
        words_meet = re.fullmatch(r"[A-Za-z]\n[A-Za-z]", f"{text[-1:]}\n{line.text[:1]}")
        address = _ADDRESS.search(text[-80:] + line.text[:1])
        text += (" " if words_meet and not address else "") + line.text
    return text
