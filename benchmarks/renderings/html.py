"""From a draft to the bytes of a page. What is peculiar about a page is said by its caller."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from benchmarks.renderings.draft import Draft, Lines
from parsers.layout import Box

Inside = Callable[[Box], str]


def plain(box: Box) -> str:
    """Return the inside of a cell as it is."""
    return escape(box.text).replace("\n", "<br>")


def table(lines: Lines, inside: Inside = plain, tag: str = "td") -> str:
    """Return a table with its spans."""
    rows = ("".join(_cell(box, inside, tag) for box in line) for line in lines)
    return "<table border=1>\n" + "".join(f"<tr>{row}</tr>\n" for row in rows) + "</table>\n"


def _cell(box: Box, inside: Inside, tag: str) -> str:
    down = f' rowspan="{box.down}"' if box.down > 1 else ""
    across = f' colspan="{box.across}"' if box.across > 1 else ""
    return f"<{tag}{down}{across}>{inside(box)}</{tag}>"


def body(drawn: Draft, table: Callable[[Lines], str] = table, heading: str = "p") -> str:
    """Return what stands between the body tags."""
    parts = [f"<h1>{drawn.report.title}</h1>", *map(_paragraph, drawn.opening)]
    for section in drawn.sections:
        parts.append(f"<{heading}>{drawn.heading(section)}</{heading}>")
        for each in drawn.inside(section):
            parts.append(_paragraph(each) if isinstance(each, str) else table(each))
    return "\n".join(parts)


def _paragraph(text: str) -> str:
    return f"<p>{text}</p>"


def page(inside: str, charset: str = "utf-8", codec: str = "utf-8") -> bytes:
    """Return a page in ``codec`` that says it is in ``charset``."""
    head = f'<!DOCTYPE html><html><head><meta charset="{charset}"><title>年报</title></head>'
    return f"{head}<body>{inside}</body></html>".encode(codec)
