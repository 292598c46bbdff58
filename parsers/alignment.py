"""Which printed figures belong to which columns?

Where the header's line and the row's line are laid out alike, the figures stand under their names.
Otherwise a row's figures fill a window of consecutive fields, one for each column of the form:
padding cells and lost cells shift the window, so every window that covers all that is printed is
considered. One window: the row is read. Several: rows of the same shape must show which, or it is
ambiguous, and nothing is guessed. Sums play no part.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from parsers.document import Field
from parsers.numbers import figure
from parsers.sheet import State

Shape: TypeAlias = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Ruler:
    """Where the header has the columns of a row: first grid column and end of each, in order."""

    spans: tuple[tuple[int, int], ...]

    @property
    def first(self) -> int:
        """Return the grid column in which the leftmost of the columns begins."""
        return min(start for start, _ in self.spans)


@dataclass(frozen=True, slots=True)
class Run:
    """The fields after a row's label: ``shape`` tells rows apart that are laid out differently."""

    fields: tuple[Field, ...]
    width: int
    """How many columns the form asks for here."""
    shape: Shape = ()
    total_at_edge: bool = False
    """Whether the last column is a total and the line as wide as its grid: it may be cut off."""
    after: int = 0
    """The grid column in which the label ends, not included."""
    ruler: Ruler | None = None
    in_order: bool = True
    """Whether the header names the columns in the form's order; if not, only a ruler helps."""


@dataclass(frozen=True, slots=True)
class Aligned:
    """The fields of a row's columns in order; None stands for a last column that was cut off."""

    fields: tuple[Field | None, ...]


def windows(run: Run) -> range:
    """Return every start from which ``run.width`` fields cover all that is printed.

    Empty when more fields are printed than the form has columns, or fewer fields stand there.
    """
    printed = [at for at, field in enumerate(run.fields) if field.text.strip()]
    latest = len(run.fields) - run.width
    if not printed:
        return range(latest + 1)
    return range(max(0, printed[-1] - run.width + 1), min(printed[0], latest) + 1)


def align(runs: Iterable[Run]) -> list[Aligned | None]:
    """Return for each run the fields of its columns, None where they cannot be told."""
    listed = list(runs)
    fullest = _fullest(listed)
    told = [_told(run, fullest) for run in listed]
    known = _starts_by_shape(listed, told)
    return [
        _by_ruler(run) or _by_window(run, starts, known)
        for run, starts in zip(listed, told, strict=True)
    ]


def _by_ruler(run: Run) -> Aligned | None:
    """Return the fields that stand exactly under the header's names.

    The label must reach up to the first of them, but for words (a unit, a sort): a row that lost a
    cell in front has moved. No figure may stand elsewhere in the row.
    """
    if run.ruler is None:
        return None
    under = {field.columns[0]: field for field in run.fields}
    found = [under.get(start) for start, _ in run.ruler.spans]
    chosen = [field for field in found if field is not None]
    if len(chosen) < run.width:
        return None
    before = [field for field in run.fields if field.columns[0] < run.ruler.first]
    placed = all(map(_is_word, before)) if before else run.after == run.ruler.first
    others = [field for field in run.fields if field not in chosen]
    if not placed or not all(_is_word(field) or not field.text.strip() for field in others):
        return None
    return Aligned(tuple(chosen))


def _is_word(field: Field) -> bool:
    return figure(field.text).state is State.NOT_A_NUMBER


def _by_window(
    run: Run, starts: Sequence[int], known: Mapping[Shape, frozenset[int]]
) -> Aligned | None:
    if not any(field.text.strip() for field in run.fields):
        starts = starts[:1]
    if len(starts) > 1:
        starts = [start for start in starts if known.get(_shape(run)) == frozenset({start})]
    if len(starts) == 1:
        return Aligned(_window(run, starts[0]))
    return _cut_at_edge(run)


def _told(run: Run, fullest: Mapping[Shape, int]) -> list[int]:
    """Return the windows the row may be read in."""
    if not run.in_order:
        return []
    starts = [start for start in windows(run) if _under_header(run, start)]
    if len(starts) == 1 and _may_have_lost_one(run, starts[0], fullest):
        return []
    return starts


def _under_header(run: Run, start: int) -> bool:
    """Say whether each field overlaps its name in the header, or the whole row moved by as much.

    A merged cell takes the place of two, and the figures after it move against the header.
    """
    if run.ruler is None:
        return True
    fields = [field.columns for field in _window(run, start)]
    pairs = list(zip(fields, run.ruler.spans, strict=True))
    overlap = all(left < end and begin < right for (left, right), (begin, end) in pairs)
    return overlap or len({left - begin for (left, _), (begin, _) in pairs}) == 1


def _may_have_lost_one(run: Run, start: int, fullest: Mapping[Shape, int]) -> bool:
    """Say whether a blank at the edge may be padding, and a figure lost elsewhere in the row."""
    window = _window(run, start)
    blank_edge = not window[0].text.strip() or not window[-1].text.strip()
    return blank_edge and len(run.fields) < fullest[*run.shape, run.width]


def _cut_at_edge(run: Run) -> Aligned | None:
    """Read a row of zeros whose last figure, its total, fell off the edge of the grid.

    Weihai HR bureau, report for 2023: the line with one label more than the others
    (（三）不予公开, 1.属于国家秘密) keeps six of its seven zeros. Only zeros are read so, and the
    concluded cell is flagged.
    """
    if not run.total_at_edge or len(run.fields) != run.width - 1:
        return None
    zeros = all(figure(field.text).value == 0 for field in run.fields)
    return Aligned((*run.fields, None)) if zeros else None


def _starts_by_shape(
    runs: Sequence[Run], told: Sequence[Sequence[int]]
) -> dict[Shape, frozenset[int]]:
    """Return where the window starts in rows of each shape that leave no choice."""
    found: dict[Shape, frozenset[int]] = {}
    for run, starts in zip(runs, told, strict=True):
        if len(starts) == 1 and figures_in(run.fields):
            found[_shape(run)] = found.get(_shape(run), frozenset()) | {starts[0]}
    return found


def _fullest(runs: Sequence[Run]) -> dict[Shape, int]:
    """Return the most fields a row of each shape and width has."""
    most: dict[Shape, int] = {}
    for run in runs:
        key = (*run.shape, run.width)
        most[key] = max(most.get(key, 0), len(run.fields))
    return most


def _shape(run: Run) -> Shape:
    return (*run.shape, len(run.fields), run.width)


def _window(run: Run, start: int) -> tuple[Field, ...]:
    return run.fields[start : start + run.width]


def figures_in(fields: Iterable[Field]) -> int:
    """Return how many fields print a number."""
    return sum(figure(field.text).state is State.NUMBER for field in fields)
