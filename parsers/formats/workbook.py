"""The cells of a workbook's sheets as they are printed (ECMA-376-1, SpreadsheetML).

Shared strings, styles and number formats are resolved here; what a table is, is not decided here.
Hidden sheets, rows and columns print nothing. A formula is never worked out: its kept result is
what was printed, and a formula without one is printed as the formula.
"""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from parsers.errors import Refused
from parsers.formats.blocks import MAX_FIELDS
from parsers.formats.number_format import BUILTIN, GENERAL, printed
from parsers.formats.package import XLSX, Package, attribute, child, dress, name_of, parts

MAX_SHEETS = 200
MAX_ROW, MAX_COLUMN = 1 << 20, 1 << 14
"""What a sheet can have (18.3.1.73)."""
_SPOT = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ON = frozenset({"1", "true"})

Spot = tuple[int, int]
"""Row and column, from 1."""
Words = tuple[tuple[str, str | None], ...]
"""A text in runs, each with the HTML element that shows it as it is shown, if any."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell prints, and whether lines are drawn around it."""

    words: Words
    ruled: bool

    @property
    def counts(self) -> bool:
        """Whether a reader sees the cell at all."""
        return self.ruled or any(text.strip() for text, _ in self.words)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its cells, and by row and column which of them is seen there.

    A cell that is merged over a range is seen in all of it.
    """

    cells: Mapping[Spot, Cell]
    lines: Mapping[int, Mapping[int, Spot]]


@dataclass(frozen=True, slots=True)
class _Look:
    code: str
    ruled: bool


@dataclass(frozen=True, slots=True)
class _Book:
    strings: Sequence[Words]
    looks: Sequence[_Look]
    since_1904: bool


def sheets(package: Package) -> Iterator[Sheet]:
    """Yield every sheet that is not hidden, in order.

    Raises:
        Refused: "damaged", "too_large" or "too_deep".
    """
    root = package.tree(XLSX)
    targets = package.relations(XLSX)
    listed = [
        each
        for each in parts(root, "sheets")
        if attribute(each, "state") is None or attribute(each, "state") == "visible"
    ]
    if len(listed) > MAX_SHEETS:
        raise Refused("too_deep", f"more than {MAX_SHEETS} sheets")
    book = _book(package, root)
    left = MAX_FIELDS
    for each in listed:
        target = targets.get(attribute(each, "id") or "")
        if target is None:
            raise Refused("damaged", f"the sheet {attribute(each, 'name')} is missing")
        sheet = _sheet(package.tree(posixpath.join("/xl", target).lstrip("/")), book, left)
        left -= len(sheet.cells) + sum(map(len, sheet.lines.values()))
        yield sheet


# ------------------------------------------------------------------ what the sheets share


def _book(package: Package, root: etree._Element) -> _Book:
    strings: list[Words] = []
    if package.has("xl/sharedStrings.xml"):
        strings = [_words(each) for each in package.tree("xl/sharedStrings.xml")]
    looks: list[_Look] = []
    if package.has("xl/styles.xml"):
        looks = _looks(package.tree("xl/styles.xml"))
    about = child(root, "workbookPr")
    return _Book(strings, looks, about is not None and attribute(about, "date1904") in _ON)


def _looks(styles: etree._Element) -> list[_Look]:
    codes = dict(BUILTIN)
    for each in parts(styles, "numFmts"):
        codes[_whole(attribute(each, "numFmtId"))] = attribute(each, "formatCode") or GENERAL
    ruled = [
        any(attribute(side, "style") not in (None, "none") for side in border)
        for border in parts(styles, "borders")
    ]
    looks = []
    for each in parts(styles, "cellXfs"):
        border = _whole(attribute(each, "borderId"))
        code = codes.get(_whole(attribute(each, "numFmtId")), GENERAL)
        looks.append(_Look(code, border < len(ruled) and ruled[border]))
    return looks


def _words(item: etree._Element) -> Words:
    """Return the runs of a string; how it is pronounced (rPh) is not printed."""
    made: list[tuple[str, str | None]] = []
    for each in item:
        if name_of(each) == "t":
            made.append((_unescaped(each.text or ""), None))
        elif name_of(each) == "r":
            text = child(each, "t")
            made.append((_unescaped(text.text or "") if text is not None else "", dress(each)))
    return tuple(made)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text).replace("\x00", "")


def _whole(text: str | None) -> int:
    """Return a count an attribute gives, 0 for anything else."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0


# ------------------------------------------------------------------ one sheet


def _sheet(root: etree._Element, book: _Book, limit: int) -> Sheet:
    cells: dict[Spot, Cell] = {}
    unseen: set[int] = set()
    number = 0
    for line in parts(root, "sheetData"):
        number = min(_whole(attribute(line, "r")) or number + 1, MAX_ROW)
        if attribute(line, "hidden") in _ON:
            unseen.add(number)
        column = 0
        for each in line:
            named = _spot(attribute(each, "r") or "")
            column = min(named[1] if named else column + 1, MAX_COLUMN)
            cells[number, column] = _cell(each, book)
        if len(cells) > limit:
            raise Refused("too_deep", f"more than {MAX_FIELDS} cells")
    hidden = _hidden_columns(root)
    seen = [spot for spot, cell in cells.items() if cell.counts]
    rows = sorted({row for row, _ in seen} - unseen)
    columns = sorted({column for _, column in seen} - hidden)
    covered = _covered(root, rows, columns, limit - len(cells))
    stands = {**{spot: spot for spot in seen}, **covered}
    lines: dict[int, dict[int, Spot]] = {}
    for (row, column), spot in sorted(stands.items()):
        if row not in unseen and column not in hidden and spot in cells and cells[spot].counts:
            lines.setdefault(row, {})[column] = spot
    return Sheet(cells, lines)


def _spot(named: str) -> Spot | None:
    found = _SPOT.fullmatch(named)
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]), column


def _cell(element: etree._Element, book: _Book) -> Cell:
    style = _whole(attribute(element, "s"))
    look = book.looks[style] if style < len(book.looks) else _Look(GENERAL, False)
    return Cell(_shown(element, look, book), look.ruled)


def _shown(element: etree._Element, look: _Look, book: _Book) -> Words:
    kind = attribute(element, "t") or "n"
    if kind == "inlineStr":
        inline = child(element, "is")
        return () if inline is None else _words(inline)
    kept, formula = child(element, "v"), child(element, "f")
    stored = (kept.text or "").strip() if kept is not None else ""
    if kind == "s":
        at = _whole(stored)
        if at >= len(book.strings):
            raise Refused("damaged", f"there is no shared string {stored}")
        return book.strings[at]
    if not stored:
        return () if formula is None or kind == "str" else ((f"={formula.text or ''}", None),)
    if kind == "b":
        return (("TRUE" if stored in _ON else "FALSE", None),)
    if kind == "n":
        return ((printed(stored, look.code, since_1904=book.since_1904), None),)
    return ((_unescaped(stored), None),)


def _hidden_columns(root: etree._Element) -> set[int]:
    hidden: set[int] = set()
    for each in parts(root, "cols"):
        if attribute(each, "hidden") in _ON and len(hidden) < MAX_COLUMN:
            last = min(_whole(attribute(each, "max")), MAX_COLUMN)
            hidden.update(range(_whole(attribute(each, "min")), last + 1))
    return hidden


def _covered(
    root: etree._Element, rows: Sequence[int], columns: Sequence[int], limit: int
) -> dict[Spot, Spot]:
    """Return which cell stands at each seen place of the merged ranges; the first range wins."""
    covered: dict[Spot, Spot] = {}
    for each in parts(root, "mergeCells"):
        first, _, last = (attribute(each, "ref") or "").partition(":")
        start, end = _spot(first), _spot(last)
        if start is None or end is None:
            continue
        down = rows[bisect_left(rows, start[0]) : bisect_right(rows, end[0])]
        across = columns[bisect_left(columns, start[1]) : bisect_right(columns, end[1])]
        limit -= len(down) * len(across)
        if limit < 0:
            raise Refused("too_deep", f"more than {MAX_FIELDS} cells merged")
        for row in down:
            for column in across:
                covered.setdefault((row, column), start)
    return covered
