"""Read rendered reports back and count, by rendering, what is right, missing, wrong, and silent.

A cell is *right* when it has the true value, or none where none was printed; *missing* when a value
is there and none was read; *wrong* when another was read. It is *silently wrong* when no flag of
``archive.rules`` names the cell, or its table as a whole: that is the number to keep at nought.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from multiprocessing import Pool
from random import Random

from archive.rules import check
from archive.rules.model import Record
from benchmarks.renderings.catalogue import RENDERINGS
from benchmarks.renderings.truth import Figure, Place, Report, report
from parsers import read
from parsers.sheet import Cell, Reading, State

SAMPLE = 6
"""Documents of each rendering that the suite reads, and that the floors are about."""
OPEN = (State.BLANK, State.DASH)


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of some documents of one rendering; all but the first two count cells."""

    documents: int = 0
    exact: int = 0
    cells: int = 0
    right: int = 0
    missing: int = 0
    wrong: int = 0
    silent: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, slots=True)
class Miss:
    """One cell that is not right."""

    place: Place
    true: Figure
    read: str
    kind: str
    """``missing``, ``wrong`` or ``silent``."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One document read back."""

    rendering: str
    number: int
    decidable: bool
    cells: int
    misses: tuple[Miss, ...]

    @property
    def tally(self) -> Tally:
        """Return the counts of this one document."""
        kinds = [miss.kind for miss in self.misses]
        silent = kinds.count("silent")
        wrong = kinds.count("wrong") + silent
        right = self.cells - len(kinds)
        return Tally(1, not kinds, self.cells, right, kinds.count("missing"), wrong, silent)


def outcomes(count: int, jobs: int = 1, only: Iterable[str] = ()) -> Iterator[Outcome]:
    """Yield ``count`` documents of each rendering read back, by rendering, then by number.

    Args:
        count: documents of each rendering.
        jobs: processes.
        only: ids of renderings; all when there are none.
    """
    names = set(only)
    tasks = [
        (at, number)
        for at, rendering in enumerate(RENDERINGS)
        if not names or rendering.id in names
        for number in range(count)
    ]
    if jobs == 1:
        yield from map(outcome, tasks)
        return
    with Pool(jobs) as pool:
        yield from pool.imap(outcome, tasks, chunksize=8)


def outcome(task: tuple[int, int]) -> Outcome:
    """Return what is read from one document: rendering's place in the tuple, document's number."""
    at, number = task
    told, body, decidable = document(RENDERINGS[at].id, number)
    misses = tuple(misses_of(told, read(body)))
    return Outcome(RENDERINGS[at].id, number, decidable, len(told.cells), misses)


def document(rendering: str, number: int) -> tuple[Report, bytes, bool]:
    """Return a report, its bytes as rendered, and whether every figure can be told from them."""
    rng = Random(f"{rendering}/{number}")
    told = report(rng)
    made = next(each for each in RENDERINGS if each.id == rendering)(told, rng)
    return told, made.body, made.decidable


def misses_of(told: Report, reading: Reading) -> Iterator[Miss]:
    """Yield every cell of ``told`` that the reading does not have as it is."""
    cells = {
        (sheet.table.id, *place): cell
        for sheet in reading.sheets
        for place, cell in sheet.cells.items()
    }
    flags = check(Record(reading))
    flagged = {(cell.table, cell.row, cell.column) for flag in flags for cell in flag.finding.cells}
    tables = {flag.finding.subject for flag in flags if not flag.finding.cells}
    for place, true in told.cells.items():
        cell = cells.get(place)
        if _right(true, cell):
            continue
        if cell is None or cell.value is None:
            kind = "missing"
        else:
            kind = "wrong" if place in flagged or place[0] in tables else "silent"
        yield Miss(place, true, f"{cell.state}: {cell.printed}" if cell else "no cell", kind)
    for place in cells.keys() - told.cells.keys():
        if cells[place].value is not None:
            kind = "wrong" if place in flagged else "silent"
            yield Miss(place, Figure(None), f"not in the report: {cells[place].printed}", kind)


def _right(true: Figure, cell: Cell | None) -> bool:
    if cell is None:
        return False
    return cell.state in OPEN if true.value is None else cell.value == true.value


def tallies(found: Iterable[Outcome], sample: bool = False) -> dict[str, Tally]:
    """Return the sum by rendering, of the suite's documents alone when ``sample``.

    Documents that nobody could decide count under the rendering's id and a question mark.
    """
    sums: dict[str, Tally] = {}
    for each in found:
        if sample and each.number >= SAMPLE:
            continue
        name = each.rendering if each.decidable else f"{each.rendering}?"
        sums[name] = sums.get(name, Tally()) + each.tally
    return sums
