"""Saved documents and what a person reads in them: one test for each case and table.

A case is a folder of ``tests/cases``: the document's bytes, ``case.toml`` (why it is kept, what
stands above the tables) and one CSV for each table in the shape of the printed form, with the text
printed in each cell. Three marks stand for what is not printed: ``(not found)``, ``(ambiguous)``,
and ``(cut off) 0`` for the total of a row of zeros that fell off the page. A number that is
printed in more than plain digits has its value in ``case.toml``.
"""

import csv
import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers import read
from parsers.form import form, forms
from parsers.formats import LIMIT, REASONS
from parsers.sheet import State, TableState

CASES = Path(__file__).parent / "cases"
TABLES = [table.id for table in forms()[0].tables]
DASHES = {"-", "－", "—", "——", "/", "无", "不适用"}
NOT_FOUND, AMBIGUOUS, CUT_OFF = "(not found)", "(ambiguous)", "(cut off) 0"
ABSENT = {str(TableState.MISSING), str(TableState.IMAGE)}


def folders(name):
    return sorted(path.parent for path in CASES.glob(f"*/{name}"))


def document(folder):
    return next(folder.glob("document.*")).read_bytes()


@cache
def case(folder):
    about = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
    return about, read(document(folder), about.get("header_charset"))


def grid(table, cell):
    """Return ``table`` as the form prints it, block by block, with ``cell(row, column)`` inside."""
    lines = []
    for block in table.blocks:
        columns = [table.column(column) for column in block.columns]
        lines.append([block.corner, *(column.zh + column.note for column in columns)])
        for row in block.rows:
            lines.append([row.printed, *(cell(row.id, column.id) for column in columns)])
    return lines


def printed(cell):
    if cell.state is State.NOT_FOUND:
        return NOT_FOUND
    if cell.state is State.AMBIGUOUS:
        return AMBIGUOUS
    return cell.printed if cell.certain else CUT_OFF


def meaning(text, value):
    """Return (state, value) of a printed text, by the plainest means there are."""
    if text in (NOT_FOUND, AMBIGUOUS):
        return State[text[1:-1].upper().replace(" ", "_")], None
    if value is not None:
        return State.NUMBER, value
    if text == CUT_OFF:
        return State.NUMBER, 0
    if text.isascii() and text.removeprefix("-").isdecimal():
        return State.NUMBER, int(text)
    if text.isascii() and text.replace(".", "", 1).isdecimal():
        return State.NUMBER, Decimal(text)
    if not text:
        return State.BLANK, None
    return (State.DASH if text in DASHES else State.NOT_A_NUMBER), None


def values(about):
    """Return the value and unit of the cells whose printed text is more than plain digits."""
    return {
        tuple(name.split("/")): (Decimal(meant) if "." in meant else int(meant), unit)
        for name, (meant, unit) in about.get("values", {}).items()
    }


@pytest.mark.parametrize("table_id", TABLES)
@pytest.mark.parametrize("folder", folders("case.toml"), ids=lambda folder: folder.name)
def test_a_table_reads_as_printed(folder, table_id):
    about, reading = case(folder)
    sheet = reading.sheet(table_id)
    wanted = about.get("tables", {}).get(table_id)
    if wanted in ABSENT:
        assert str(sheet.state) == wanted
        assert {cell.state for cell in sheet.cells.values()} == {State.NOT_FOUND}
        return
    path = folder / f"{table_id}.csv"
    found = grid(sheet.table, lambda row, column: printed(sheet.cells[row, column]))
    if not path.exists():
        with path.open("w", encoding="utf-8", newline="") as target:
            csv.writer(target, lineterminator="\n").writerows(found)
        pytest.fail(f"wrote {path.name}: check it against the page, then run again")
    with path.open(encoding="utf-8", newline="") as source:
        expected = list(csv.reader(source))
    assert found == expected
    assert wanted is None or str(sheet.state) == wanted
    assert_values(sheet, expected, values(about))


def assert_values(sheet, expected, meant):
    position = {line[0]: line for line in expected}
    for row in sheet.table.rows:
        for text, column in zip(position[row.printed][1:], row.columns, strict=True):
            cell = sheet.cells[row.id, column]
            value, unit = meant.get((sheet.table.id, row.id, column), (None, ""))
            assert (cell.state, cell.value) == meaning(text, value), (row.id, column)
            assert cell.unit == unit, (row.id, column)
            assert cell.certain == (text != CUT_OFF), (row.id, column)
            assert cell.place is not None or cell.state is State.NOT_FOUND, (row.id, column)


@pytest.mark.parametrize("folder", folders("case.toml"), ids=lambda folder: folder.name)
def test_what_stands_around_the_tables(folder):
    about, reading = case(folder)
    assert about["origin"] == "written for this suite"
    assert about["why"]
    edition = None if about["form"] == "none" else form(about["form"])
    assert reading.form == edition
    found = {"title": reading.title, "publisher": reading.publisher, "year": reading.year}
    assert found == {name: about.get(name) for name in found}
    assert list(reading.unknown_rows) == about.get("unknown_rows", [])
    pictures = {s.table.id: list(s.pictures) for s in reading.sheets if s.pictures}
    assert pictures == about.get("pictures", {})
    assert about.get("charset") in (None, reading.charset)
    assert about.get("format") in (None, reading.format)


@pytest.mark.parametrize("folder", folders("sections.toml"), ids=lambda folder: folder.name)
def test_the_prose_of_the_sections(folder):
    expected = tomllib.loads((folder / "sections.toml").read_text(encoding="utf-8"))["sections"]
    found = [
        {"number": section.number, "heading": section.heading, "text": section.text}
        for section in case(folder)[1].sections
    ]
    assert found == expected


@pytest.mark.parametrize("folder", folders("refused.toml"), ids=lambda folder: folder.name)
def test_a_document_that_cannot_be_read_says_why(folder):
    reason = tomllib.loads((folder / "refused.toml").read_text(encoding="utf-8"))["reason"]
    reading = read(document(folder))
    assert reading.refused == reason
    assert reason in REASONS
    assert (reading.form, reading.sheets, reading.title) == (None, (), None)


def test_what_is_too_large_is_refused_before_it_is_looked_at():
    reading = read(b"\xe5\xb9\xb4" * (20 << 20))
    assert (reading.refused, reading.refused_detail) == ("too_large", "60 MB")
    assert len(b"\xe5\xb9\xb4" * (20 << 20)) > LIMIT


def test_every_case_is_one_or_the_other_and_has_its_bytes():
    named = {*folders("case.toml"), *folders("refused.toml")}
    assert named == {path for path in CASES.iterdir() if path.is_dir()}
    assert not {*folders("case.toml")} & {*folders("refused.toml")}
    assert all(len(list(folder.glob("document.*"))) == 1 for folder in named)


# ------------------------------------------------------------------ whatever comes, a Reading

DOCUMENTS = [document(folder) for folder in [*folders("case.toml"), *folders("refused.toml")]]


def is_honest(reading):
    """Say whether a reading keeps the promises every reading makes."""
    assert reading.refused is None or reading.refused in REASONS
    for sheet in reading.sheets:
        assert set(sheet.cells) == set(sheet.table.cells)
        for cell in sheet.cells.values():
            assert (cell.value is None) == (cell.state is not State.NUMBER)
            assert cell.state is not State.NOT_FOUND or cell.printed == ""
    return True


@given(st.binary(max_size=2000))
def test_any_bytes_give_a_reading(body):
    assert is_honest(read(body))


@given(st.text(max_size=600))
def test_any_text_gives_a_reading(text):
    assert is_honest(read(text.encode("utf-8", "replace")))


MARKS = ["\t", "|", "\n", "\n\n", "<td>", "</tr>", "<table>", "</table>", "0", "其他", "总计", ""]


@given(
    st.sampled_from(DOCUMENTS),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 200), st.sampled_from(MARKS)), max_size=6),
)
@settings(max_examples=60)
def test_a_damaged_document_gives_a_reading(body, damages):
    for where, length, instead in damages:
        at = int(where * len(body))
        body = body[:at] + instead.encode() + body[at + length :]
    assert is_honest(read(body))
