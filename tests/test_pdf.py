"""PDF: tables by their rules, over page breaks; prose by its margins; whatever comes, an answer."""

import pytest
from pdfs import NAMELESS, Stroke, Text, drawn, pdf, table

from parsers.errors import Refused
from parsers.formats import REASONS, document, pdf_ink

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
    "a_page_of_strokes": (pdf(b"0 0 m 9 9 l S " * (pdf_ink.MAX_INKED // 2 + 1)), "too_deep"),
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
