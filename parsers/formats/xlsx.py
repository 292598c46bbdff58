"""Workbooks (ECMA-376-1, SpreadsheetML): every sheet in order, as tables and paragraphs.

A row in which one cell is seen is a paragraph; rows with more, one below the other, are a table.
The sheet is written as a tree of HTML elements, so that a merged range means what it means in every
format. Pictures and charts on a sheet are other parts, and not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice, pairwise, takewhile

from lxml import etree

from parsers.document import Document
from parsers.errors import Refused
from parsers.formats.blocks import MAX_FIELDS, blocks
from parsers.formats.package import Package
from parsers.formats.workbook import Sheet, Spot, Words, sheets

_SEEN = re.compile("[\x00-\x1f\ud800-\udfff\ufffe\uffff]")
"""What an escape can name and no XML can hold."""


def read(package: Package) -> Document:
    """Return the Document of a workbook.

    Raises:
        Refused: "damaged", "too_large", "too_deep", or "no_text" when nothing is printed.
    """
    body = etree.Element("body")
    for sheet in sheets(package):
        _write(sheet, body)
    return Document("xlsx", "utf-8", blocks(body))


def _write(sheet: Sheet, body: etree._Element) -> None:
    """Write the rows of a sheet below ``body``: paragraphs, and tables of rows that adjoin."""
    table: list[int] = []
    for row, after in pairwise([*sheet.lines, 0]):
        if _is_single(sheet, row):
            spot = next(iter(sheet.lines[row].values()))
            if spot[0] == row or row - 1 not in sheet.lines:  # not once more for each row it covers
                _paragraphs(sheet.cells[spot].words, body)
            continue
        table.append(row)
        if after != row + 1 or _is_single(sheet, after):
            _table(sheet, table, body)
            table = []


def _is_single(sheet: Sheet, row: int) -> bool:
    return len(set(sheet.lines[row].values())) == 1


def _paragraphs(words: Words, body: etree._Element) -> None:
    """Write the lines of a cell, each a paragraph."""
    paragraph = etree.SubElement(body, "p")
    for text, shown_as in words:
        first, *more = text.split("\n")
        _say(paragraph, first, shown_as)
        for line in more:
            paragraph = etree.SubElement(body, "p")
            _say(paragraph, line, shown_as)


def _table(sheet: Sheet, rows: Sequence[int], body: etree._Element) -> None:
    lines = [sheet.lines[row] for row in rows]
    columns = sorted({column for line in lines for column in line})
    if len(lines) * len(columns) > MAX_FIELDS:
        raise Refused("too_deep", f"more than {MAX_FIELDS} places in a table")
    table, written = etree.SubElement(body, "table"), set[Spot]()
    for at, line in enumerate(lines):
        made = etree.SubElement(table, "tr")
        for place, column in enumerate(columns):
            spot = line.get(column)
            if spot is None:
                etree.SubElement(made, "td")
            elif spot not in written:
                written.add(spot)
                across = _run(spot, (line.get(each) for each in islice(columns, place, None)))
                down = _run(spot, (below.get(column) for below in islice(lines, at, None)))
                cell = etree.SubElement(made, "td", colspan=str(across), rowspan=str(down))
                for text, shown_as in sheet.cells[spot].words:
                    _say(cell, text, shown_as)


def _run(spot: Spot, places: Iterable[Spot | None]) -> int:
    """Return for how many places from the first on ``spot`` is what stands there."""
    return sum(1 for _ in takewhile(lambda each: each == spot, places))


def _say(element: etree._Element, text: str, shown_as: str | None) -> None:
    """Write a run into an element, after what stands in it."""
    text = _SEEN.sub(" ", text)
    if shown_as:
        etree.SubElement(element, shown_as).text = text
    elif len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text
