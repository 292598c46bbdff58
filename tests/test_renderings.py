"""Reading invented reports in every rendering does not fall below what it once reached.

The whole measurement is ``python -m benchmarks.renderings``; this is its sample.
"""

from random import Random

import pytest

from benchmarks.renderings import floors
from benchmarks.renderings.catalogue import RENDERINGS
from benchmarks.renderings.draft import draft, has_figures
from benchmarks.renderings.floors import Floor
from benchmarks.renderings.score import SAMPLE, Tally, document, misses_of, outcomes, tallies
from benchmarks.renderings.truth import Figure, equations_that_fail, report
from parsers import read

IDS = [rendering.id for rendering in RENDERINGS]


@pytest.mark.parametrize("rendering", IDS)
def test_reading_stays_above_its_floor(rendering):
    kept, _ = floors.load()
    found = tallies(outcomes(SAMPLE, only=[rendering]))
    assert {name: kept[name].broken(tally) for name, tally in found.items()} == {
        name: [] for name in found
    }


def test_every_rendering_has_a_floor_and_every_floor_a_rendering():
    kept, _ = floors.load()
    assert {name.rstrip("?") for name in kept} == set(IDS)
    assert len(IDS) == len(set(IDS))


@pytest.mark.parametrize("seed", range(40))
def test_what_is_invented_adds_up(seed):
    told = report(Random(seed))
    assert equations_that_fail(told) == []
    assert set(told.cells) == {(t.id, *cell) for t in told.form.tables for cell in t.cells}
    assert all(
        f.value is None or f.value >= 0 or p[2] == "items_change" for p, f in told.cells.items()
    )
    boxes = [box for (table,) in draft(told).tables.values() for line in table for box in line]
    assert sum(box.cell is not None for box in boxes) == len(told.cells)


def test_an_equation_that_fails_is_seen():
    told = next(told for seed in range(9) if (told := report(Random(seed))).whole)
    place = ("remedies", "suit_after", "total")
    wrong = {**told.cells, place: Figure(told.cells[place].value + 1)}
    broken = type(told)(told.form, told.publisher, told.year, wrong)
    assert len(equations_that_fail(broken)) == 1


@pytest.mark.parametrize("rendering", IDS)
def test_a_rendering_is_the_same_every_time(rendering):
    assert document(rendering, 3) == document(rendering, 3)


def test_a_number_that_no_flag_names_is_silent():
    told, body, _ = document("html-clean", 0)
    place = ("proactive", "licences", "decisions")
    other = type(told)(told.form, told.publisher, told.year, {**told.cells, place: Figure(123456)})
    assert [(miss.place, miss.kind) for miss in misses_of(other, read(body))] == [(place, "silent")]


def test_a_number_in_a_failing_sum_is_not_silent():
    told, body, _ = document("html-clean", 0)
    line = next(line for line in draft(told).table("四") if has_figures(line))
    printed = f"<td>{line[-1].text}</td></tr>\n</table>"
    changed = body.decode().replace(printed, printed.replace("<td>", "<td>777"))
    assert [miss.kind for miss in misses_of(told, read(changed.encode()))] == ["wrong"]


def test_floors_say_what_fell():
    floor = Floor(exact=2, right=10, silent=0)
    assert floor.broken(Tally(2, 2, 12, 11, 1, 0, 0)) == []
    assert len(floor.broken(Tally(2, 1, 12, 9, 2, 1, 1))) == 3
