"""Figures into columns: what is read is right, what cannot be told is ambiguous, never wrong."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers import read
from parsers.alignment import Ruler, Run, align, windows
from parsers.document import Field, Place
from parsers.form import form
from parsers.sheet import State

WIDTH = 7
APPLICATIONS = form("2021").table("applications")
values = st.lists(st.integers(0, 999).map(str), min_size=WIDTH, max_size=WIDTH)
gappy = st.lists(st.integers(0, 9).map(str) | st.just(""), min_size=WIDTH, max_size=WIDTH)
padding = st.tuples(st.integers(0, 3), st.integers(0, 3))


def fields(texts, first=0):
    return tuple(
        Field(text, text, Place(grid=0, row=0, column=at)) for at, text in enumerate(texts, first)
    )


def run(texts, **more):
    return Run(fields(texts), WIDTH, **more)


def texts(aligned):
    return None if aligned is None else [field and field.text for field in aligned.fields]


@pytest.mark.parametrize(
    ("printed", "starts"),
    [
        ("1234567", [0]),
        ("1 34567", [0]),
        (" 234567", [0]),
        ("1234567 ", [0]),
        (" 1234567", [1]),
        ("  234567 ", [1, 2]),
        ("       ", [0]),
        ("        ", [0, 1]),
        ("123456", []),
        ("12345678", []),
        ("1234567x", []),
        ("", []),
    ],
)
def test_every_window_covers_all_that_is_printed(printed, starts):
    assert list(windows(run(["" if c == " " else c for c in printed]))) == starts


@given(st.lists(values, min_size=1, max_size=6), st.lists(gappy, max_size=6), padding)
def test_padded_rows_read_back_beside_a_full_one(full, blanked, pads):
    left, right = pads
    rows = [*full, *blanked]
    runs = [run([*[""] * left, *row, *[""] * right], shape=(0, 1)) for row in rows]
    assert list(map(texts, align(runs))) == rows


@given(st.lists(gappy, min_size=1, max_size=8), padding)
def test_without_a_full_row_a_figure_is_in_its_column_or_nowhere(rows, pads):
    left, right = pads
    runs = [run([*[""] * left, *row, *[""] * right], shape=(0, 1)) for row in rows]
    for row, aligned in zip(rows, align(runs), strict=True):
        assert texts(aligned) in (None, row)


@given(values, values, padding, st.integers(0, 12))
def test_a_row_that_lost_a_cell_is_never_read_shifted(other, row, pads, lost):
    left, right = pads
    whole = [[*[""] * left, *each, *[""] * right] for each in (other, row)]
    whole[1].pop(lost % len(whole[1]))
    assert texts(align([run(each, shape=(0, 1)) for each in whole])[1]) in (None, row)


def test_six_zeros_at_the_edge_have_a_seventh_that_is_not_printed():
    zeros, figures = ["0"] * 6, ["0", "0", "0", "0", "0", "3"]
    [aligned] = align([run(zeros, widest=True, total_last=True)])
    assert texts(aligned) == [*zeros, None]
    assert align([run(zeros, total_last=True), run(zeros, widest=True)]) == [None, None]
    assert align([run(figures, widest=True, total_last=True)]) == [None]


def test_a_blank_at_the_edge_of_a_narrow_row_may_be_padding():
    short, full = ["1", "2", "3", "4", "5", "6", ""], list("1234567")
    assert align([run(short)]) == [None]
    assert [texts(each) for each in align([run(short, widest=True)])] == [short]
    assert [texts(each) for each in align([run(short), run(full)])] == [short, full]


def test_a_merged_cell_may_hide_that_one_is_missing():
    merged = run(["1", "2", "3", "4", "5", "6", ""], widest=True)
    wide = replace(merged.fields[2], span=2)
    assert align([replace(merged, fields=(*merged.fields[:2], wide, *merged.fields[3:]))]) == [None]


RULER = Ruler(tuple((at, at + 1) for at in range(3, 10)))


@pytest.mark.parametrize(
    ("printed", "first", "after", "meant"),
    [
        ("1234567", 3, 3, "1234567"),
        (" 23456 ", 3, 3, " 23456 "),
        (" 23456  ", 3, 3, " 23456 "),  # a column of remarks, empty
        ("1234567x", 3, 3, "1234567"),  # a column of remarks
        ("x1234567", 2, 2, "1234567"),  # a column of units
        ("1234567", 2, 2, "1234567"),  # the whole row moved: nothing else could be meant
        ("12345678", 3, 3, None),  # a figure under no name
        (" 23456  ", 2, 2, None),  # moved, and which end is blank cannot be told
        ("123456", 3, 3, None),
    ],
)
def test_the_header_tells_where_it_and_the_row_are_laid_out_alike(printed, first, after, meant):
    cells = fields(["" if c == " " else c for c in printed], first)
    [aligned] = align([Run(cells, WIDTH, after=after, ruler=RULER)])
    assert texts(aligned) == (meant and ["" if c == " " else c for c in meant])


@pytest.mark.parametrize("ruler", [None, RULER])
def test_below_a_header_in_another_order_nothing_can_be_told(ruler):
    printed = fields("1234567", 3)
    assert align([Run(printed, WIDTH, after=3, ruler=ruler, in_order=False)]) == [None]


# ------------------------------------------------------------------ the same through whole pages

COLUMNS = APPLICATIONS.blocks[0].columns
ROWS = [row.id for row in APPLICATIONS.rows]
DIGITS = [[str((3 * at + column) % 7) for column in range(WIDTH)] for at in range(len(ROWS))]


def html_table(rows, cell="<td>{}</td>".format, pad=""):
    names = "".join(f"<th>{APPLICATIONS.column(column).zh}</th>" for column in COLUMNS)
    body = "".join(
        f"<tr><td>{APPLICATIONS.row(row).printed}</td>{''.join(map(cell, each))}{pad}</tr>"
        for row, each in zip(ROWS, rows, strict=True)
    )
    return f"<html><body><table><tr><th></th>{names}{pad}</tr>{body}</table></body></html>"


def text_table(rows, pads):
    left, right = (["" for _ in range(count)] for count in pads)
    names = [APPLICATIONS.column(column).zh for column in COLUMNS]
    lines = [["", *left, *names, *right]]
    lines += [
        [APPLICATIONS.row(row).printed, *left, *each, *right]
        for row, each in zip(ROWS, rows, strict=True)
    ]
    return "\n".join(map("\t".join, lines))


def cells(page):
    sheet = read(page.encode()).sheet("applications")
    return [[sheet.cells[row, column] for column in COLUMNS] for row in ROWS]


def right_or_ambiguous(found, meant):
    for line, texts_meant in zip(found, meant, strict=True):
        for cell, text in zip(line, texts_meant, strict=True):
            told = cell.state is not State.AMBIGUOUS
            assert not told or cell.printed == text, (cell, text)


blanks = st.sets(st.tuples(st.sampled_from(range(len(ROWS))), st.sampled_from(range(WIDTH))))


def without(gone):
    return [
        ["" if (at, column) in gone else text for column, text in enumerate(line)]
        for at, line in enumerate(DIGITS)
    ]


@given(blanks, padding)
def test_blanked_cells_of_a_flattened_table_move_nothing(gone, pads):
    right_or_ambiguous(cells(text_table(without(gone), pads)), without(gone))


@given(blanks)
def test_blanked_cells_of_a_page_are_blank_and_the_rest_is_right(gone):
    found = [[cell.printed for cell in line] for line in cells(html_table(without(gone)))]
    assert found == without(gone)


@given(
    blanks,
    st.sampled_from(range(len(ROWS))),
    st.integers(0, WIDTH - 2),
    st.integers(2, 3),
    st.sampled_from(["", "<td></td>", "<td>备注</td>"]),
)
def test_merged_cells_move_no_figure_into_another_column(gone, row, at, wide, pad):
    rows = without(gone)
    page = html_table(rows, pad=pad).split("<tr>")
    cut = "".join(f"<td>{text}</td>" for text in rows[row][at : at + wide])
    label, *rest = page[row + 2].partition("</td>")
    line = "".join(rest)
    start = line.index("<td>") if at == 0 else find_nth(line, "<td>", at)
    merged = f'<td colspan="{cut.count("<td>")}">{rows[row][at]}</td>'
    page[row + 2] = label + line[:start] + line[start:].replace(cut, merged, 1)
    found = cells("<tr>".join(page))
    right_or_ambiguous(found[:row] + found[row + 1 :], rows[:row] + rows[row + 1 :])
    assert {cell.state for cell in found[row]} == {State.AMBIGUOUS} or not any(rows[row])


def find_nth(line, mark, count):
    at = -1
    for _ in range(count + 1):
        at = line.index(mark, at + 1)
    return at
