"""Pages whose tables are broken, doubled, reordered or surrounded by what looks like them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from benchmarks.renderings import draft as d
from benchmarks.renderings import html
from benchmarks.renderings.draft import Draft, Lines
from benchmarks.renderings.rendering import Print, Rendering
from parsers.layout import Box, Line

Divide = Callable[[Lines, Random], tuple[Lines, ...]]
EXTRA = ("其中：通过网络提交", "（八）其他主动公开文件", "占比")


def divided(divide: Divide) -> Print:
    """Return the print of a page whose tables fall apart."""
    return lambda drawn, rng: html.page(html.body(drawn.divided(lambda x: divide(x, rng))))


def reshaped(reshape: Callable[[Lines, Random], Lines]) -> Print:
    """Return the print of a page whose tables are changed as a whole."""
    return lambda drawn, rng: html.page(html.body(drawn.reshaped(lambda x: reshape(x, rng))))


def split(lost: bool = False, again: bool = False) -> Divide:
    """Return the break of a table at a random line, with its header printed again or not."""

    def divide(lines: Lines, rng: Random) -> tuple[Lines, ...]:
        above, below = d.cut(lines, d.broken_at(lines, rng), lost)
        header = lines[: d.head(lines)] if again else ()
        return (above, (*header, *below)) if below else (above,)

    return divide


def by_blocks(lines: Lines, rng: Random) -> tuple[Lines, ...]:
    """Return a table for each caption; a table without captions stays whole."""
    starts = [at for at, line in enumerate(lines) if line[0].kind == "caption"] or [0]
    return tuple(lines[a:b] for a, b in zip(starts, [*starts[1:], len(lines)], strict=True))


def by_rows(lines: Lines, rng: Random) -> tuple[Lines, ...]:
    """Return a table for the header and one for each line of figures, spanned labels dropped."""
    flat = tuple(tuple(replace(box, down=1) for box in line) for line in lines)
    parts: list[list[Line]] = [[]]
    for at, line in enumerate(flat):
        if d.has_figures(line) and at >= d.head(lines) and d.has_figures(parts[-1][-1]):
            parts.append([])
        parts[-1].append(line)
    return tuple(map(tuple, parts))


def header_again(lines: Lines, rng: Random) -> Lines:
    """Return a table whose header is printed twice above the figures."""
    header = lines[: d.head(lines)]
    return (*header, *lines)


def header_in_the_middle(lines: Lines, rng: Random) -> Lines:
    """Return a table that prints its header again where a page ended, in the same grid."""
    above, below = d.cut(lines, d.broken_at(lines, rng))
    return (*above, *lines[: d.head(lines)], *below) if below else above


def without_line_of_header(lines: Lines, rng: Random) -> Lines:
    """Return a table that lost one line of its header, where it has several."""
    top = d.head(lines)
    if top < 2 or lines[0][0].kind == "caption":
        return lines
    return d.without(lines, rng.randrange(top))


def shuffled(lines: Lines, rng: Random) -> Lines:
    """Return a table whose rows stand in another order, every group said in each row."""
    flat = d.unspanned(lines, "=", "")
    if any(line[0].kind == "caption" for line in lines):
        return lines
    top = d.head(lines)
    return (*flat[:top], *rng.sample(flat[top:], len(flat) - top))


def with_rows_beyond(lines: Lines, rng: Random) -> Lines:
    """Return a table with rows the form does not have."""
    made: list[Line] = []
    for at, line in enumerate(lines):
        made.append(line)
        inside = len(line) != d.width(lines) - 2  # a row of its own, not in the middle of a group
        if d.has_figures(line) and rng.random() < 0.15 and inside and len(line) > 3:
            indent = d.width(lines) - sum(b.across for b in line if b.cell)
            across = max(indent - sum(_hangs(lines, at)), 1)
            label = Box("corner", rng.choice(EXTRA), across=across)
            made.append((label, *(Box("corner", str(rng.randrange(9))) for b in line if b.cell)))
    return tuple(made)


def _hangs(lines: Lines, at: int) -> list[int]:
    """Return the widths of the boxes that span below line ``at``."""
    return [b.across for r, line in enumerate(lines[: at + 1]) for b in line if r + b.down > at + 1]


def with_column(title: str, figures: bool) -> Print:
    """Return the print of a page with one more column at the right of table three."""

    def draw(drawn: Draft, rng: Random) -> bytes:
        number = drawn.sections[2].number
        lines, top = drawn.table(number), d.head(drawn.table(number))
        made: list[Line] = [(*lines[0], Box("column", title, down=top)), *lines[1:top]]
        for line in lines[top:]:
            made.append((*line, Box("corner", str(rng.randrange(9)) if figures else "")))
        return html.page(html.body(drawn.with_table(number, tuple(made))))

    return draw


def numbered_columns(drawn: Draft, rng: Random) -> bytes:
    """Return a page with a line 1, 2, 3 … below the header of table three and of table four."""
    for number in (section.number for section in drawn.sections[2:4]):
        lines = drawn.table(number)
        top = d.head(lines)
        count = sum(box.cell is not None for box in lines[top])
        indent = d.width(lines) - count
        corner = (Box("corner", "栏次", across=indent),) if indent else ()
        line = (*corner, *(Box("column", str(at + 1)) for at in range(count)))
        drawn = drawn.with_table(number, (*lines[:top], line, *lines[top:]))
    return html.page(html.body(drawn))


def other_figures(lines: Lines, rng: Random) -> Lines:
    """Return the same table with other figures."""
    return d.mapped(lines, d.figures(lambda text: str(rng.randrange(100))))


def decoy(drawn: Draft, rng: Random) -> bytes:
    """Return a page with a table like one of the form's in section one."""
    lines = other_figures(drawn.table(rng.choice([*drawn.tables])), rng)
    return html.page(html.body(replace(drawn, overview=(lines,))))


def part_of_decoy(drawn: Draft, rng: Random) -> bytes:
    """Return a page with some rows of table three in section one."""
    lines = other_figures(drawn.table(drawn.sections[2].number), rng)
    top = d.head(lines)
    return html.page(html.body(replace(drawn, overview=(lines[: top + 2],))))


def last_year(drawn: Draft, rng: Random) -> bytes:
    """Return a page that prints last year's table three below this year's."""
    number = drawn.sections[2].number
    lines = drawn.table(number)
    old = other_figures(lines, rng)
    caption = (Box("caption", f"{drawn.report.year - 1}年数据", across=d.width(lines)),)
    return html.page(html.body(drawn.with_table(number, lines, (caption, *old))))


def twice(drawn: Draft, rng: Random) -> bytes:
    """Return a page that prints everything twice: for the screen and for the printer."""
    return html.page(html.body(drawn) + html.body(drawn))


def topics(drawn: Draft, rng: Random) -> bytes:
    """Return a page whose section one has topics numbered as the sections are."""
    heads = [drawn.heading(s).removesuffix("情况") for s in drawn.sections[1:4]]
    said = (*heads, *(f"{s.number}、加强{s.zh}" for s in drawn.sections))
    return html.page(html.body(replace(drawn, topics=said)))


def same_topics(drawn: Draft, rng: Random) -> bytes:
    """Return a page whose section one has topics headed exactly as later sections are."""
    said = tuple(map(drawn.heading, drawn.sections[1:4]))
    return html.page(html.body(replace(drawn, topics=said)))


def contents(drawn: Draft, rng: Random) -> bytes:
    """Return a page that begins with a table of contents."""
    dots = tuple(f"{drawn.heading(s)}……{at + 1}" for at, s in enumerate(drawn.sections))
    plain = tuple(map(drawn.heading, drawn.sections))
    return html.page(html.body(replace(drawn, opening=rng.choice((dots, plain)))))


def no_headings(drawn: Draft, rng: Random) -> bytes:
    """Return a page that lost the headings of its sections."""
    page = html.body(drawn)
    for section in drawn.sections:
        page = page.replace(f"<p>{drawn.heading(section)}</p>", "")
    return html.page(page)


def by_lines(drawn: Draft, rng: Random) -> bytes:
    """Return a page whose section four stands line by line: three rows, five columns."""
    table = drawn.report.form.tables[2]
    printed = {box.cell: box for line in drawn.table(table.section) for box in line if box.cell}
    columns = (Box("column", table.column(c).zh) for c in table.rows[0].columns)
    lines: list[Line] = [(Box("corner", "类型"), *columns)]
    for row in table.rows:
        lines.append((Box("row", row.zh), *(printed[row.id, c] for c in row.columns)))
    return html.page(html.body(drawn.with_table(table.section, tuple(lines))))


def in_three(drawn: Draft, rng: Random) -> bytes:
    """Return a page whose section four is three tables, one for each row of the form."""
    table = drawn.report.form.tables[2]
    printed = {box.cell: box for line in drawn.table(table.section) for box in line if box.cell}
    parts = []
    for row in table.rows:
        names = tuple(Box("column", table.column(c).zh) for c in row.columns)
        figures = tuple(printed[row.id, c] for c in row.columns)
        parts.append(((Box("caption", row.zh, across=len(names)),), names, figures))
    return html.page(html.body(drawn.with_table(table.section, *parts)))


BREAKINGS: tuple[Rendering, ...] = (
    Rendering("html-split", "broken at a random line, no header below", divided(split())),
    Rendering("html-split-lost", "the same, labels that span not below", divided(split(lost=True))),
    Rendering("html-split-header", "broken, header printed again", divided(split(again=True))),
    Rendering(
        "html-split-header-lost",
        "the same, labels that span not below",
        divided(split(lost=True, again=True)),
    ),
    Rendering("html-blocks", "each part of table two a table", divided(by_blocks)),
    Rendering("html-rows", "each row a table of its own", divided(by_rows)),
    Rendering("html-header-twice", "the header printed twice", reshaped(header_again)),
    Rendering("html-header-within", "the header again within", reshaped(header_in_the_middle)),
    Rendering("html-header-short", "a line of the header lost", reshaped(without_line_of_header)),
    Rendering("html-shuffled", "rows in another order", reshaped(shuffled)),
    Rendering("html-extra-rows", "rows the form does not have", reshaped(with_rows_beyond)),
    Rendering("html-remarks", "an empty column 备注 behind", with_column("备注", False)),
    Rendering("html-last-total", "a column 上年总计 behind", with_column("上年总计", True)),
    Rendering("html-column-numbers", "columns numbered below the header", numbered_columns),
    Rendering("html-decoy", "a look-alike in section one", decoy),
    Rendering("html-decoy-rows", "two rows of a look-alike in section one", part_of_decoy),
    Rendering("html-last-year", "last year's table three below this year's", last_year),
    Rendering("html-twice", "everything printed twice", twice),
    Rendering("html-topics", "topics numbered 一 to 六 in section one", topics),
    Rendering("html-same-topics", "topics headed as later sections", same_topics),
    Rendering("html-contents", "a table of contents above", contents),
    Rendering("html-no-headings", "no section is headed", no_headings),
    Rendering("html-remedies-lines", "section four line by line", by_lines),
    Rendering("html-remedies-three", "section four in three tables", in_three),
)
