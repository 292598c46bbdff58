"""Text documents of office programs taken apart; broken and hostile ones too."""

from zipfile import ZIP_BZIP2

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packages import NAMES, W, docx, edited, p, package, r, tbl, tc, tr

from crawler.sample.articles import attachment_url
from crawler.sample.pages import world
from crawler.sample.reports import reports
from parsers import read
from parsers.document import Grid, Paragraph, Picture
from parsers.errors import Refused
from parsers.formats import LIMIT, REASONS, document

PICTURE = (
    '<w:r><w:drawing><wp:inline><wp:docPr id="1" descr="表"/><a:blip r:embed="rId7"/></wp:inline>'
    "</w:drawing></w:r>"
)
SHAPE = '<w:r><w:pict><v:shape alt="章"><v:imagedata r:id="rId8"/></v:shape></w:pict></w:r>'
BOX = "<w:txbxContent>" + p("框") + "</w:txbxContent>"
CHOICE = (
    f"<mc:AlternateContent><mc:Choice>{BOX}</mc:Choice><mc:Fallback>{BOX}</mc:Fallback>"
    "</mc:AlternateContent>"
)
TARGETS = [("rId7", "media/image1.png"), ("rId8", "https://www.qinghe.example/8.png")]
NOTE = '<w:r><w:footnoteReference w:id="2"/></w:r>'
PAGE = '<w:r><w:br w:type="page"/></w:r>'
STRICT = {**NAMES, "w": "http://purl.oclc.org/ooxml/wordprocessingml/main"}


def shown(inside, **more):
    """Return the blocks of a document in short: prose, rows of cells, sources of pictures."""
    short = []
    for block in document(docx(inside, TARGETS, **more)).blocks:
        match block:
            case Paragraph():
                short.append(block.printed)
            case Grid():
                short.append([[field.printed for field in row] for row in block.rows])
            case Picture():
                short.append((block.source, block.alt))
    return short


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        (p("一", "二") + p("三"), ["一二", "三"]),
        (p("一", "<w:r><w:br/></w:r>", "二<三>&"), ["一", "二<三>&"]),
        (p("一", "<w:r><w:tab/></w:r>", "二"), ["一 二"]),
        (p('<w:pPr><w:pStyle w:val="1"/><w:tabs><w:tab/></w:tabs></w:pPr>', "题"), ["题"]),
        # what no reader sees
        (p("一", f'<w:del w:id="1"><w:r><w:delText>9</w:delText></w:r>{r("8")}</w:del>'), ["一"]),
        (p("一", f'<w:ins w:id="1">{r("二")}</w:ins>'), ["一二"]),
        (p(f"<w:moveFrom>{r('一')}</w:moveFrom><w:moveTo>{r('二')}</w:moveTo>"), ["二"]),
        (p("一", r("藏", "<w:vanish/>"), r("二", '<w:vanish w:val="0"/>')), ["一二"]),
        (p('<w:bookmarkStart w:name="OLE_LINK1"/>', "一", "<w:bookmarkEnd/>"), ["一"]),
        (p("<w:r><w:instrText>PAGE</w:instrText></w:r>", "1"), ["1"]),
        (p(f'<w:fldSimple w:instr="DATE">{r("2024")}</w:fldSimple>', "年"), ["2024年"]),
        (p(f"<w:sdt><w:sdtPr/><w:sdtContent>{r('一')}</w:sdtContent></w:sdt>"), ["一"]),
        (p(f"<w:ruby><w:rt>{r('guān')}</w:rt><w:rubyBase>{r('关')}</w:rubyBase></w:ruby>"), ["关"]),
        # pages
        (p("行政", PAGE, "<w:r><w:lastRenderedPageBreak/></w:r>", "许可"), ["行政许可"]),
        (p("完毕。", PAGE, "三、收到"), ["完毕。", "三、收到"]),
        (p(PAGE, "三"), ["三"]),
        # notes, boxes, pictures
        (p("3", NOTE, "件", NOTE), ["3¹件²"]),
        (p("3", r("1", '<w:vertAlign w:val="superscript"/>')), ["3¹"]),
        (p("3", r("1", '<w:vertAlign w:val="subscript"/>')), ["3₁"]),
        (tbl(tr(tc(p(r("3", "<w:strike/>"), "4")), "1")), [[["3 4", "1"]]]),
        (p("文", CHOICE, "字"), ["文字", "框"]),
        (p("见图", PICTURE, "下", SHAPE),
         ["见图", ("media/image1.png", "表"), "下", ("https://www.qinghe.example/8.png", "章")]),
        (p("一", '<a:blip r:embed="rId9"/>'), ["一"]),
        # tables
        (tbl(tr("a", "1")), [[["a", "1"]]]),
        (p("前") + tbl(tr("a", "1")) + p("后"), ["前", [["a", "1"]], "后"]),
        (tbl(tr("一"), tr("二")), ["一", "二"]),
        (tbl(tr(tc(tbl(tr("a", "b")) + p("")), "侧")), [[["a", "b"]], "侧"]),
        (tbl(tr(tc(p("3") + p("0")), tc(p("<w:r><w:noBreakHyphen/></w:r>", "3")))),
         [[["3 0", "-3"]]]),
        (tbl(tr("a", "1"), tr("注" * 201), tr("b", "2")), [[["a", "1"]], "注" * 201, [["b", "2"]]]),
        (tbl(tr("a", "1"), tr("x", "9", properties="<w:del/>")), [[["a", "1"]]]),
        (tbl(f"<w:sdt><w:sdtContent>{tr('a', '1')}</w:sdtContent></w:sdt>"), [[["a", "1"]]]),
        # spans
        (tbl(tr(tc("a", 2), "b"), tr("c", "d", "e")), [[["a", "b"], ["c", "d", "e"]]]),
        (tbl(tr(tc("a", 1, "restart"), "b"), tr(tc("", 1, "continue"), "c"), tr("d", "e")),
         [[["a", "b"], ["a", "c"], ["d", "e"]]]),
        (tbl(tr("x", tc("a", 2, "restart")), tr(tc("", 1, "restart"), tc("", 2, "continue")),
             tr(tc("", 1, "continue"), tc("b", 2, "restart"))),
         [[["x", "a"], ["", "a"], ["", "b"]]]),
        (tbl(tr("a", "b"), tr("c", properties='<w:gridBefore w:val="1"/>')),
         [[["a", "b"], ["", "c"]]]),
        (tbl(tr(tc("", 1, "continue"), "b")), [[["", "b"]]]),
    ],
)  # fmt: skip
def test_a_document_in_short(inside, expected):
    assert shown(inside) == expected


def test_the_strict_standard_is_read_like_the_transitional():
    assert shown(p("一") + tbl(tr(tc("a", 2), "b")), names=STRICT) == ["一", [["a", "b"]]]


def test_a_cell_over_rows_keeps_the_place_where_it_begins():
    table = tbl(tr(tc("a", 3, "restart"), "b"), tr(tc("", 3, "continue"), "c"))
    [grid] = document(docx(table)).blocks
    places = [(f.printed, f.place.row, f.place.column, f.span) for row in grid.rows for f in row]
    assert places == [("a", 0, 0, 3), ("b", 0, 3, 1), ("a", 0, 0, 3), ("c", 1, 3, 1)]


@pytest.mark.parametrize("value", ["100000000", "999999999999", "0", "-1", "一", "", "2.5", "１２"])
def test_a_hostile_span_costs_nothing(value):
    cell = f'<w:tc><w:tcPr><w:gridSpan w:val="{value}"/></w:tcPr>{p("a")}</w:tc>'
    before = f'<w:gridBefore w:val="{value}"/>'
    [[[*_, first, last], _]] = shown(tbl(tr(cell, "b"), tr("c", "d", properties=before)))
    assert (first, last) == ("a", "b")


# ------------------------------------------------------------------ what is refused

LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "哈哈哈哈">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 99}">' for a, b in zip("abcdefg", "bcdefgh", strict=True))
    + "]>"
)
OUTSIDE = '<!DOCTYPE l [<!ENTITY h SYSTEM "file:///etc/hostname">]>'
REPORT = edited()
ENTITY = "<w:p><w:r><w:t>&h;</w:t></w:r></w:p>"


def lying(body):
    """Return a package whose directory declares that every part is small."""
    at = body.find(b"PK\x01\x02")
    while at >= 0:
        body = body[: at + 24] + (10).to_bytes(4, "little") + body[at + 28 :]
        at = body.find(b"PK\x01\x02", at + 4)
    return body


REFUSED = {
    "a_zip": (lambda: package({"报告.html": "<p>一</p>"}), "archive"),
    "an_ofd": (lambda: package({"OFD.xml": "<ofd/>"}), "ofd"),
    "a_presentation": (lambda: package({"ppt/presentation.xml": "<p/>"}), "presentation"),
    "an_open_document": (lambda: package({"content.xml": "<o/>"}), "opendocument"),
    "a_binary_workbook": (lambda: package({"xl/workbook.bin": b"\x00"}), "xlsb"),
    "nothing_printed": (lambda: docx(p("")), "no_text"),
    "cut_off": (lambda: REPORT[:-1000], "damaged"),
    "cut_off_early": (lambda: REPORT[:100], "damaged"),
    "no_xml": (lambda: package({"word/document.xml": "一"}), "damaged"),
    "broken_xml": (lambda: docx("<w:p>"), "damaged"),
    "an_encoding_nobody_knows": (
        lambda: docx(p("一"), declaration='<?xml version="1.0" encoding="klingon"?>'),
        "damaged",
    ),
    "packed_as_no_program_packs": (
        lambda: package({"word/document.xml": "<a/>"}, ZIP_BZIP2),
        "damaged",
    ),
    "a_billion_laughs": (lambda: docx(ENTITY, declaration=LAUGHS), "damaged"),
    "a_file_of_ours": (lambda: docx(ENTITY, declaration=OUTSIDE), "damaged"),
    "a_bomb": (lambda: docx(p("零" * (LIMIT // 3))), "too_large"),
    "a_bomb_that_lies": (lambda: lying(docx(p("零" * (LIMIT // 3)))), "damaged"),
    "too_many_files": (lambda: package({str(n): "" for n in range(5001)}), "too_deep"),
    "too_many_tags": (lambda: docx("<w:p/>" * 1_500_000), "too_deep"),
    "too_deep": (lambda: docx("<w:sdt>" * 5000 + "</w:sdt>" * 5000), "too_deep"),
    "too_many_cells": (lambda: docx(tbl(*[tr(*["0"] * 60)] * 3400)), "too_deep"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_by_name(name):
    make, reason = REFUSED[name]
    assert reason in REASONS
    with pytest.raises(Refused) as refusal:
        document(make())
    assert refusal.value.reason == reason


def test_tables_inside_tables_are_walked_through_as_far_as_the_parser_goes():
    inside = tbl(tr("a", "b"))
    for _ in range(60):
        inside = tbl(tr(tc(inside)))
    assert shown(inside) == [[["a", "b"]]]


# ------------------------------------------------------------------ whatever comes, a Reading

MERGED = tbl(tr(tc("a", 2, "restart"), "1"), tr(tc("", 2, "continue"), "2"))
SMALL = docx(p("一、总体情况") + MERGED)
MARKS = [b"", b"\x00", b"\xff\xff\xff\xff", b"PK\x01\x02", b"PK\x05\x06", b"<w:tbl>", b"</w:tc>"]
damages = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.sampled_from(MARKS) | st.binary(max_size=4)),
    min_size=1,
    max_size=6,
)


def damaged(body, damages):
    for where, length, instead in damages:
        at = int(where * len(body))
        body = body[:at] + instead + body[at + length :]
    return body


@given(st.sampled_from([REPORT, SMALL]), damages)
@settings(max_examples=150)
def test_a_damaged_package_gives_a_reading(body, damages):
    reading = read(damaged(body, damages))
    assert reading.refused is None or reading.refused in REASONS


WHOLE = f'<w:document xmlns:w="{W}"><w:body>{MERGED}</w:body></w:document>'.encode()


@given(damages)
def test_damaged_words_in_a_sound_package_give_a_reading(damages):
    reading = read(package({"word/document.xml": damaged(WHOLE, damages)}))
    assert reading.refused is None or reading.refused in REASONS


PIECES = [p("1", NOTE), "", PICTURE, CHOICE, "<w:tc/>", "<w:txbxContent/>", "<w:br/>", MERGED]
NESTING = ["p", "tbl", "tr", "tc", "txbxContent", "r", "sdt", "del", "vMerge"]
elements = st.recursive(
    st.sampled_from(PIECES),
    lambda inner: st.builds(
        lambda name, parts: f"<w:{name}>{''.join(parts)}</w:{name}>",
        st.sampled_from(NESTING),
        st.lists(inner, max_size=4),
    ),
    max_leaves=12,
)


@given(elements)
def test_elements_where_they_do_not_belong_give_a_document(inside):
    reading = read(docx(inside + p("一", NOTE), TARGETS))
    assert (reading.refused, reading.format) == (None, "docx")


def test_the_sample_portal_s_attachment_reads_as_its_page():
    [report] = [each for each in reports(1) if each.trap and each.trap.attachment]
    pages = world(1).pages
    page, attached = (read(pages[url].body) for url in (report.url, attachment_url(report)))
    figures = [
        {(table.table.id, *spot): cell.printed for table in each.sheets
         for spot, cell in table.cells.items()}
        for each in (page, attached)
    ]  # fmt: skip
    assert len(figures[0]) == 200
    assert figures[0] == figures[1]
    assert (page.title, page.publisher, page.year) == (
        attached.title,
        attached.publisher,
        attached.year,
    )
