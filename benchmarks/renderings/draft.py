"""A report as a draft: its prose and its tables as lines of boxes, before any markup.

The manners take a draft, change what they are about, and print it. The shape of a table comes from
``parsers.layout``; no label is written here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from benchmarks.renderings.truth import Figure, Report
from crawler.sample.tables import grid
from parsers.form import Section, Table
from parsers.layout import Box, Line, layout

Lines = tuple[Line, ...]
Change = Callable[[Box], Box]

PROSE = (
    "2023年，本机关把公开作为日常工作，全年在门户网站发布信息214条，其中政策解读9篇。",
    "受理申请的窗口设在一楼大厅，所有答复均附救济途径。",
    "政务公开工作仍有不足，下一步将完善目录，加强培训。",
)
EMPTY = Box("corner")


@dataclass(frozen=True, slots=True)
class Draft:
    """What one document will say, in order."""

    report: Report
    tables: Mapping[str, tuple[Lines, ...]]
    """Section number to the tables in it."""
    opening: tuple[str, ...] = ()
    """Paragraphs between the title and section one."""
    overview: tuple[Lines, ...] = ()
    """Tables in section one: whatever they show, they are not the form's."""
    topics: tuple[str, ...] = ()
    """Headings inside the prose of section one."""

    @property
    def sections(self) -> tuple[Section, ...]:
        """Return the sections of the edition."""
        return self.report.form.sections

    def heading(self, section: Section) -> str:
        """Return the heading as the form prints it."""
        return f"{section.number}、{section.zh}"

    def inside(self, section: Section) -> Iterator[str | Lines]:
        """Yield what stands below a heading: paragraphs and tables."""
        if section.number in self.tables:
            yield from self.tables[section.number]
            return
        if section is self.sections[0]:
            yield PROSE[0]
            yield from self.overview
            yield from self.topics
        yield from PROSE[1:]

    def changed(self, change: Change) -> Draft:
        """Return the draft with every box of its tables changed."""
        return self.reshaped(lambda lines: mapped(lines, change))

    def reshaped(self, reshape: Callable[[Lines], Lines]) -> Draft:
        """Return the draft with every table changed as a whole."""
        return self.divided(lambda lines: (reshape(lines),))

    def divided(self, divide: Callable[[Lines], tuple[Lines, ...]]) -> Draft:
        """Return the draft with every table replaced by the tables it falls into."""
        return replace(
            self,
            tables={
                number: tuple(part for lines in tables for part in divide(lines))
                for number, tables in self.tables.items()
            },
        )

    def table(self, number: str) -> Lines:
        """Return the first table of a section."""
        return self.tables[number][0]

    def with_table(self, number: str, *tables: Lines) -> Draft:
        """Return the draft with other tables in one section."""
        return replace(self, tables={**self.tables, number: tables})


def draft(report: Report) -> Draft:
    """Return a report as the form prints it."""
    return Draft(
        report, {table.section: (_printed(report, table),) for table in report.form.tables}
    )


def _printed(report: Report, table: Table) -> Lines:
    def filled(box: Box) -> Box:
        return replace(box, text=shown(report.cells[table.id, *box.cell])) if box.cell else box

    return mapped(layout(table), filled)


def shown(figure: Figure) -> str:
    """Return a figure in plain digits, or its mark."""
    if figure.value is None:
        return figure.mark
    # Decimal alone: str() would write 0.0000001 with an exponent, and "f" an int with decimals.
    return f"{figure.value:f}" if isinstance(figure.value, Decimal) else str(figure.value)


def mapped(lines: Lines, change: Change) -> Lines:
    """Return the lines with every box changed."""
    return tuple(tuple(map(change, line)) for line in lines)


def figures(change: Callable[[str], str]) -> Change:
    """Return the change of the text of figures, where there is a figure."""

    def changed(box: Box) -> Box:
        number = box.cell is not None and any(map(str.isdecimal, box.text))
        return replace(box, text=change(box.text)) if number else box

    return changed


def labels(change: Callable[[str], str]) -> Change:
    """Return the change of the text of everything that is not a figure."""
    return lambda box: box if box.cell else replace(box, text=change(box.text))


def has_figures(line: Line) -> bool:
    """Say whether figures stand in a line."""
    return any(box.cell for box in line)


def head(lines: Lines) -> int:
    """Return how many lines stand above the first figure."""
    return next(at for at, line in enumerate(lines) if has_figures(line))


def width(lines: Lines) -> int:
    """Return how many columns a table has."""
    return sum(box.across for box in lines[0])


def unspanned(lines: Lines, down: str = "", across: str = "") -> Lines:
    """Return the lines with a box in each place: what is spanned says ``down`` or ``across``.

    ``"="`` repeats the text of the box.
    """
    return tuple(tuple(_single(row, down, across)) for row in grid(lines))


def _single(row: list[tuple[Box, bool]], down: str, across: str) -> Iterator[Box]:
    for box, starts in row:
        for at in range(box.across):
            said = (down if not starts else box.text) if at == 0 else across
            repeated = down == "=" if not starts else True
            if said == "=":
                said = box.text if repeated else ""
            cell = box.cell if at == 0 else None
            yield Box(box.kind if said else "corner", said, cell=cell)


def tight(lines: Lines, gap: int = 0) -> Lines:
    """Return the lines without spans, filled up at the right.

    What was spanned downwards is an empty box, what was spanned sideways ``gap`` of them at most.
    """
    made = []
    for row in grid(lines):
        boxes: list[Box] = []
        for box, starts in row:
            first = replace(box, down=1, across=1) if starts else EMPTY
            boxes += [first, *[EMPTY] * min(box.across - 1, gap)]
        made.append(boxes)
    widest = max(map(len, made))
    return tuple((*boxes, *[EMPTY] * (widest - len(boxes))) for boxes in made)


def cut(lines: Lines, at: int, lost: bool = False) -> tuple[Lines, Lines]:
    """Return a table in two, broken above line ``at``.

    A box that spans the break is empty below it, or with ``lost`` not there at all.
    """
    above: list[Line] = []
    below: list[list[Box]] = [list(line) for line in lines[at:]]
    hanging: list[Box] = []
    for place, line in enumerate(lines[:at]):
        over = [box for box in line if place + box.down > at]
        hanging += [replace(box, text="", down=place + box.down - at) for box in over]
        above.append(tuple(replace(box, down=min(box.down, at - place)) for box in line))
    if not lost and below:
        below[0] = [*hanging, *below[0]]
    return tuple(above), tuple(map(tuple, below))


def without(lines: Lines, gone: int) -> Lines:
    """Return a table without line ``gone``; what spans it goes on below."""
    rows = [[box for box, _ in row] for at, row in enumerate(grid(lines)) if at != gone]
    met: set[int] = set()
    made = []
    for row in rows:
        fresh = {id(box): box for box in row if id(box) not in met}
        met |= set(fresh)
        made.append(
            tuple(
                replace(box, down=sum(any(x is box for x in each) for each in rows))
                for box in fresh.values()
            )
        )
    return tuple(made)


def broken_at(lines: Lines, rng: Random) -> int:
    """Return a line below the first figures at which a page may end."""
    first = head(lines) + 1
    return rng.randrange(first, len(lines)) if first < len(lines) else len(lines)


def beside(lines: Lines, left: int = 0, right: int = 0) -> Lines:
    """Return a table with empty columns at its sides."""
    return tuple(((*[EMPTY] * left, *line, *[EMPTY] * right)) for line in lines)


def texts(line: Iterable[Box]) -> list[str]:
    """Return what the boxes of a line say."""
    return [box.text for box in line]
