"""Workbooks taken apart: numbers as printed, merged ranges, hidden and hostile ones too."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packages import RULED, S, c, one_sheet, package, row, sheet, xlsx
from test_docx import damaged, damages

from parsers import read
from parsers.document import Grid, Paragraph
from parsers.errors import Refused
from parsers.formats import LIMIT, REASONS, document
from parsers.formats.number_format import BUILTIN, printed


def shown(*sheets, **more):
    """Return the blocks of a workbook in short: prose, and rows of cells."""
    short = []
    for block in document(xlsx(*sheets, **more)).blocks:
        match block:
            case Paragraph():
                short.append(block.printed)
            case Grid():
                short.append([[field.printed for field in row] for row in block.rows])
    return short


def words(spot, text):
    return c(spot, text, kind="inlineStr")


PAIR = [words("A1", "a"), c("B1", "1")]
RICH = "<si><r><t>3</t></r><r><rPr><vertAlign val='superscript'/></rPr><t>1</t></r></si>"
SPOKEN = "<si><t>关_x000D_于</t><rPh sb='0' eb='1'><t>guān</t></rPh></si>"


@pytest.mark.parametrize(
    ("sheets", "more", "expected"),
    [
        ([sheet(row(1, *PAIR), row(2, words("A2", "b"), c("B2", "2")))], {},
         [[["a", "1"], ["b", "2"]]]),
        ([sheet(row(1, words("A1", "题")), row(2, *PAIR), row(3, words("C3", "注")))], {},
         ["题", [["a", "1"]], "注"]),
        ([sheet(row(1, words("A1", "一\n二"))), sheet(row(1, *PAIR))], {},
         ["一", "二", [["a", "1"]]]),
        # places: a gap between tables, cells and rows that name no place, columns nobody uses
        ([sheet(row(1, *PAIR), row(3, *PAIR))], {}, [[["a", "1"]], [["a", "1"]]]),
        ([sheet("<row><c><v>1</v></c><c><v>2</v></c></row>")], {}, [[["1", "2"]]]),
        ([sheet(row(1, words("A1", "a"), c("XFD1", "1")), row(2, c("XFD2", "2"), c("ZZZ2", "3")))],
         {}, [[["a", "1"]], "3"]),
        ([sheet(row(1, *PAIR), row(2, c("A2", "2"), c("C2", "3")))], {},
         [[["a", "1", ""], ["2", "", "3"]]]),
        # a cell is seen by its words or by the lines around it
        ([sheet(row(1, words("A1", "题"), c("B1", "")), row(2, *PAIR))], {}, ["题", [["a", "1"]]]),
        ([sheet(row(1, words("A1", "许可"), c("B1", "", RULED)))], {}, [[["许可", ""]]]),
        # kinds
        ([sheet(row(1, c("A1", "0", kind="s"), c("B1", "1", kind="s")))],
         {"strings": [RICH, SPOKEN]}, [[["3¹", "关 于"]]]),
        ([sheet(row(1, c("A1", "1", kind="b"), c("B1", "#DIV/0!", kind="e")))], {},
         [[["TRUE", "#DIV/0!"]]]),
        ([sheet(row(1, c("A1", "SUM(B1:B9)", kind="f"), c("B1", "无", kind="str")))], {},
         [[["=SUM(B1:B9)", "无"]]]),
        ([sheet(row(1, words("A1", "印发"), c("B1", "45317", 5)))], {},
         [[["印发", "2024年1月26日"]]]),
        ([sheet(row(1, words("A1", "印发"), c("B1", "43855", 5)))],
         {"about": '<workbookPr date1904="1"/>'}, [[["印发", "2024年1月26日"]]]),
        # merged ranges
        ([sheet(row(1, *PAIR), row(2, c("B2", "2")), merged=["A1:A2"])], {},
         [[["a", "1"], ["a", "2"]]]),
        ([sheet(row(1, words("A1", "题"), c("B1", "9")), row(2, *PAIR), merged=["A1:B1"])], {},
         ["题", [["a", "1"]]]),
        ([sheet(row(1, words("A1", "注"), c("C1", "", RULED)), row(2, c("C2", "", RULED)),
                merged=["A1:C2"])], {}, ["注"]),
        ([sheet(row(1, words("A1", "a"), c("C1", "1")),
                row(2, words("A2", "b"), words("B2", "c"), c("C2", "2")), merged=["A1:B1"])], {},
         [[["a", "1"], ["b", "c", "2"]]]),
        # hidden
        ([sheet(row(1, *PAIR)), sheet(row(1, *PAIR))], {"states": [' state="hidden"']},
         [[["a", "1"]]]),
        ([sheet(row(1, *PAIR), row(2, *PAIR, more=' hidden="1"'))], {}, [[["a", "1"]]]),
        ([sheet(row(1, *PAIR, c("C1", "9")),
                columns='<cols><col min="3" max="99999999" hidden="1"/></cols>')], {},
         [[["a", "1"]]]),
    ],
)  # fmt: skip
def test_a_workbook_in_short(sheets, more, expected):
    assert shown(*sheets, **more) == expected


def test_a_merged_cell_keeps_the_place_where_it_begins():
    [grid] = document(
        xlsx(
            sheet(
                row(5, words("B5", "a"), words("C5", "x"), c("D5", "1")),
                row(6, c("C6", "", RULED), c("D6", "2")),
                merged=["B5:C6"],
            )
        )
    ).blocks
    places = [(f.printed, f.place.row, f.place.column, f.span) for line in grid.rows for f in line]
    assert places == [("a", 0, 0, 2), ("1", 0, 2, 1), ("a", 0, 0, 2), ("2", 1, 2, 1)]


@pytest.mark.parametrize(
    ("stored", "code", "expected"),
    [
        ("3", "General", "3"),
        ("3.0", "General", "3"),
        ("59.229999999999997", "General", "59.23"),
        ("0.1", "General", "0.1"),
        ("1E3", "General", "1000"),
        ("-5", "General", "-5"),
        ("123456789012345", "General", "123456789012345"),
        ("0.333333333333333", "General", "0.333333333"),
        ("3.7", "0", "4"),
        ("2.5", "0", "3"),
        ("0", "0", "0"),
        ("0", "#", ""),
        ("7", "000", "007"),
        ("1234567", "#,##0", "1,234,567"),
        ("1234.5", "#,##0.00", "1,234.50"),
        ("-1234.5", "#,##0.00", "-1,234.50"),
        ("0.5", "#.##", ".5"),
        ("5", "0.0#", "5.0"),
        ("0.256", "0.0%", "25.6%"),
        ("1234567", "0,", "1235"),
        ("12345678", '0.00,,"百万"', "12.35百万"),
        ("3", '0"件"', "3件"),
        ("3", "0\\件", "3件"),
        ("3", "¥#,##0", "¥3"),
        ("3", "[$¥-804]#,##0", "¥3"),
        ("-3", "0;(0)", "(3)"),
        ("-3", "0;[Red]0", "-3"),
        ("-3", '0_ ;[Red]-0" "', "-3 "),
        ("0", '#,##0;-#,##0;"-"', "-"),
        ("0", "0;-0;;@", ""),
        ("-0.2", "0", "0"),
        ("3", "[DBNum1]0", "3"),
        ("3", "[>2]0;[<1]0;0", "3"),
        ("0.5", "# ?/?", "0.5"),
        ("1234", "0.00E+00", "1234"),
        ("3", "@", "3"),
        ("3", "0" * 300, "3"),
        ("45317", "yyyy-mm-dd", "2024-01-26"),
        ("45317.5", "yyyy/m/d h:mm", "2024/1/26 12:00"),
        ("99999999", "yyyy-mm-dd", "99999999"),
        ("-1", "yyyy-mm-dd", "-1"),
        ("1e999", "General", "1" + "0" * 999),
        ("nan", "0", "nan"),
        ("1_0", "0", "1_0"),
        ("", "0", ""),
    ],
)
def test_a_number_as_printed(stored, code, expected):
    assert printed(stored, code) == expected


@given(st.integers(-(10**14), 10**14), st.sampled_from(["General", "0", "#,##0", "#,##0;-#,##0"]))
def test_a_whole_number_is_printed_with_all_its_digits(number, code):
    assert int(printed(str(number), code).replace(",", "")) == number
    assert printed(f"{number}.0", code) == printed(str(number), code)


@given(
    st.decimals(allow_nan=False, allow_infinity=False) | st.text(max_size=5), st.text(max_size=9)
)
def test_any_number_under_any_code_is_printed(stored, code):
    assert isinstance(printed(str(stored), code), str)


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.text("0#?,.;%\"[]yYmhs\\-_*@eE/$¥ 'gG", max_size=12) | st.sampled_from([*BUILTIN.values()]),
)
@settings(max_examples=300)
def test_any_number_under_a_likely_code_is_printed(stored, code):
    assert isinstance(printed(repr(stored), code), str)


# ------------------------------------------------------------------ what is refused

NAMES = [f"{a}{b}" for a in "ABCDEFGHIJKLMNOPQRSTUVWX" for b in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
DIAGONAL = [row(n, c(f"{name}{n}", "1"), c(f"A{n}", "1")) for n, name in enumerate(NAMES, 1)]
PILE = [row(n, c(f"A{n}", "1"), c(f"B{n}", "1")) for n in range(1, 999)]
BLANKS = [row(n, *["<c/>"] * 99) for n in range(2100)]
LONG = sheet(row(1, words("A1", "0" * (LIMIT // 4))))
REFUSED = {
    "no_sheet": (lambda: xlsx(), "no_text"),
    "an_empty_sheet": (lambda: xlsx(sheet()), "no_text"),
    "a_sheet_that_is_missing": (
        lambda: package({"xl/workbook.xml": f'<w xmlns="{S}"><sheets><sheet/></sheets></w>'}),
        "damaged",
    ),
    "a_string_that_is_missing": (
        lambda: xlsx(sheet(row(1, c("A1", "7", kind="s")))),
        "damaged",
    ),
    "a_document_type": (
        lambda: xlsx(sheet(row(1, *PAIR)), **{"xl/sharedStrings.xml": "<!DOCTYPE a []><a/>"}),
        "damaged",
    ),
    "cut_off": (lambda: xlsx(sheet(row(1, *PAIR)))[:-200], "damaged"),
    "a_bomb": (lambda: xlsx(sheet(row(1, words("A1", "0" * LIMIT)))), "too_large"),
    "a_bomb_in_parts": (lambda: xlsx(LONG, LONG, LONG, LONG), "too_large"),
    "too_many_cells": (lambda: xlsx(sheet(*BLANKS)), "too_deep"),
    "too_many_places": (lambda: xlsx(sheet(*DIAGONAL)), "too_deep"),
    "too_many_merged": (
        lambda: xlsx(sheet(*PILE, merged=["A1:XFD1048576"] * 999)),
        "too_deep",
    ),
    "too_many_sheets": (lambda: xlsx(*[sheet()] * 201), "too_deep"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_by_name(name):
    make, reason = REFUSED[name]
    assert reason in REASONS
    with pytest.raises(Refused) as refusal:
        document(make())
    assert refusal.value.reason == reason


# ------------------------------------------------------------------ whatever comes, a Reading

REPORT = one_sheet()
SMALL = sheet(row(1, *PAIR), row(2, c("B2", "45317", 5), c("C2", "0", 6)), merged=["A1:A2"])


@given(damages)
@settings(max_examples=100)
def test_a_damaged_workbook_gives_a_reading(damages):
    reading = read(damaged(REPORT, damages))
    assert reading.refused is None or reading.refused in REASONS


PARTS = ["workbook.xml", "styles.xml", "_rels/workbook.xml.rels", "worksheets/sheet1.xml"]
WORD = st.sampled_from(["", "0", "-1", "99999999999", "A0", "ZZZ9999999", "A1:C9", "x", "一"])


@given(st.sampled_from(PARTS), st.integers(0, 40), WORD)
@settings(max_examples=200)
def test_a_workbook_with_odd_words_in_its_attributes_gives_a_reading(name, at, instead):
    with ZipFile(BytesIO(xlsx(SMALL))) as whole:
        parts = {each: whole.read(each).decode() for each in whole.namelist()}
    name = f"xl/{name}"
    pieces = parts[name].split('"')
    place = 2 * (at % (len(pieces) // 2)) + 1
    parts[name] = '"'.join([*pieces[:place], instead, *pieces[place + 1 :]])
    reading = read(package(parts))
    assert reading.refused is None or reading.refused in REASONS


@given(damages)
@settings(max_examples=100)
def test_a_damaged_sheet_in_a_sound_package_gives_a_reading(damages):
    reading = read(xlsx(damaged(SMALL.encode(), damages)))
    assert reading.refused is None or reading.refused in REASONS
