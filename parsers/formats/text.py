r"""Plain text and Markdown, as web pages and word processors leave it behind.

Three flattenings of a table are understood: a row a line with tabs, a row a line with pipes, and a
cell a line where each cell starts with a tab and a blank line ends the row. Everything else is a
paragraph a line. Bookmarks of the word processor are taken out, its images become pictures.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Literal

from parsers.document import Block, Document, Field, Grid, Paragraph, Picture, Place
from parsers.errors import Refused
from parsers.script import Script, script_of

_BOOKMARK = re.compile(r"\[bookmark:[^\[\]]{0,80}\]")
_IMAGE = re.compile(
    r"\[image:\s*(?P<name>[^\[\]]{0,300})\]|"
    r"!\[(?P<alt>[^\[\]]{0,300})\]\((?P<source>[^()]{0,2000})\)"
)
# What Markdown writes inside a cell: line breaks and emphasis. An entity is one character.
_IN_CELL = re.compile(r"<br\s{0,3}/?>|\*\*|__", re.I)
_RULE = frozenset(" \t|:+-=")
PROSE_FROM = 100
"""Characters from which a line that starts with a tab is an indented paragraph, not a cell."""

MAX_MARKS = 200_000
"""Line ends, tabs and pipes together: the longest report met has some thousands."""

_Kind = Literal["prose", "rows", "cells"]


@dataclass(frozen=True, slots=True)
class _Line:
    number: int  # from 1
    text: str
    beside: bool = False  # whether the line above or below has a pipe too
    inside: bool = False  # whether the lines above and below have tabs

    @property
    def blank(self) -> bool:
        return not self.text.strip(" \r\u3000")  # a lone tab is an empty cell, not an empty line

    @property
    def rule(self) -> bool:
        """Whether this is the line of dashes under a header."""
        return "---" in self.text and set(self.text) <= _RULE

    @property
    def digits(self) -> str:
        """What the line prints, where that may be the end of a number broken over lines."""
        return self.text.strip(" \t\r|")

    @property
    def kind(self) -> _Kind:
        pipes = self.text.count("|")
        if pipes > 1 or (pipes and self.beside) or "\t" in self.text.removeprefix("\t"):
            return "rows"
        if self.inside and not self.blank:  # the rest of a label that was broken over lines
            return "rows"
        return "cells" if self.text.startswith("\t") else "prose"


@dataclass(frozen=True, slots=True)
class _Piece:
    """One cell's text with the line and characters it was cut from."""

    text: str
    line: int
    start: int
    end: int


def read(text: str, charset: str) -> Document:
    """Return the Document of a plain text.

    Raises:
        Refused: "no_text" when nothing is printed, "too_deep" when it has too many lines.
    """
    if sum(map(text.count, "\n\t|")) > MAX_MARKS:
        raise Refused("too_deep", f"more than {MAX_MARKS} lines and cells")
    script = script_of(text)
    grids = count()
    blocks: list[Block] = []
    for kind, runs in _tables(_runs(text.splitlines())):
        if kind == "prose":
            blocks.extend(block for run in runs for block in _prose(run, script))
        elif kind == "rows":
            blocks.append(_grid(_rows(runs[0]), next(grids), script))
        else:
            blocks.append(_grid([_cells(run) for run in runs], next(grids), script))
    if not blocks:
        raise Refused("no_text")
    return Document("text", charset, tuple(blocks))


def _runs(texts: list[str]) -> Iterator[tuple[_Kind, list[_Line]]]:
    """Yield runs of lines that belong together; a blank line ends a run."""
    run: list[_Line] = []
    kind: _Kind = "prose"
    for line in _lines(texts):
        if run and (line.blank or not _continues(kind, line)):
            yield kind, run
            run = []
        if line.blank or line.rule:
            continue
        kind = kind if run else line.kind
        run.append(line)
    if run:
        yield kind, run


def _lines(texts: list[str]) -> Iterator[_Line]:
    piped = [False, *("|" in text for text in texts), False]
    tabbed = [False, *("\t" in text.removeprefix("\t") for text in texts), False]
    for number, text in enumerate(texts, start=1):
        beside = piped[number - 1] or piped[number + 1]
        inside = tabbed[number - 1] and tabbed[number + 1]
        yield _Line(number, text, beside, inside and not _is_sentence(text))


def _continues(kind: _Kind, line: _Line) -> bool:
    """Say whether ``line`` goes on with a run of ``kind``: a cell's second line has no tab."""
    if kind == "cells":
        return line.kind != "rows"
    if kind == "rows":
        return line.kind != "prose" or line.digits.isdecimal()
    return line.kind == "prose"


def _tables(
    runs: Iterator[tuple[_Kind, list[_Line]]],
) -> Iterator[tuple[_Kind, list[list[_Line]]]]:
    """Yield runs with the rows of one table together where a cell stands on each line.

    A paragraph indented with a tab looks like a cell: a table has a row of two cells at least,
    and no cell that is a sentence.
    """
    rows: list[list[_Line]] = []
    for kind, run in runs:
        if kind == "cells" and not any(_is_sentence(line.text) for line in run):
            rows.append(run)
            continue
        if rows:
            yield _kind_of(rows), rows
            rows = []
        yield "prose" if kind == "cells" else kind, [run]
    if rows:
        yield _kind_of(rows), rows


def _is_sentence(text: str) -> bool:
    return "。" in text or len(text) > PROSE_FROM


def _kind_of(rows: Sequence[Sequence[_Line]]) -> _Kind:
    return "cells" if any(len(row) > 1 for row in rows) else "prose"


def _rows(run: Sequence[_Line]) -> list[list[_Piece]]:
    """Return a row for each line; digits alone may end the number that the line above begins."""
    rows: list[list[_Piece]] = []
    for line in run:
        if rows and rows[-1] and line.digits.isdecimal():
            begun = max((at for at, piece in enumerate(rows[-1]) if piece.text.strip()), default=0)
            rows[-1][begun] = _joined(rows[-1][begun], line.digits)
        else:
            rows.append(_split(line))
    return rows


def _joined(piece: _Piece, below: str) -> _Piece:
    return _Piece(f"{piece.text}\n{below}", piece.line, piece.start, piece.end)


def _split(line: _Line) -> list[_Piece]:
    framed = line.text.lstrip().startswith("|")
    mark = "|" if framed or "\t" not in line.text else "\t"
    pieces, start = [], 0
    for part in line.text.split(mark):
        pieces.append(_Piece(part, line.number, start, start + len(part)))
        start += len(part) + 1
    return pieces[1 if framed else 0 : -1 if framed and not pieces[-1].text.strip() else None]


def _cells(run: Sequence[_Line]) -> list[_Piece]:
    """Join the lines of one row: a tab starts a cell, other lines belong to the cell above."""
    pieces: list[_Piece] = []
    for line in run:
        if line.text.startswith("\t") or not pieces:
            tab = line.text.startswith("\t")
            pieces.append(_Piece(line.text[tab:], line.number, int(tab), len(line.text)))
        else:
            pieces[-1] = _joined(pieces[-1], line.text)
    return pieces


def _grid(rows: Sequence[Sequence[_Piece]], index: int, script: Script) -> Grid:
    simplify = script.simplify
    return Grid(
        tuple(
            tuple(
                Field(
                    printed := _printed(piece.text),
                    simplify(printed),
                    Place(index, at, column, piece.line, piece.start, piece.end),
                )
                for column, piece in enumerate(row)
            )
            for at, row in enumerate(rows)
        )
    )


def _printed(cell: str) -> str:
    if not cell.isalnum():
        cell = html.unescape(_IN_CELL.sub(" ", _BOOKMARK.sub("", cell)))
    return " ".join(cell.split())


def _prose(run: Sequence[_Line], script: Script) -> Iterator[Block]:
    simplify = script.simplify
    for line in run:
        place = Place(line=line.number, start=0, end=len(line.text))
        for image in _IMAGE.finditer(line.text):
            yield Picture(image["source"] or image["name"], image["alt"] or "", place)
        printed = " ".join(_IMAGE.sub("", _BOOKMARK.sub("", line.text)).split())
        if printed:
            yield Paragraph(printed, simplify(printed), place)
