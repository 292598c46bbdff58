"""Real reports as they reach us, against every figure that was transcribed from them by hand.

The reports are not part of this repository. Labels are taken from the form files alone.
"""

import json
from decimal import Decimal

import pytest

from parsers import read
from parsers.form import form
from parsers.sheet import State, TableState

FIGURES = 800


@pytest.fixture(scope="module")
def expected(seeds):
    lines = (seeds / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line, parse_float=Decimal) for line in lines if line.strip()]


@pytest.fixture(scope="module")
def readings(seeds, expected):
    return {each["file"]: read((seeds / each["file"]).read_bytes()) for each in expected}


def names(edition):
    """Return every cell under the name a transcriber gives it: the label of its row and column.

    Rows whose label another row has too (3.其他) are called by their heading first.
    """
    for table in edition.tables:
        heading = {row: group.zh for group in table.groups for row in group.members}
        for row in table.rows:
            label = f"{row.number}{row.zh}"
            for column in map(table.column, row.columns):
                named = f"{column.zh}{column.note}"
                yield f"{label}|{named}", (table.id, row.id, column.id)
                if row.id in heading:
                    yield f"{heading[row.id]} {label}|{named}", (table.id, row.id, column.id)


def test_every_transcribed_figure_is_read(expected, readings):
    right = 0
    for each in expected:
        reading = readings[each["file"]]
        if each["format"] == "none":
            assert each["values"] == {}
            continue
        cells = dict(names(form(each["format"])))
        assert reading.form == form(each["format"])
        for label, value in each["values"].items():
            table, row, column = cells[label]
            assert reading.sheet(table).value(row, column) == value, (each["file"], label)
            right += 1
    assert right == FIGURES


def test_body_and_year_are_who_and_when_the_transcriber_says(expected, readings):
    for each in expected:
        reading = readings[each["file"]]
        assert (reading.publisher, reading.year) == (each["publisher"], each["year"])


def test_one_figure_of_all_is_concluded_and_says_so(readings):
    doubtful = [
        (file, cell.row, cell.column)
        for file, reading in readings.items()
        for sheet in reading.sheets
        for cell in sheet.cells.values()
        if not cell.certain
    ]
    assert [(file[:3], row, column) for file, row, column in doubtful] == [
        ("000", "refused.state_secret", "total")
    ]


def test_every_printed_cell_leads_back_to_its_characters(seeds, readings):
    for file, reading in readings.items():
        lines = (seeds / file).read_text(encoding="utf-8").splitlines()
        for sheet in reading.sheets:
            for cell in sheet.cells.values():
                if cell.state is State.NUMBER and cell.certain:
                    place = cell.place
                    assert lines[place.line - 1][place.start : place.end].strip() == cell.printed


def test_the_mirror_is_brought_back_to_simplified_and_shows_its_signs(readings):
    [mirror] = [reading for file, reading in readings.items() if file.startswith("003")]
    assert [section.number for section in mirror.sections] == list("一二三四五六")
    prose = "".join(section.heading + section.text for section in mirror.sections)
    assert "".join(c for c in prose if not c.encode("gb2312", "ignore")) == ""
    assert mirror.signs.traditional > 0.15
    assert mirror.signs.glosses == 132
    assert mirror.signs.hosts == ("www.315shenghuo.com",)
    assert {sheet.state for sheet in mirror.sheets} == {TableState.MISSING}
    assert mirror.form is None


def test_the_others_show_no_sign_of_a_copy(readings):
    for file, reading in readings.items():
        if not file.startswith("003"):
            assert (reading.signs.traditional, reading.signs.glosses) == (0.0, 0)
            assert {sheet.state for sheet in reading.sheets} == {TableState.READ}
            assert reading.unknown_rows == ()
            assert [section.number for section in reading.sections] == list("一二三四五六")
