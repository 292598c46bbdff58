"""Reports as HTML pages: what editors, portals and converters make of a table with spans."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from benchmarks.renderings import draft as d
from benchmarks.renderings import html
from benchmarks.renderings.draft import Draft, Lines
from benchmarks.renderings.rendering import Print, Rendering
from parsers.layout import Box

WORD = (
    '<p class="MsoNormal" align="center"><span lang="EN-US" style="font-size:9.0pt">'
    "&nbsp;{}<o:p></o:p></span></p>"
)


def clean(drawn: Draft, rng: Random) -> bytes:
    return html.page(html.body(drawn))


def word(drawn: Draft, rng: Random) -> bytes:
    def inside(box: Box) -> str:
        return "\n  " + WORD.format(html.plain(box)) + "\n"

    return html.page(html.body(drawn, lambda lines: html.table(lines, inside)))


def runs(drawn: Draft, rng: Random) -> bytes:
    def inside(box: Box) -> str:
        return "<p>" + "".join(f"<span>{each}</span>" for each in box.text) + "</p>"

    return html.page(html.body(drawn, lambda lines: html.table(lines, inside)))


def nested(drawn: Draft, rng: Random) -> bytes:
    inside = html.body(drawn)
    for _ in range(3):
        inside = f"<table><tr><td>&nbsp;</td><td>{inside}</td><td></td></tr></table>"
    return html.page(inside)


def heads(drawn: Draft, rng: Random) -> bytes:
    return html.page(html.body(drawn, lambda lines: html.table(lines, tag="th"), "h2"))


def _reshaped(reshape: Callable[[Lines], Lines]) -> Print:
    return lambda drawn, rng: html.page(html.body(drawn.reshaped(reshape)))


def _no_down(lines: Lines) -> Lines:
    return d.mapped(lines, lambda box: replace(box, down=1))


def _no_across(lines: Lines) -> Lines:
    return d.mapped(lines, lambda box: replace(box, across=1))


def padded(left: bool, right: bool) -> Print:
    def drawn_so(drawn: Draft, rng: Random) -> bytes:
        sides = rng.randrange(1, 4) * left, rng.randrange(1, 4) * right
        return html.page(html.body(drawn.reshaped(lambda lines: d.beside(lines, *sides))))

    return drawn_so


def ragged(drawn: Draft, rng: Random) -> bytes:
    def reshape(lines: Lines) -> Lines:
        return tuple((*line, *[d.EMPTY] * rng.choice((0, 0, 0, 1, 2))) for line in lines)

    return html.page(html.body(drawn.reshaped(reshape)))


def inner_padding(drawn: Draft, rng: Random) -> bytes:
    """An empty column between the labels and the figures of table three."""

    def reshape(lines: Lines) -> Lines:
        top = d.head(lines)
        made = [(lines[0][0], Box("corner", down=top), *lines[0][1:]), *lines[1:top]]
        for line in lines[top:]:
            at = next(i for i, box in enumerate(line) if box.cell)
            made.append((*line[:at], d.EMPTY, *line[at:]))
        return tuple(made)

    number = drawn.sections[2].number
    return html.page(html.body(drawn.with_table(number, reshape(drawn.table(number)))))


def lines_numbered(after: bool) -> Print:
    """A column 序号 or 行次 in table three, before or behind the labels."""

    def drawn_so(drawn: Draft, rng: Random) -> bytes:
        number = drawn.sections[2].number
        lines = drawn.table(number)
        top = d.head(lines)
        made: list[tuple[Box, ...]] = []
        for at, line in enumerate(lines):
            place = next((i for i, b in enumerate(line) if b.cell), 1) if after else 0
            box = Box("corner", str(at - top + 1)) if at >= top else None
            if at == 0:
                box = Box("corner", "行次" if after else "序号", down=top)
            made.append((*line[:place], *([box] if box else []), *line[place:]))
        return html.page(html.body(drawn.with_table(number, tuple(made))))

    return drawn_so


def one_table(drawn: Draft, rng: Random) -> bytes:
    """All three tables, and the headings between them, in one table element."""
    lines = [
        line
        for section in drawn.sections
        if section.number in drawn.tables
        for line in (
            (Box("caption", drawn.heading(section), across=15),),
            *drawn.table(section.number),
        )
    ]
    first, *_ = (section.number for section in drawn.sections if section.number in drawn.tables)
    nothing: dict[str, tuple[Lines, ...]] = dict.fromkeys(drawn.tables, ())
    joined = replace(drawn, tables={**nothing, first: (tuple(lines),)})
    return html.page(html.body(joined))


def divs(drawn: Draft, rng: Random) -> bytes:
    def table(lines: Lines) -> str:
        rows = ("".join(f"<div class=td>{html.plain(b)}</div>" for b in line) for line in lines)
        return (
            "<div class=table>" + "".join(f"<div class=tr>{row}</div>" for row in rows) + "</div>"
        )

    return html.page(html.body(drawn, table))


def tabbed(drawn: Draft, rng: Random) -> bytes:
    def table(lines: Lines) -> str:
        rows = ("\t".join(d.texts(line)) for line in d.unspanned(lines))
        return "<pre>" + "\n".join(rows) + "</pre>"

    return html.page(html.body(drawn, table))


def unclosed(drawn: Draft, rng: Random) -> bytes:
    inside = html.body(drawn)
    for tag in ("</td>", "</tr>", "</p>"):
        inside = inside.replace(tag, "")
    return html.page(inside)


def commented(drawn: Draft, rng: Random) -> bytes:
    def inside(box: Box) -> str:
        return f"<!--[if !vml]-->{html.plain(box)}<!-- 7 --><!--[endif]-->"

    return html.page(html.body(drawn, lambda lines: html.table(lines, inside)))


def hidden(drawn: Draft, rng: Random) -> bytes:
    def inside(box: Box) -> str:
        return html.plain(box) + ('<span style="display:none">9</span>' if box.cell else "")

    return html.page(html.body(drawn, lambda lines: html.table(lines, inside)))


def hidden_rows(drawn: Draft, rng: Random) -> bytes:
    """Return a page with a copy of table three that no style sheet shows."""

    def table(lines: Lines) -> str:
        old = d.mapped(lines, d.figures(lambda text: str(rng.randrange(100))))
        return f'<div style="display: none">{html.table(old)}</div>{html.table(lines)}'

    return html.page(html.body(drawn, table))


def struck(drawn: Draft, rng: Random) -> bytes:
    def inside(box: Box) -> str:
        old = f"<s>{rng.randrange(1, 9)}</s>" if box.cell and rng.random() < 0.02 else ""
        return old + html.plain(box)

    return html.page(html.body(drawn, lambda lines: html.table(lines, inside)))


PAGES: tuple[Rendering, ...] = (
    Rendering("html-clean", "as the form has it", clean),
    Rendering("html-word", "pasted from a word processor", word),
    Rendering("html-runs", "a word processor's run for each character", runs),
    Rendering("html-nested", "inside tables that lay out the page", nested),
    Rendering("html-th", "every cell a th, headings h2", heads),
    Rendering("html-unrolled", "no spans, empty cells instead", _reshaped(d.unspanned)),
    Rendering(
        "html-repeated",
        "no spans, labels repeated instead",
        _reshaped(lambda lines: d.unspanned(lines, "=", "")),
    ),
    Rendering(
        "html-repeated-both",
        "no spans, labels repeated down and sideways",
        _reshaped(lambda lines: d.unspanned(lines, "=", "=")),
    ),
    Rendering("html-tight", "no spans, rows filled up at the right", _reshaped(d.tight)),
    Rendering("html-no-rowspan", "rowspan lost, rows begin where they begin", _reshaped(_no_down)),
    Rendering("html-no-colspan", "colspan lost, rows end where they end", _reshaped(_no_across)),
    Rendering("html-no-spans", "both lost", _reshaped(lambda lines: _no_across(_no_down(lines)))),
    Rendering("html-padded-left", "empty columns at the left", padded(True, False)),
    Rendering("html-padded-right", "empty columns at the right", padded(False, True)),
    Rendering("html-padded-both", "empty columns at both sides", padded(True, True)),
    Rendering("html-ragged", "rows with empty cells behind them", ragged),
    Rendering("html-padded-inside", "an empty column between labels and figures", inner_padding),
    Rendering("html-numbers-before", "a column of line numbers first", lines_numbered(False)),
    Rendering(
        "html-numbers-behind", "a column of line numbers before the figures", lines_numbered(True)
    ),
    Rendering("html-one-table", "three tables and their headings in one", one_table),
    Rendering("html-divs", "no table at all: boxes of style sheets", divs),
    Rendering("html-pre", "preformatted lines with tabs", tabbed),
    Rendering("html-unclosed", "no cell, row or paragraph is closed", unclosed),
    Rendering("html-commented", "figures in comments", commented),
    Rendering("html-hidden", "a hidden figure beside each that is seen", hidden),
    Rendering("html-hidden-tables", "hidden tables with other figures", hidden_rows),
    Rendering("html-struck", "a figure struck out beside the right one", struck),
)
