"""Plain text and Markdown taken apart: three flattenings of a table, and everything else."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.document import Grid, Paragraph, Picture
from parsers.errors import Refused
from parsers.formats import text


def shown(body):
    """Return the blocks of a text in short: prose, rows of cells, sources of pictures."""
    short = []
    for block in text.read(body, "utf-8").blocks:
        match block:
            case Paragraph():
                short.append(block.printed)
            case Grid():
                short.append([[field.printed for field in row] for row in block.rows])
            case Picture():
                short.append((block.source, block.alt))
    return short


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("一\n\n二\n三", ["一", "二", "三"]),
        ("  一\u3000二  ", ["一 二"]),
        # a row a line, tabs
        ("a\tb\t\nc\t\td", [[["a", "b", ""], ["c", "", "d"]]]),
        ("一\na\tb\tc\n二", ["一", [["a", "b", "c"]], "二"]),
        ("a\tb\tc\n二\nd\te\tf", [[["a", "b", "c"], ["二"], ["d", "e", "f"]]]),
        ("a\tb\tc\n成句。\nd\te\tf", [[["a", "b", "c"]], "成句。", [["d", "e", "f"]]]),
        ("a\tb\tc\n\nd\te\tf", [[["a", "b", "c"]], [["d", "e", "f"]]]),
        ("a\t1\t2\n3\nb\t4\t5", [[["a", "1", "2 3"], ["b", "4", "5"]]]),
        ("a\t1\t2\n\n3\n", [[["a", "1", "2"]], "3"]),
        # a row a line, pipes
        ("| a | b |\n|---|:-:|\n| c |  |", [[["a", "b"], ["c", ""]]]),
        ("a | b\n---|---\nc | d", [[["a", "b"], ["c", "d"]]]),
        ("a | b | c", [[["a", "b", "c"]]]),
        ("清河市2023年年报 | 清河市政府", ["清河市2023年年报 | 清河市政府"]),
        ("| 结果<br>维持 | **3** | &nbsp; | __x__ |", [[["结果 维持", "3", "", "x"]]]),
        ("| a | b", [[["a", "b"]]]),
        # a cell a line
        ("\ta\n\tb\n\n\tc\n\t", [[["a", "b"], ["c", ""]]]),
        ("\t结果\n维持\n\t3", [[["结果 维持", "3"]]]),
        ("\t3\n0\n\t1", [[["3 0", "1"]]]),
        ("\t[bookmark: _Hlk1]a\n\tb", [[["a", "b"]]]),
        ("\t第一段。\n\t第二段。", ["第一段。", "第二段。"]),
        ("\t一、总体情况\n\n\t" + "文" * 120, ["一、总体情况", "文" * 120]),
        ("\t一、总体情况", ["一、总体情况"]),
        # pictures
        ("[image: 图 1]\n![表](a.png)后", [("图 1", ""), ("a.png", "表"), "后"]),
    ],
)
def test_a_text_in_short(body, expected):
    assert shown(body) == expected


@pytest.mark.parametrize("body", ["", "\n \n", "---\n", "[bookmark: x]"])
def test_a_text_without_words_is_refused(body):
    with pytest.raises(Refused, match="no_text"):
        text.read(body, "utf-8")


def test_every_cell_knows_its_line_and_characters():
    body = "标题\n\na\t 12\t\n\n| x | 3 |\n\n\t甲\n乙\n\t4"
    lines = body.splitlines()
    found = {}
    for block in text.read(body, "utf-8").blocks:
        if isinstance(block, Grid):
            for row in block.rows:
                for field in row:
                    place = field.place
                    cut = lines[place.line - 1][place.start : place.end]
                    found[field.printed] = (place.line, cut.strip())
    assert found == {
        "a": (3, "a"),
        "12": (3, "12"),
        "": (3, ""),
        "x": (5, "x"),
        "3": (5, "3"),
        "甲 乙": (7, "甲"),
        "4": (9, "4"),
    }


@pytest.mark.parametrize(
    "body", ["-" * 200_000 + "x", "![" * 100_000, "[bookmark:" * 40_000, "|" * 50_000]
)
def test_a_hostile_line_is_read_like_any_other(body):
    assert shown(body)


@pytest.mark.parametrize("body", ["|" * 300_000, "1\t" * 300_000, "一\n" * 300_000])
def test_more_lines_and_cells_than_any_report_has_are_refused(body):
    with pytest.raises(Refused, match="too_deep"):
        text.read(body, "utf-8")


cells = st.lists(st.text("0123456789甲乙丙", max_size=4), min_size=2, max_size=7)


@given(st.lists(cells, min_size=1))
def test_rows_with_tabs_come_back_as_they_were(rows):
    labelled = [["甲", *row] for row in rows]
    assert shown("\n".join(map("\t".join, labelled))) == [labelled]


@given(st.text())
def test_any_text_is_blocks_or_refused(body):
    if not body.split():
        with pytest.raises(Refused, match="no_text"):
            text.read(body, "utf-8")
    else:
        with suppress(Refused):  # a text of rules and bookmarks only
            assert text.read(body, "utf-8").blocks
