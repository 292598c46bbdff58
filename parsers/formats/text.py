r"""Plain text and Markdown, as web pages and word processors leave it behind.

Three flattenings of a table are understood: a row a line with tabs, a row a line with pipes, and a
cell a line where each cell starts with a tab and a blank line ends the row. Everything else is a
paragraph a line. Bookmarks of the word processor are taken out, its images become pictures.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Literal

from parsers.document import Block, Document, Field, Grid, Paragraph, Picture, Place
from parsers.errors import Refused
from parsers.script import Script, script_of

_BOOKMARK = re.compile(r"\[bookmark:[^\]]*\]")
_IMAGE = re.compile(r"\[image:\s*(?P<name>[^\]]*)\]|!\[(?P<alt>[^\]]*)\]\((?P<source>[^)]*)\)")
_RULE = re.compile(r"[\s|:+-]*-{3}[\s|:+-]*")  # |---|---| under a Markdown header

_Kind = Literal["prose", "rows", "cells"]


@dataclass(frozen=True, slots=True)
class _Line:
    number: int  # from 1
    text: str

    @property
    def blank(self) -> bool:
        return not self.text.strip(" \r")  # a lone tab is an empty cell, not an empty line

    @property
    def kind(self) -> _Kind:
        if self.text.lstrip().startswith("|") or "\t" in self.text.removeprefix("\t"):
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
    """Return the Document of a plain text; raise Refused("no_text") when nothing is printed."""
    script = script_of(text)
    grids = count()
    blocks: list[Block] = []
    for kind, run in _runs(text.splitlines()):
        if kind == "prose":
            blocks.extend(_prose(run, script))
        else:
            rows = [_cells(run)] if kind == "cells" else [_split(line) for line in run]
            blocks.append(_grid(rows, next(grids), script))
    if not blocks:
        raise Refused("no_text")
    return Document("text", charset, tuple(blocks))


def _runs(texts: list[str]) -> Iterator[tuple[_Kind, list[_Line]]]:
    """Yield runs of lines that belong together; a blank line ends a run."""
    run: list[_Line] = []
    kind: _Kind = "prose"
    for line in (_Line(number, text) for number, text in enumerate(texts, start=1)):
        if run and (line.blank or not _continues(kind, line)):
            yield kind, run
            run = []
        if line.blank or _RULE.fullmatch(line.text):
            continue
        kind = kind if run else line.kind
        run.append(line)
    if run:
        yield kind, run


def _continues(kind: _Kind, line: _Line) -> bool:
    """Say whether ``line`` goes on with a run of ``kind``: a cell's second line has no tab."""
    if kind == "cells":
        return line.kind != "rows"
    if kind == "rows":
        return line.kind != "prose"
    return line.kind == "prose"


def _split(line: _Line) -> list[_Piece]:
    mark = "\t" if "\t" in line.text else "|"
    pieces, start = [], 0
    for part in line.text.split(mark):
        pieces.append(_Piece(part, line.number, start, start + len(part)))
        start += len(part) + 1
    outer = mark == "|"
    return pieces[1 if outer else 0 : -1 if outer and not pieces[-1].text.strip() else None]


def _cells(run: list[_Line]) -> list[_Piece]:
    """Join the lines of one row: a tab starts a cell, other lines belong to the cell above."""
    pieces: list[_Piece] = []
    for line in run:
        if line.text.startswith("\t") or not pieces:
            tab = line.text.startswith("\t")
            pieces.append(_Piece(line.text[tab:], line.number, int(tab), len(line.text)))
        else:
            above = pieces[-1]
            pieces[-1] = _Piece(above.text + line.text, above.line, above.start, above.end)
    return pieces


def _grid(rows: Iterable[list[_Piece]], index: int, script: Script) -> Grid:
    simplify = script.simplify
    return Grid(
        tuple(
            tuple(
                Field(
                    printed := " ".join(_BOOKMARK.sub("", piece.text).split()),
                    simplify(printed),
                    Place(index, at, column, piece.line, piece.start, piece.end),
                )
                for column, piece in enumerate(row)
            )
            for at, row in enumerate(rows)
        )
    )


def _prose(run: list[_Line], script: Script) -> Iterator[Block]:
    simplify = script.simplify
    for line in run:
        place = Place(line=line.number, start=0, end=len(line.text))
        for image in _IMAGE.finditer(line.text):
            yield Picture(image["source"] or image["name"], image["alt"] or "", place)
        printed = " ".join(_IMAGE.sub("", _BOOKMARK.sub("", line.text)).split())
        if printed:
            yield Paragraph(printed, simplify(printed), place)
