"""Which printed figures belong to which columns?

Where the header's line and the row's line are laid out alike, the figures stand under their names.
Otherwise a row's figures fill a window of consecutive fields, one for each column of the form:
padding cells and lost cells shift the window, so every window that covers all that is printed is
considered. A row is read when there is one window and it is full, or when full rows of the same
shape show which; otherwise it is ambiguous, and nothing is guessed. Sums play no part.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from parsers.document import Field
from parsers.numbers import ANSWERS, figure
from parsers.sheet import State

Shape: TypeAlias = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Ruler:
    """Where the header has the columns of a row: first grid column and end of each, in order."""

    spans: tuple[tuple[int, int], ...]

    @property
    def first(self) -> int:
        """Return the grid column in which the first of the columns begins."""
        return self.spans[0][0]


@dataclass(frozen=True, slots=True)
class Run:
    """The fields after a row's label: ``shape`` tells rows apart that are laid out differently."""

    fields: tuple[Field, ...]
    width: int
    """How many columns the form asks for here."""
    shape: Shape = ()
    widest: bool = False
    """Whether no line of the grid reaches further: nothing is missing, or something is cut off."""
    total_last: bool = False
    after: int = 0
    """The grid column in which the label ends, not included."""
    ruler: Ruler | None = None
    in_order: bool = True
    """Whether the header names the columns in the form's order; if not, nothing can be told."""


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
    overfull = {_shape(run) for run in listed if _is_overfull(run)}
    starts = [[] if _shape(run) in overfull else _starts(run) for run in listed]
    known = _starts_by_shape(zip(listed, starts, strict=True))
    return [
        None if _is_glued(run) else _by_ruler(run) or _by_window(run, each, known)
        for run, each in zip(listed, starts, strict=True)
    ]


def _is_overfull(run: Run) -> bool:
    """Say whether a row prints more figures than the form has columns.

    Then the table has a column of its own (上年总计), and a row like it that leaves one blank would
    slide into it: rows of this shape are told by the header or not at all.
    """
    return sum(figure(field.text).state in ANSWERS for field in run.fields) > run.width


def _is_glued(run: Run) -> bool:
    """Say whether one field prints two figures: a border is lost, and the row with it."""
    return any(
        sum(figure(part).state is State.NUMBER for part in field.text.split()) > 1
        for field in run.fields
        if " " in field.text
    )


def _by_ruler(run: Run) -> Aligned | None:
    """Return the fields that stand exactly under the header's names.

    The label must reach up to the first of them, but for words (a unit, a sort): a row that lost a
    cell in front has moved. No figure may stand elsewhere in the row.
    """
    if run.ruler is None or not run.in_order:
        return None
    under = {field.columns[0]: field for field in run.fields}
    chosen = [under.pop(start, None) for start, _ in run.ruler.spans]
    found = tuple(field for field in chosen if field is not None)
    before = [field for column, field in under.items() if column < run.ruler.first]
    placed = all(map(_is_word, before)) if before else run.after == run.ruler.first
    stray = any(field.text.strip() and not _is_word(field) for field in under.values())
    return Aligned(found) if placed and not stray and len(found) == run.width else None


def _is_word(field: Field) -> bool:
    return figure(field.text).state is State.NOT_A_NUMBER


def _by_window(run: Run, starts: Sequence[int], known: Mapping[Shape, int]) -> Aligned | None:
    if not any(field.text.strip() for field in run.fields):
        starts = starts[:1]
    elif not (len(starts) == 1 and _speaks_for_itself(run, starts[0])):
        starts = [start for start in starts if known.get(_shape(run)) == start]
    return Aligned(_window(run, starts[0])) if starts else _cut_at_edge(run)


def _speaks_for_itself(run: Run, start: int) -> bool:
    """Say whether a window needs no other row: a blank in it could stand for a figure lost.

    Then as many fields must follow the label as the form has columns, up to the grid's edge, the
    first of them printed (a blank there may be the second half of the label's place), and none be
    wider than another: a merged cell hides that one is missing.
    """
    if _full(run, start):
        return True
    exact = run.widest and len(run.fields) == run.width and run.fields[0].text.strip() != ""
    return exact and len({field.span for field in run.fields}) == 1


def _full(run: Run, start: int) -> bool:
    return all(figure(field.text).state in ANSWERS for field in _window(run, start))


def _starts(run: Run) -> list[int]:
    """Return the windows the row may be read in."""
    if not run.in_order:
        return []
    return [start for start in windows(run) if _under_header(run, start)]


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


def _cut_at_edge(run: Run) -> Aligned | None:
    """Read a row of zeros whose last figure, its total, fell off the edge of the grid.

    Weihai HR bureau, report for 2023: the line with one label more than the others
    (（三）不予公开, 1.属于国家秘密) keeps six of its seven zeros. Only zeros are read so, and the
    concluded cell is flagged.
    """
    if not (run.widest and run.total_last) or len(run.fields) != run.width - 1:
        return None
    zeros = all(figure(field.text).value == 0 for field in run.fields)
    return Aligned((*run.fields, None)) if zeros else None


def _starts_by_shape(told: Iterable[tuple[Run, Sequence[int]]]) -> dict[Shape, int]:
    """Return where the window starts in full rows of each shape, where they agree."""
    found: dict[Shape, set[int]] = {}
    for run, starts in told:
        if len(starts) == 1 and _full(run, starts[0]):
            found.setdefault(_shape(run), set()).add(starts[0])
    return {shape: starts.pop() for shape, starts in found.items() if len(starts) == 1}


def _shape(run: Run) -> Shape:
    return (*run.shape, len(run.fields), run.width)


def _window(run: Run, start: int) -> tuple[Field, ...]:
    return run.fields[start : start + run.width]
