"""Reports as plain text and Markdown: what is left of a table when its borders are gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

from benchmarks.renderings import draft as d
from benchmarks.renderings import html
from benchmarks.renderings.draft import Draft, Lines
from benchmarks.renderings.rendering import Print, Rendering
from parsers.layout import Box

Flatten = Callable[[Lines], str]


def document(drawn: Draft, flatten: Flatten, marks: str = "", gap: str = "\n\n") -> str:
    """Return a text; ``marks`` stand before headings, ``gap`` between paragraphs and tables."""
    parts = [drawn.report.title, *drawn.opening]
    for section in drawn.sections:
        parts.append(marks + drawn.heading(section))
        for each in drawn.inside(section):
            parts.append(each if isinstance(each, str) else flatten(each))
    return gap.join(parts) + "\n"


def joined(by: str, before: str = "", behind: str = "") -> Callable[[Lines], str]:
    """Return the flattening of lines of single boxes: a line each, ``by`` between the boxes."""
    return lambda lines: "\n".join(before + by.join(d.texts(line)) + behind for line in lines)


def tabs(reshape: Callable[[Lines], Lines]) -> Print:
    """Return the print of a text with a row a line and tabs between cells."""
    return lambda drawn, rng: document(drawn, lambda lines: joined("\t")(reshape(lines)))


def pipes(framed: bool, rule: bool, reshape: Callable[[Lines], Lines]) -> Print:
    """Return the print of a Markdown text whose tables have pipes, and a rule below the header."""
    before, behind = ("| ", " |") if framed else ("", "")

    def flatten(lines: Lines) -> str:
        rows = joined(" | ", before, behind)(reshape(lines)).split("\n")
        width = len(reshape(lines)[0])
        between = before + " | ".join(["---"] * width) + behind
        return "\n".join([rows[0], *([between] if rule else []), *rows[1:]])

    return lambda drawn, rng: document(drawn, flatten, "## ")


def labels_in_one(lines: Lines) -> Lines:
    """Return rows whose labels stand in one cell each, as OCR writes them, without groups."""
    return tuple(_last_label(line) for line in lines)


def _last_label(line: tuple[Box, ...]) -> tuple[Box, ...]:
    own = [box for box in line if box.kind == "row"][-1:]
    rest = [box for box in line if box.kind != "row"]
    return tuple(replace(box, down=1, across=1) for box in (*own, *rest))


def trailing(lines: Lines) -> Lines:
    """Return lines in the manner of Luoyang's: sideways spans shrunk, the right edge filled up."""
    return d.tight(lines, gap=1)


def crowded(lines: Lines) -> Lines:
    """Return lines in the manner of Weihai's: a grid too narrow by one, its last column cut."""
    flat = d.tight(lines, gap=1)
    longest = max(len(line) for line in flat)
    if not any(box.down > 1 and box.kind == "row" for line in lines for box in line):
        return flat
    return tuple(line[: longest - 1] for line in flat)


def cells(start: str, end: str = "", gap: bool = True, grid: bool = True) -> Print:
    """Return the print of a text with a cell a line, a blank line behind each row or not."""

    def flatten(lines: Lines) -> str:
        rows = d.unspanned(lines) if grid else labels_in_one(lines)
        shown = ["\n".join(start + text + end for text in d.texts(row)) for row in rows]
        return ("\n\n" if gap else "\n").join(shown)

    return lambda drawn, rng: document(drawn, flatten)


def wrapped_cells(drawn: Draft, rng: Random) -> str:
    """Return a text in the manner of Taian's: a cell a line, labels broken, wide blanks."""

    def change(box: Box) -> Box:
        if box.cell:
            return replace(box, text=rng.choice(("\u3000\u3000", "\xa0\u3000", "")) + box.text)
        at = rng.randrange(2, 9)
        text = box.text[:at] + "\n" + box.text[at:] if len(box.text) > at else box.text
        return replace(box, text=f"[bookmark: _Hlk{rng.randrange(10**8)}]" * (at < 3) + text)

    def flatten(lines: Lines) -> str:
        rows = d.unspanned(lines)
        shown = ("".join(f"\t{text}\n" for text in d.texts(row)) for row in d.mapped(rows, change))
        return "[image: 2]\n" + "\n".join(shown)

    return document(drawn, flatten, "[bookmark: _GoBack]", "\n")


def aligned(by: str) -> Print:
    """Return the print of a text whose columns are set apart by ``by`` and no mark."""

    def flatten(lines: Lines) -> str:
        rows = labels_in_one(lines)
        return "\n".join(by.join(text or " " for text in d.texts(row)) for row in rows)

    return lambda drawn, rng: document(drawn, flatten)


def columns_of_spaces(drawn: Draft, rng: Random) -> str:
    def flatten(lines: Lines) -> str:
        rows = [d.texts(row) for row in d.unspanned(lines)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join("  ".join(map(_filled_up, row, widths)) for row in rows)

    return document(drawn, flatten)


def _filled_up(text: str, width: int) -> str:
    return text + "\u3000" * (width - len(text))


def beside_their_label(above: bool) -> Print:
    """Return the print of text cut from a PDF: figures on a line of their own, by their label."""

    def rows(lines: Lines) -> Iterator[str]:
        for line in labels_in_one(lines):
            label = "".join(box.text for box in line if not box.cell)
            numbers = " ".join(box.text for box in line if box.cell)
            half = len(label) // 2
            parts = [label[:half], numbers, label[half:]] if above else [numbers, label]
            yield from (part for part in parts if part)

    return lambda drawn, rng: document(drawn, lambda lines: "\n".join(rows(lines)))


def upright_groups(drawn: Draft, rng: Random) -> str:
    """Return text cut from a PDF: groups one character a line between the rows."""

    def rows(lines: Lines) -> Iterator[str]:
        for line in lines:
            groups = [box for box in line if box.kind == "row"][:-1]
            yield from (character for box in groups for character in box.text)
            yield " ".join(d.texts(_last_label(line)))

    return document(drawn, lambda lines: "\n".join(rows(lines)), gap="\n")


def glued_header(drawn: Draft, rng: Random) -> str:
    """Return a text whose section four is its header run together and fifteen figures."""
    number = drawn.sections[3].number

    def flatten(lines: Lines) -> str:
        if lines is not drawn.table(number):
            return joined("\t")(d.unspanned(lines))
        top = d.head(lines)
        header = "".join(box.text for line in lines[:top] for box in line)
        return f"{header}\n" + " ".join(d.texts(lines[top]))

    return document(drawn, flatten)


def paged(drawn: Draft, rng: Random) -> str:
    """Return a text with tabs whose pages end inside the tables, with a page number between."""

    def flatten(lines: Lines) -> str:
        rows = joined("\t")(d.unspanned(lines)).split("\n")
        at = d.broken_at(lines, rng)
        top = rows[: d.head(lines)] if rng.random() < 0.5 else []
        return "\n".join([*rows[:at], f"— {rng.randrange(3, 9)} —", *top, *rows[at:]])

    return document(drawn, flatten)


def moved_left(drawn: Draft, rng: Random) -> str:
    """Return a text in the manner of Yueqing's: rows after a break lose their empty cells."""

    def flatten(lines: Lines) -> str:
        flat = d.unspanned(lines)
        at = d.broken_at(lines, rng)
        width = len(flat[0])
        rest = [
            [b for i, b in enumerate(row) if b.text or any(x.text for x in row[:i])]
            for row in flat[at : at + 2]
        ]
        moved = [(*row, *[d.EMPTY] * (width - len(row))) for row in rest]
        return joined("\t")((*flat[:at], *moved, *flat[at + 2 :]))

    return document(drawn, flatten)


def in_words(drawn: Draft, rng: Random) -> str:
    """Return a text that says table three in sentences: 自然人3件，商业企业0件."""

    def flatten(lines: Lines) -> str:
        said = [_sentence(drawn, line) for line in lines if d.has_figures(line)]
        return "\n".join(said)

    return document(drawn, flatten)


def _sentence(drawn: Draft, line: tuple[Box, ...]) -> str:
    names = {c.id: c.zh for t in drawn.report.form.tables for c in t.columns}
    label = [box.text for box in line if not box.cell][-1:]
    figures = (f"{names[box.cell[1]]}{box.text}件" for box in line if box.cell)
    return "".join(label) + "：" + "，".join(figures) + "。"


def in_html(drawn: Draft, rng: Random) -> str:
    return document(drawn, html.table, "## ")


def in_gbk(drawn: Draft, rng: Random) -> bytes:
    return document(drawn, lambda lines: joined("\t")(d.unspanned(lines))).encode("gb18030")


def dos(drawn: Draft, rng: Random) -> str:
    text = document(drawn, lambda lines: joined("\t")(d.unspanned(lines)))
    return text.replace("\n", "\r\n")


TEXTS: tuple[Rendering, ...] = (
    Rendering("text-tabs", "a row a line, tabs, every cell of the grid", tabs(d.unspanned)),
    Rendering(
        "text-tabs-repeated", "the same, labels repeated", tabs(lambda x: d.unspanned(x, "=", ""))
    ),
    Rendering("text-tabs-tight", "spans dropped, filled up at the right", tabs(d.tight)),
    Rendering("text-tabs-trailing", "Luoyang's: spans shrunk to one cell", tabs(trailing)),
    Rendering("text-tabs-labels", "one label and its figures", tabs(labels_in_one)),
    Rendering(
        "text-tabs-crowded",
        "Weihai's: the last column cut from the longest rows",
        tabs(crowded),
        False,
    ),
    Rendering("text-tabs-moved", "Yueqing's: two rows lose their empty cells", moved_left),
    Rendering("text-tabs-paged", "a page number within, the header again or not", paged),
    Rendering("text-cells", "a cell a line with tabs, a blank line a row", cells("\t")),
    Rendering("text-cells-wrapped", "Taian's: the same, labels broken, debris", wrapped_cells),
    Rendering(
        "text-cells-close", "a cell a line with tabs, no blank lines", cells("\t", gap=False)
    ),
    Rendering(
        "text-cells-bare", "a cell a line, nothing before it", cells("", grid=False), whole=True
    ),
    Rendering(
        "text-cells-bare-close", "the same, no blank lines", cells("", "", False, False), whole=True
    ),
    Rendering("text-cells-piped", "a cell a line between pipes", cells("| ", " |")),
    Rendering("text-pipes", "Markdown with a rule", pipes(True, True, d.unspanned)),
    Rendering(
        "text-pipes-repeated",
        "the same, labels repeated",
        pipes(True, True, lambda x: d.unspanned(x, "=", "=")),
    ),
    Rendering("text-pipes-no-rule", "pipes without a rule", pipes(True, False, d.unspanned)),
    Rendering("text-pipes-bare", "pipes between the cells only", pipes(False, True, d.unspanned)),
    Rendering("text-pipes-labels", "pipes, one label a row", pipes(True, True, labels_in_one)),
    Rendering(
        "text-commas",
        "comma separated",
        lambda w, rng: document(w, lambda x: joined(",")(d.unspanned(x))),
    ),
    Rendering("text-spaces", "one space between cells", aligned(" "), whole=True),
    Rendering("text-spaces-wide", "some spaces between cells", aligned("    "), whole=True),
    Rendering("text-columns", "columns set with spaces of full width", columns_of_spaces),
    Rendering(
        "text-figures-first",
        "figures on the line above their label",
        beside_their_label(False),
        whole=True,
    ),
    Rendering(
        "text-figures-within",
        "labels wrapped above and below their figures",
        beside_their_label(True),
        whole=True,
    ),
    Rendering(
        "text-upright-groups",
        "groups one character a line between the rows",
        upright_groups,
        whole=True,
    ),
    Rendering(
        "text-glued-header",
        "section four: a header run together, fifteen figures",
        glued_header,
        whole=True,
    ),
    Rendering("text-words", "tables said in sentences", in_words),
    Rendering("text-html", "Markdown with its tables in HTML", in_html),
    Rendering("text-gbk", "tabs, GBK bytes", in_gbk),
    Rendering("text-dos", "tabs, lines end as in DOS", dos),
)
