"""The lines of a document's grids, each looked at once, for every table and edition to search.

Says what kind of cell stands where; it does not know which label belongs to which table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from parsers.document import Document, Field, Grid
from parsers.labels import label
from parsers.numbers import ANSWERS, figure
from parsers.sheet import State

LABEL_LIMIT = 160
"""Characters beyond which a field is prose: the longest label with guidance stays under 60."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a grid: its fields with their label keys and what each would be as a figure."""

    section: str | None
    """Number of the section the grid stands in; None above the first heading."""
    width: int
    """The column in which the widest row of the grid ends, not included."""
    fields: tuple[Field, ...]
    keys: tuple[str, ...]
    states: tuple[State, ...]

    @property
    def grid(self) -> int | None:
        """Return the number of the grid, None for an empty line."""
        return self.fields[0].place.grid if self.fields else None

    @property
    def end(self) -> int:
        """Return the grid column in which the line ends, not included."""
        return self.fields[-1].columns[1] if self.fields else 0

    @property
    def figures(self) -> int:
        """Return how many fields print a number."""
        return self.states.count(State.NUMBER)

    @property
    def words(self) -> int:
        """Return how many fields print something that is neither number nor dash."""
        return self.states.count(State.NOT_A_NUMBER)

    def answers(self, at: int = 0) -> bool:
        """Say whether a number or a dash is printed from field ``at`` on."""
        return not ANSWERS.isdisjoint(self.states[at:])


def lines(document: Document, headings: Mapping[int, str]) -> list[Line]:
    """Return every line of every grid; ``headings`` names the section that begins at a block."""
    found: list[Line] = []
    section: str | None = None
    for position, block in enumerate(document.blocks):
        section = headings.get(position, section)
        if isinstance(block, Grid):
            width = max((row[-1].columns[1] for row in block.rows if row), default=0)
            found.extend(_line(row, section, width) for row in block.rows)
    return found


def _line(fields: tuple[Field, ...], section: str | None, width: int) -> Line:
    return Line(
        section,
        width,
        fields,
        tuple(_key(field.text) for field in fields),
        tuple(figure(field.text).state for field in fields),
    )


def _key(text: str) -> str:
    return label(text).key if 0 < len(text) <= LABEL_LIMIT else ""
