"""Pages whose shape is the form's and whose words and figures are drawn in another way."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from random import Random

import opencc

from benchmarks.renderings import draft as d
from benchmarks.renderings import html
from benchmarks.renderings.draft import Change, Draft
from benchmarks.renderings.rendering import Print, Rendering
from parsers.layout import Box

WIDE = str.maketrans(
    {chr(code - 0xFEE0): chr(code) for code in range(0xFF01, 0xFF5F)} | {"-": "－"}
)
NARROW = str.maketrans({"（": "(", "）": ")", "“": '"', "”": '"', "、": ",", "：": ":"})
_NUMBERING = re.compile(r"^(?:（[一二三四五六七八]）|[一二三四]、|\d\.)")
GLOSSES = {
    "關": "guān",
    "務": "wù",
    "開": "kāi",
    "辦": "bàn",
    "總": "zǒng",
    "計": "jì",
    "請": "qǐng",
}
GUIDANCE = "（不含2019年5月15日前的{}件）"


def changed(change: Change) -> Print:
    """Return the print of a page whose boxes are changed one by one."""
    return lambda drawn, rng: html.page(html.body(drawn.changed(change)))


def labels(change: Callable[[str], str]) -> Print:
    """Return the print of a page whose labels are changed."""
    return changed(d.labels(change))


def figures(change: Callable[[str], str]) -> Print:
    """Return the print of a page whose figures are changed."""
    return changed(d.figures(change))


def some(change: Callable[[str, Random], str], share: float) -> Print:
    """Return the print of a page in which a share of the figures is changed."""

    def draw(drawn: Draft, rng: Random) -> bytes:
        some = d.figures(lambda text: change(text, rng) if rng.random() < share else text)
        return html.page(html.body(drawn.changed(some)))

    return draw


def opened(draw_open: str) -> Print:
    """Return the print of a page in which nothing is printed as ``draw_open``."""
    return changed(lambda box: replace(box, text=draw_open) if _is_open(box) else box)


def _is_open(box: Box) -> bool:
    return box.cell is not None and not any(map(str.isdecimal, box.text))


def spaced(text: str) -> str:
    return " ".join(text)


def wrapped(text: str) -> str:
    return "\n".join(text[at : at + 4] for at in range(0, len(text), 4))


def upright(text: str) -> str:
    return "\n".join(text)


def unnumbered(text: str) -> str:
    return _NUMBERING.sub("", text)


def restarted(text: str) -> str:
    return _NUMBERING.sub("1.", text)


def thousands(text: str) -> str:
    whole, dot, rest = text.partition(".")
    return f"{int(whole):,}{dot}{rest}"


def wide_thousands(text: str) -> str:
    return thousands(text).translate(WIDE)


def spaced_thousands(text: str) -> str:
    return thousands(text).replace(",", " ")


def with_unit(drawn: Draft, rng: Random) -> bytes:
    fees = {row.id for t in drawn.report.form.tables for row in t.rows if "amount" in row.columns}

    def change(box: Box) -> Box:
        if box.cell is None or _is_open(box):
            return box
        return replace(box, text=box.text + ("万元" if box.cell[0] in fees else "件"))

    return html.page(html.body(drawn.changed(change)))


def hinted(drawn: Draft, rng: Random) -> bytes:
    """Return a page with guidance that holds digits behind every label of a row."""

    def change(box: Box) -> Box:
        hint = GUIDANCE.format(rng.randrange(30))
        return replace(box, text=box.text + hint) if box.kind == "row" and box.down == 1 else box

    return html.page(html.body(drawn.changed(change)))


def charset(codec: str, said: str) -> Print:
    """Return the print of a page in ``codec`` that says it is in ``said``."""
    return lambda drawn, rng: html.page(html.body(drawn), said, codec)


@cache
def _s2t() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")


def traditional(drawn: Draft, rng: Random) -> bytes:
    return html.page(_s2t().convert(html.body(drawn)))


def glossed(drawn: Draft, rng: Random) -> bytes:
    text = _s2t().convert(html.body(drawn))
    for character, sound in GLOSSES.items():
        text = text.replace(character, f"{character}({sound})")
    return html.page(text)


def breaks(drawn: Draft, rng: Random) -> bytes:
    """Return a page with spaces of every kind around each word and figure."""

    def inside(box: Box) -> str:
        return f"&nbsp;\u3000<br/>{html.plain(box)}&nbsp;\u200b\n"

    return html.page(html.body(drawn, lambda lines: html.table(lines, inside)))


def raised(drawn: Draft, rng: Random) -> bytes:
    def inside(box: Box) -> str:
        note = box.cell and box.text.isdecimal() and rng.random() < 0.02
        return html.plain(box) + ("<sup>1</sup>" if note else "")

    return html.page(html.body(drawn, lambda lines: html.table(lines, inside)))


WORDINGS: tuple[Rendering, ...] = (
    Rendering("html-spaced", "a space between the characters of labels", labels(spaced)),
    Rendering("html-wrapped", "labels broken over lines", labels(wrapped)),
    Rendering("html-upright", "labels one character a line", labels(upright)),
    Rendering(
        "html-wide",
        "digits, brackets and signs of full width",
        changed(lambda box: replace(box, text=box.text.translate(WIDE))),
    ),
    Rendering(
        "html-narrow",
        "brackets and quotes of half width",
        labels(lambda text: text.translate(NARROW)),
    ),
    Rendering("html-unnumbered", "labels without their numbering", labels(unnumbered)),
    Rendering("html-restarted", "numbering that says 1. everywhere", labels(restarted)),
    Rendering("html-hints", "guidance with digits behind the labels", hinted),
    Rendering("html-thousands", "thousands set apart with commas", figures(thousands)),
    Rendering("html-thousands-wide", "the same, of full width", figures(wide_thousands)),
    Rendering("html-thousands-spaced", "thousands set apart by spaces", figures(spaced_thousands)),
    Rendering("html-units", "units in the cells", with_unit),
    Rendering("html-zeros-before", "figures filled up with zeros", figures(lambda t: t.zfill(2))),
    Rendering(
        "html-decimals",
        "counts with a decimal point",
        figures(lambda text: text if "." in text else f"{text}.0"),
    ),
    Rendering(
        "html-footnotes",
        "22（其中修订16件）",
        some(lambda text, rng: f"{text}（其中修订{rng.randrange(1, 20)}件）", 0.02),
    ),
    Rendering(
        "html-notes",
        "a note's mark behind some figures: 3①, 3*, 3[1]",
        some(lambda text, rng: text + rng.choice(("①", "*", "[1]", "注")), 0.02),
    ),
    Rendering("html-raised", "a note's raised mark behind some figures", raised),
    Rendering("html-open-nbsp", "blanks as hard spaces", opened("\xa0")),
    Rendering("html-open-dash", "blanks as long dashes", opened("——")),
    Rendering("html-open-word", "blanks as 无", opened("无")),
    Rendering("html-open-wide", "blanks as wide slashes", opened("／")),
    Rendering("html-breaks", "spaces and breaks of every kind in cells", breaks),
    Rendering("html-gbk", "GBK bytes", charset("gb18030", "gb2312")),
    Rendering("html-gbk-as-utf-8", "GBK bytes declared UTF-8", charset("gb18030", "utf-8")),
    Rendering("html-utf-8-as-gbk", "UTF-8 bytes declared GBK", charset("utf-8", "gbk")),
    Rendering("html-utf-16", "UTF-16 bytes", charset("utf-16", "utf-16")),
    Rendering("html-traditional", "Traditional script", traditional),
    Rendering("html-glossed", "Traditional script with pronunciations", glossed),
)
