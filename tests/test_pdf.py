"""PDF: tables by their rules, over page breaks; prose by its margins; whatever comes, an answer."""

import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdfs import NAMELESS, Stroke, Text, drawn, pdf, table

from parsers import read
from parsers.errors import Refused
from parsers.formats import REASONS, document, pdf_ink, pdf_pen

XS = (60, 200, 240, 280)
WORDS = Text("政府信息公开工作年度报告政府信息公开工作年度报告", 60, 60)


def grid(body):
    (found,) = document(body).grids()
    return [[field.printed for field in row] for row in found.rows]


def prose(body):
    return [paragraph.printed for _, paragraph in document(body).paragraphs()]


def page(*items):
    return drawn([item for each in items for item in (each if isinstance(each, list) else [each])])


def test_the_rows_of_a_ruled_table_and_the_prose_around_it():
    rows = [["行政许可", "1", "20"], ["行政处罚", "0", "300"]]
    heading = Text("二、主动公开政府信息情况", 60, 60)
    body = pdf(page(heading, table(rows, XS, 100, 20)))
    assert grid(body) == rows
    assert prose(body) == ["二、主动公开政府信息情况"]


# ------------------------------------------------------------------ what cannot be read

LOCKED = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O (%s) /U (%s) >> /ID [(a) (a)]"
REFUSED = {
    "half_a_file": (b"%PDF-1.7\n%\xe2\xe3", "damaged"),
    "a_password": (pdf(page(WORDS), trailer=LOCKED % (b"o" * 32, b"u" * 32)), "pdf_encrypted"),
    "a_picture_of_a_page": (pdf(b"595 0 0 842 0 0 cm /I Do"), "pdf_scan"),
    "characters_without_names": (pdf(page(WORDS), han=NAMELESS), "pdf_unmapped"),
    "blank_pages": (pdf(b"", b""), "no_text"),
    "pages_without_end": (pdf(*[b""] * (pdf_ink.MAX_PAGES + 1)), "too_deep"),
    "a_page_of_strokes": (pdf(b"0 0 m 9 9 l S " * (pdf_pen.MAX_INKED // 2 + 1)), "too_deep"),
    "a_picture_drawn_over_and_over": (pdf(b"/I Do " * 300), "too_deep"),
    "a_raster_of_lines": (
        pdf(page(WORDS, [Stroke(9 + x, 9, 9 + x, 99) for x in range(0, 1300, 3)])),
        "too_deep",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_says_why(name):
    body, reason = REFUSED[name]
    with pytest.raises(Refused) as refusal:
        document(body)
    assert refusal.value.reason == reason
    assert reason in REASONS


# ------------------------------------------------------------------ over page breaks

HEAD = ["信息内容", "数量", "总计"]


def test_a_row_cut_by_the_page_is_one_row_and_its_halves_are_joined():
    above = table([HEAD, ["行政", "182", "0"]], XS, 700, 20, lower=False)
    below = table([["许可", "", ""], ["行政处罚", "3", "4"]], XS, 40, 20, upper=False)
    found = grid(pdf(page(WORDS, above), page(below)))
    assert found == [HEAD, ["行政许可", "182", "0"], ["行政处罚", "3", "4"]]


def test_a_table_closed_at_the_foot_goes_on_row_by_row_behind_a_page_number():
    above = [table([HEAD, ["行政许可", "1", "2"]], XS, 700, 20), Text("— 1 —", 280, 810)]
    below = [table([HEAD, ["行政处罚", "3", "4"]], XS, 40, 20), Text("— 2 —", 280, 810)]
    body = pdf(page(WORDS, *above), page(*below))
    assert grid(body) == [HEAD, ["行政许可", "1", "2"], HEAD, ["行政处罚", "3", "4"]]
    assert prose(body) == [WORDS.words]


def test_tables_of_other_columns_stay_apart():
    above, below = table([HEAD, HEAD], XS, 700, 20), table([HEAD, HEAD], (60, 90, 130, 170), 40, 20)
    assert len(list(document(pdf(page(WORDS, above), page(below))).grids())) == 2


@pytest.mark.parametrize(
    ("lower", "printed"), [(Text("7", 204, 124, 10), "1827"), (Text("7", 400, 124, 10), "182")]
)
def test_a_figure_broken_over_two_lines_of_its_cell_is_one(lower, printed):
    xs = (60, 200, 226, 280)
    body = pdf(page(WORDS, table([["行政许可", "182", "0"]], xs, 96, 34, size=10), lower))
    assert grid(body)[0][1] == printed


def test_two_figures_in_two_lines_of_a_wide_cell_are_two():
    body = pdf(page(WORDS, table([["行政许可", "3", "0"]], XS, 96, 34), Text("7", 204, 128, 10)))
    assert grid(body)[0][1] == "3 7"


def test_what_a_clip_hides_is_not_there():
    hidden = b"q 0 0 595 400 re W n\n" + page(Text("不可见", 60, 200)) + b"\nQ\n"
    assert prose(pdf(hidden + page(WORDS))) == [WORDS.words]


# ------------------------------------------------------------------ whatever comes

BODY = pdf(page(WORDS, table([HEAD, HEAD], XS, 700, 20)), page(WORDS))
MARKS = [b"", b"\x00", b"<<", b"0 R", b" obj", b"stream\n", b"endobj", b"-9999999999", b"[", b"/F"]


@given(
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 60), st.sampled_from(MARKS)), max_size=8),
)
@settings(max_examples=60, deadline=None)
def test_a_damaged_file_is_read_or_refused(damages):
    body = BODY
    for where, length, instead in damages:
        at = int(where * len(body))
        body = body[:at] + instead + body[at + length :]
    reading = read(body)
    assert reading.refused is None or reading.refused in REASONS


def test_the_library_is_silent_and_its_logger_left_as_it_was(caplog):
    level = logging.getLogger("pdfminer").level
    with pytest.raises(Refused):
        document(BODY[:200])
    assert not caplog.records
    assert logging.getLogger("pdfminer").level == level
