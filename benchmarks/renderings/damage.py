"""Damage after which nobody could tell every figure: here only silence is held against a reader."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from random import Random

from benchmarks.renderings import draft as d
from benchmarks.renderings import html, texts
from benchmarks.renderings.breaking import Divide, divided, reshaped
from benchmarks.renderings.draft import Draft, Lines
from benchmarks.renderings.rendering import Print, Rendering
from parsers.layout import Box, Line


def one_of(lines: Lines, rng: Random) -> int:
    """Return a line with figures."""
    return rng.choice([at for at, line in enumerate(lines) if d.has_figures(line)])


def with_line(lines: Lines, at: int, line: Line) -> Lines:
    """Return a table with another line in one place."""
    return (*lines[:at], line, *lines[at + 1 :])


def cell_lost(lines: Lines, rng: Random) -> Lines:
    """Return a table in which one figure is gone and those behind it moved up."""
    at = one_of(lines, rng)
    gone = rng.choice([i for i, box in enumerate(lines[at]) if box.cell])
    return with_line(lines, at, (*lines[at][:gone], *lines[at][gone + 1 :]))


def cell_added(lines: Lines, rng: Random) -> Lines:
    """Return a table in which a row has one figure too many."""
    at = one_of(lines, rng)
    place = rng.choice([i for i, box in enumerate(lines[at]) if box.cell])
    more = Box("corner", str(rng.randrange(10)))
    return with_line(lines, at, (*lines[at][:place], more, *lines[at][place:]))


def cells_glued(lines: Lines, rng: Random) -> Lines:
    """Return a table in which two figures stand in one cell, nothing between them."""
    at = one_of(lines, rng)
    line = lines[at]
    pairs = [i for i in range(len(line) - 1) if line[i].cell and line[i + 1].cell]
    if not pairs:
        return lines
    i = rng.choice(pairs)
    one = replace(line[i], text=line[i].text + line[i + 1].text)
    return with_line(lines, at, (*line[:i], one, *line[i + 2 :]))


def cells_merged(lines: Lines, rng: Random) -> Lines:
    """Return a table in which one cell takes the place of two, and has the first's figure."""
    at = one_of(lines, rng)
    line = lines[at]
    pairs = [i for i in range(len(line) - 1) if line[i].cell and line[i + 1].cell]
    if not pairs:
        return lines
    i = rng.choice(pairs)
    across = line[i].across + line[i + 1].across
    return with_line(lines, at, (*line[:i], replace(line[i], across=across), *line[i + 2 :]))


def row_lost(lines: Lines, rng: Random) -> Lines:
    """Return a table without one line of figures."""
    return d.without(lines, one_of(lines, rng))


def label_lost(lines: Lines, rng: Random) -> Lines:
    """Return a table in which a row's own label is empty."""
    at = one_of(lines, rng)
    own = [i for i, box in enumerate(lines[at]) if box.kind == "row"]
    if not own:
        return lines
    empty = replace(lines[at][own[-1]], text="")
    return with_line(lines, at, (*lines[at][: own[-1]], empty, *lines[at][own[-1] + 1 :]))


def wrong_header(lines: Lines, rng: Random) -> tuple[Lines, ...]:
    """Return a table in two, the second under a header with two names exchanged."""
    above, below = d.cut(lines, d.broken_at(lines, rng))
    if not below:
        return (above,)
    return above, (*renamed(lines, rng)[: d.head(lines)], *below)


def renamed(lines: Lines, rng: Random) -> Lines:
    """Return a table whose header exchanges the names of two columns, and the figures not."""
    at = d.head(lines) - 1
    names = [i for i, box in enumerate(lines[at]) if box.kind == "column" and box.across == 1]
    if len(names) < 2:
        return lines
    a, b = rng.sample(names, 2)
    header = list(lines[at])
    header[a], header[b] = header[b], header[a]
    return with_line(lines, at, tuple(header))


def name_lost(lines: Lines, rng: Random) -> Lines:
    """Return a table whose header lost the cell of one name, and the names behind it moved."""
    at = d.head(lines) - 1
    names = [i for i, box in enumerate(lines[at]) if box.kind == "column"]
    gone = rng.choice(names)
    return with_line(lines, at, (*lines[at][:gone], *lines[at][gone + 1 :]))


def torn(lines: Lines, rng: Random) -> tuple[Lines, ...]:
    """Return a table torn down its height: the right part stands below the left one."""
    at = rng.randrange(2, d.width(lines))
    flat = d.unspanned(lines)
    return tuple(row[:at] for row in flat), tuple(row[at:] for row in flat)


def wrapped_row(lines: Lines, rng: Random) -> Lines:
    """Return a table in which the last figures of a row stand in the next row."""
    at = one_of(lines, rng)
    line = lines[at]
    count = sum(box.cell is not None for box in line)
    if count < 2:
        return lines
    keep = len(line) - rng.randrange(1, count)
    return (*lines[:at], line[:keep], line[keep:], *lines[at + 1 :])


def cut_short(drawn: Draft, rng: Random) -> bytes:
    """Return a page whose connection broke somewhere in the tables."""
    body = html.page(html.body(drawn))
    start = body.index(b"<table")
    return body[: rng.randrange(start, len(body))]


def text_cut_short(drawn: Draft, rng: Random) -> str:
    """Return a text with tabs that ends somewhere in the tables."""
    text = texts.document(drawn, lambda lines: texts.joined("\t")(d.unspanned(lines)))
    return text[: rng.randrange(text.index("\t"), len(text))]


def repeats_removed(drawn: Draft, rng: Random) -> str:
    """Return a text, a cell a line, from which repeated lines were removed."""
    text = texts.cells("\t")(drawn, rng)
    lines = str(text).split("\n")
    return "\n".join(line for line, _ in groupby(lines))


def blanks_removed(drawn: Draft, rng: Random) -> str:
    """Return a text with tabs in which several tabs became one."""
    text = texts.document(drawn, lambda lines: texts.joined("\t")(d.unspanned(lines)))
    while "\t\t" in text:
        text = text.replace("\t\t", "\t")
    return text.replace("\n\t", "\n").replace("\t\n", "\n")


def tabbed(reshape: Divide) -> Print:
    """Return the print of a text with tabs of damaged tables, where no grid shows the damage."""

    def draw(drawn: Draft, rng: Random) -> str:
        hurt = drawn.divided(lambda lines: reshape(lines, rng))
        return texts.document(hurt, lambda lines: texts.joined("\t")(texts.labels_in_one(lines)))

    return draw


def digit_changed(drawn: Draft, rng: Random) -> bytes:
    """Return a page in which a scan misread one digit of table three."""
    number = drawn.sections[2].number
    lines = drawn.table(number)
    at = one_of(lines, rng)
    i = rng.choice([i for i, box in enumerate(lines[at]) if box.cell])
    other = replace(lines[at][i], text=str(rng.randrange(10)) + lines[at][i].text[1:])
    line = (*lines[at][:i], other, *lines[at][i + 1 :])
    return html.page(html.body(drawn.with_table(number, with_line(lines, at, line))))


DAMAGES: tuple[Rendering, ...] = (
    Rendering("html-cell-lost", "one figure gone from a row", reshaped(cell_lost), False),
    Rendering("html-cell-added", "one figure too many in a row", reshaped(cell_added), False),
    Rendering(
        "html-cells-glued", "two figures in one cell: 3 and 0 as 30", reshaped(cells_glued), False
    ),
    Rendering("html-cells-merged", "one cell in the place of two", reshaped(cells_merged), False),
    Rendering("html-row-lost", "one line of figures gone", reshaped(row_lost), False),
    Rendering("html-label-lost", "one label empty", reshaped(label_lost), False),
    Rendering(
        "html-wrong-header", "below a break two names exchanged", divided(wrong_header), False
    ),
    Rendering("html-renamed", "two names of the header exchanged", reshaped(renamed), False),
    Rendering("html-name-lost", "one name of the header gone", reshaped(name_lost), False),
    Rendering("html-torn", "tables torn down their height", divided(torn), False),
    Rendering("html-row-wrapped", "the end of a row in the next", reshaped(wrapped_row), False),
    Rendering("html-cut-short", "the connection broke", cut_short, False),
    Rendering(
        "html-digit",
        "one digit misread by a scan: only sums tell",
        digit_changed,
        False,
    ),
    Rendering(
        "text-cell-lost", "tabs, one figure gone", tabbed(lambda x, r: (cell_lost(x, r),)), False
    ),
    Rendering(
        "text-cells-glued",
        "tabs, two figures as one",
        tabbed(lambda x, r: (cells_glued(x, r),)),
        False,
    ),
    Rendering(
        "text-row-lost", "tabs, one line gone", tabbed(lambda x, r: (row_lost(x, r),)), False
    ),
    Rendering(
        "text-row-wrapped",
        "tabs, the end of a row on the next line",
        tabbed(lambda x, r: (wrapped_row(x, r),)),
        False,
    ),
    Rendering("text-cut-short", "tabs, the end is missing", text_cut_short, False),
    Rendering(
        "text-repeats-removed", "a cell a line, repeated lines removed", repeats_removed, False
    ),
    Rendering("text-blanks-removed", "tabs, several tabs made one", blanks_removed, False),
)
