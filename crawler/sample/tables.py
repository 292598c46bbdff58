"""The tables of the sample's reports: the form as printed, with figures in it.

Knows nothing of markup; where the boxes stand and what they say comes from the form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from crawler.sample.figures import Cell
from parsers.form import Table
from parsers.layout import Box, Line, layout


def printed_table(table: Table, printed: Mapping[Cell, str]) -> tuple[Line, ...]:
    """Return the lines of ``table`` with what is ``printed`` in its cells."""
    return tuple(
        tuple(replace(box, text=printed[box.cell]) if box.cell else box for box in line)
        for line in layout(table)
    )


def grid(lines: tuple[Line, ...]) -> list[list[tuple[Box, bool]]]:
    """Return the rectangle of a layout: line by line its boxes, and whether each starts there.

    Word-processor tables write a box again in every line it spans.
    """
    width = sum(box.across for box in lines[0])
    taken: dict[tuple[int, int], tuple[Box, bool]] = {}
    for r, line in enumerate(lines):
        c = 0
        for box in line:
            while (r, c) in taken:
                c += taken[r, c][0].across
            taken |= {(r + below, c): (box, below == 0) for below in range(box.down)}
            c += box.across
    found = [[taken[r, c] for c in range(width) if (r, c) in taken] for r in range(len(lines))]
    if any(sum(box.across for box, _ in line) != width for line in found):
        raise ValueError("the boxes do not fill a rectangle")
    return found
