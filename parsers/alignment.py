"""Which printed figures belong to which columns?

A row's figures fill a window of consecutive fields, one for each column of the form. Padding cells
and lost cells shift the window, so every window that covers all printed figures is considered. One
window: the row is read. Several: they must read alike, or rows of the same shape must show which.
Otherwise the row is ambiguous, and nothing is guessed. Sums play no part.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from parsers.document import Field
from parsers.numbers import figure
from parsers.sheet import State


@dataclass(frozen=True, slots=True)
class Run:
    """The fields after a row's label: ``shape`` tells rows apart that are laid out differently."""

    fields: tuple[Field, ...]
    width: int
    """How many columns the form asks for here."""
    shape: tuple[int, ...] = ()
    total_at_edge: bool = False
    """Whether the last column is a total and the line as wide as its grid: it may be cut off."""


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
    known = _starts_by_shape(listed)
    return [_aligned(run, known) or _cut_at_edge(run) for run in listed]


def _aligned(run: Run, known: Mapping[tuple[int, ...], frozenset[int]]) -> Aligned | None:
    starts = windows(run)
    readings = {tuple(field.text for field in _window(run, start)): start for start in starts}
    if len(readings) == 1:
        return Aligned(_window(run, next(iter(readings.values()))))
    shown = known.get(_shape(run), frozenset()) & frozenset(starts)
    return Aligned(_window(run, next(iter(shown)))) if len(shown) == 1 else None


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


def _starts_by_shape(runs: Sequence[Run]) -> dict[tuple[int, ...], frozenset[int]]:
    """Return where the window starts in rows of each shape that leave no choice."""
    found: dict[tuple[int, ...], frozenset[int]] = {}
    for run in runs:
        starts = windows(run)
        if len(starts) == 1 and figures_in(run.fields):
            found[_shape(run)] = found.get(_shape(run), frozenset()) | {starts[0]}
    return {shape: starts for shape, starts in found.items() if len(starts) == 1}


def _shape(run: Run) -> tuple[int, ...]:
    return (*run.shape, len(run.fields), run.width)


def _window(run: Run, start: int) -> tuple[Field, ...]:
    return run.fields[start : start + run.width]


def figures_in(fields: Iterable[Field]) -> int:
    """Return how many fields print a number."""
    return sum(figure(field.text).state is State.NUMBER for field in fields)
