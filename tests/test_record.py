"""Rows say what was printed: a blank is never 0, and a version differs only by what is told."""

from dataclasses import replace
from decimal import Decimal

import pytest
from documents import HOME, WATER, Visit, ask, paper, run
from hypothesis import given
from hypothesis import strategies as some
from sheets import record

from archive.publish import build
from archive.record import address, change_rows, content_of, plain, remark_rows, sheet_rows
from parsers import read
from parsers.form import form
from parsers.sheet import SectionText

PRINTED = some.sampled_from(["0", "1", "１", "1,204", "", "/", "见附件"])
NAMES = ("applications/granted/total", "proactive/fees/amount", "remedies/suit_after/upheld")


@some.composite
def readings(draw):
    case = {
        "cells": {name: draw(PRINTED) for name in NAMES},
        "states": draw(
            some.dictionaries(
                some.sampled_from(NAMES), some.sampled_from(["not_found", "ambiguous"])
            )
        ),
        "tables": draw(some.sampled_from([{}, {"remedies": "image"}, {"remedies": "missing"}])),
    }
    said = draw(some.lists(some.sampled_from([("一、总体情况", "好。"), ("一、概述", "好。")])))
    sections = tuple(SectionText("一", *words) for words in said[:1])
    title = draw(some.sampled_from([None, "甲", "乙"]))
    return replace(record(case).reading, sections=sections, title=title)


@given(old=readings(), new=readings())
def test_contents_differ_if_and_only_if_a_change_is_told(old, new):
    changes = list(change_rows("a-2023", (1, 2), old, new))
    assert (content_of(old) != content_of(new)) == bool(changes)
    keys = [(row["sheet"], row["row"], row["column"]) for row in changes]
    assert len(set(keys)) == len(keys)


@given(old=readings(), new=readings())
def test_changes_backwards_are_the_same_changes_the_other_way_round(old, new):
    there = {key(row): (row["before"], row["after"]) for row in change_rows("a", (1, 2), old, new)}
    back = {key(row): (row["after"], row["before"]) for row in change_rows("a", (2, 1), new, old)}
    assert there == back


def key(row):
    return row["sheet"], row["row"], row["column"]


# ------------------------------------------------------------------ sheets


@given(some.dictionaries(some.sampled_from(NAMES), PRINTED))
def test_a_sheet_holds_a_number_where_one_was_printed_and_null_elsewhere(cells):
    reading = record({"cells": cells}).reading
    for sheet in reading.sheets:
        rows = {row["row"]: row for row in sheet_rows("a-2023", sheet)}
        assert rows.keys() == {row.id for row in sheet.table.rows}
        for (row, column), cell in sheet.cells.items():
            stored = rows[row][column.replace(".", "_")]
            assert stored == cell.value
            assert (stored is None) == (cell.printed in ("", "/", "见附件"))


@pytest.mark.parametrize("state", ["missing", "image"])
def test_a_sheet_of_which_nothing_was_found_has_no_rows(state):
    reading = record({"tables": {"remedies": state}}).reading
    assert list(sheet_rows("a-2023", reading.sheet("remedies"))) == []
    assert {row["sheet"] for row in remark_rows("a-2023", reading)} == set()


REMARKED = {
    # What a cell prints, and its remark: state and text; None where there is nothing to say.
    "0": None,
    "１２": None,
    "": ("blank", ""),
    "—": ("dash", "—"),
    "若干": ("not_a_number", "若干"),
    "3件": ("number", "3件"),
}


@pytest.mark.parametrize("printed", REMARKED)
def test_what_is_no_plain_number_leaves_a_remark(printed):
    reading = record({"cells": {"remedies/suit_after/total": printed}}).reading
    rows = list(remark_rows("a-2023", reading))
    said = REMARKED[printed]
    assert [(row["state"], row["printed"]) for row in rows] == ([said] if said else [])


def test_a_concluded_zero_leaves_a_remark_too():
    reading = record({"concluded": ["remedies/suit_after/total"]}).reading
    (row,) = remark_rows("a-2023", reading)
    assert (row["state"], row["printed"], row["column"]) == ("number", "", "total")


@pytest.mark.parametrize(
    ("value", "stored"), [(None, None), (0, 0), (7, 7), (Decimal("250.27"), 250.27)]
)
def test_a_value_is_stored_as_a_number(value, stored):
    assert plain(value) == stored
    assert type(plain(value)) is type(stored)


def test_a_figure_with_its_unit_keeps_both_and_is_not_converted(tmp_path):
    cells = {"proactive/procurement/amount": "2792220.8元", "proactive/procurement/projects": "３"}
    run(tmp_path, Visit(f"{HOME}1", paper(form="2019", year=2019, cells=cells).body))
    build(tmp_path)
    sql = "SELECT projects, amount, amount_unit FROM proactive WHERE row = 'procurement'"
    assert ask(tmp_path, sql) == [(3, 2792220.8, "元")]
    assert ask(tmp_path, "SELECT state, printed FROM remarks") == [("number", "2792220.8元")]


def test_a_remark_leads_to_the_place_in_the_document(tmp_path):
    cells = {"applications/granted/legal.business": "/"}
    run(tmp_path, Visit(f"{HOME}1", paper(cells=cells).body))
    build(tmp_path)
    (place,) = ask(tmp_path, "SELECT json_extract(place, '$.row') FROM remarks")
    rows = [row.id for row in form("2021").table("applications").rows]
    assert place == rows.index("granted") + 1  # below the header


# ------------------------------------------------------------------ addresses


@pytest.mark.parametrize(
    ("url", "published"),
    [
        (
            "http://www.qinghe.example/nb/2023.html?id=1",
            "http://www.qinghe.example/nb/2023.html?id=1",
        ),
        ("file:///home/anna/Nachlass/2023.html", "file:2023.html"),
        ("file:///home/anna/%E5%B9%B4%E6%8A%A5%202023.html", "file:年报 2023.html"),
        ("FILE:///C:/Users/anna/2023.html", "file:2023.html"),
    ],
)
def test_no_path_of_our_disk_is_published(url, published):
    assert address(url) == published


def test_the_same_words_in_other_markup_are_the_same_content():
    one = read(paper().body)
    other = read(paper().body.replace(b"<body>", b'<body class="v2"><!-- 17 visitors -->'))
    assert content_of(one) == content_of(other)
    assert content_of(one) != content_of(read(paper(publisher=f"{WATER}本级").body))
