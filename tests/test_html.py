"""Pages taken apart: paragraphs, grids, pictures, metas; broken and hostile ones too."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from parsers.document import Grid, Paragraph, Picture
from parsers.errors import Refused
from parsers.formats import document, html
from parsers.formats.blocks import unroll


def blocks(markup):
    return html.read(f"<html><body>{markup}</body></html>", "utf-8").blocks


def shown(markup):
    """Return the blocks of a page in short: prose, rows of cells, sources of pictures."""
    short = []
    for block in blocks(markup):
        match block:
            case Paragraph():
                short.append(block.printed)
            case Grid():
                short.append([[field.printed for field in row] for row in block.rows])
            case Picture():
                short.append((block.source, block.alt))
    return short


def table(*rows, cell="td"):
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"


def tds(*texts):
    return "".join(f"<td>{text}</td>" for text in texts)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>一</p>二<br>三<b>四</b>五<div>六</div>七", ["一", "二", "三四五", "六", "七"]),
        ("<p> 2023 年\n 报告 </p>", ["2023 年 报告"]),
        ("<script>x</script><style>y</style><!-- z --><p>一</p><noscript>n</noscript>", ["一"]),
        (table(tds("a", "b")), [[["a", "b"]]]),
        (table("<th>a</th>" + tds("b")), [[["a", "b"]]]),
        ("前" + table(tds("a", "b")) + "后", ["前", [["a", "b"]], "后"]),
        # layout
        (table(tds(table(tds("a", "b")), "侧栏")), [[["a", "b"]], "侧栏"]),
        (table(tds("一"), tds("二")), ["一", "二"]),
        (table(tds("<img src=1.png alt=表>", "<img src=2.png>")), [("1.png", "表"), ("2.png", "")]),
        (table(tds("导航", "文" * 201)), ["导航", "文" * 201]),
        (
            table(tds("a", "1"), tds("注" * 201), tds("b", "2")),
            [[["a", "1"]], "注" * 201, [["b", "2"]]],
        ),
        # what a cell says
        (table(tds("结果<br>维持", "<p>1</p>")), [[["结果 维持", "1"]]]),
        (table(tds("<p>3</p><p>0</p>", "<div>3</div>0")), [[["3 0", "3 0"]]]),
        (table(tds("<b>1</b><span>2</span>", "3<sup>1</sup>")), [[["12", "3¹"]]]),
        (table(tds("a&nbsp;", "&#8203;")), [[["a", "\u200b"]]]),
        # spans
        (table('<td rowspan="2">a</td><td>b</td>', tds("c")), [[["a", "b"], ["a", "c"]]]),
        (
            table('<td colspan="2">a</td>' + tds("b"), tds("c", "d", "e")),
            [[["a", "b"], ["c", "d", "e"]]],
        ),
        (table('<td rowspan="9">a</td><td>b</td>', tds("c")), [[["a", "b"], ["a", "c"]]]),
        # pictures and frames
        ("<p>见图<img src='a.jpg'>下</p>", ["见图", ("a.jpg", ""), "下"]),
        ("<iframe src='a.pdf'></iframe>", [("a.pdf", "")]),
        ("<img src='data:image/png;base64,AAAA'>", [("data:image/png;base64", "")]),
        ("<img>", None),
    ],
)
def test_a_page_in_short(markup, expected):
    if expected is None:
        with pytest.raises(Refused, match="no_text"):
            shown(markup)
    else:
        assert shown(markup) == expected


def test_a_spanning_cell_keeps_the_place_where_it_begins():
    [grid] = blocks(table('<td rowspan="2" colspan="3">a</td><td>b</td>', tds("c")))
    places = [(f.printed, f.place.row, f.place.column, f.span) for row in grid.rows for f in row]
    assert places == [("a", 0, 0, 3), ("b", 0, 3, 1), ("a", 0, 0, 3), ("c", 1, 3, 1)]


def test_metas_are_what_the_head_declares():
    page = html.read(
        '<html><head><title> 年报\n2023 </title><meta name="ArticleTitle" content=" 甲 ">'
        '<meta name="PubDate" content="2024-01-26"><meta name="x"></head><body>乙</body></html>',
        "utf-8",
    )
    assert page.metas == {
        "title": "年报 2023",
        "articletitle": "甲",
        "pubdate": "2024-01-26",
        "x": "",
    }


@pytest.mark.parametrize("span", ["100000000", "999999999999", "0", "-1", "一", "", "2.5", "１２"])
@pytest.mark.parametrize("name", ["colspan", "rowspan"])
def test_a_hostile_span_costs_nothing(name, span):
    [grid] = blocks(table(f'<td {name}="{span}">a</td><td>b</td>', tds("c", "d"), tds("e")))
    assert next(field.printed for field in grid.rows[0]) == "a"
    assert sum(len(row) for row in grid.rows) < 10


def test_too_many_cells_are_refused():
    with pytest.raises(Refused, match="too_deep"):
        blocks(table('<td rowspan="400">1</td>' * 600, *["<td>2</td>"] * 400))


def test_more_tags_than_any_page_has_are_refused():
    with pytest.raises(Refused, match="too_deep"):
        html.read("<p>" * 1_100_000, "utf-8")


@pytest.mark.parametrize("levels", [300, 2000])
def test_what_stands_after_deep_nesting_is_not_lost(levels):
    assert shown("<div>" * levels + "深" + "</div>" * levels + "<p>后</p>") == ["深", "后"]


def test_inline_markup_that_is_never_closed_is_taken_away():
    cell = "<font><b><span>"
    assert shown(cell * 1000 + table(tds("行政许可", "3"))) == [[["行政许可", "3"]]]
    with pytest.raises(Refused, match="too_deep"):
        shown("<div>" * 3000)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<!DOCTYPE html><p>一", "html"),
        ("一<table><tr><td>a<td>b</table>", "html"),
        ("见 <https://www.qinghe.example>，共 3 件", "text"),
        ("一\n二", "text"),
    ],
)
def test_markup_is_known_by_itself(text, kind):
    assert document(text.encode()).format == kind


def test_markdown_around_tables_of_html_keeps_its_lines_and_pictures():
    page = (
        "# 标题\n一、总体情况\n![图](a.png)<b>\n\n"
        "<TABLE><tr><td>a</td><td>b</td></tr></TABLE>末\n<table><tr><td>c"
    )
    found = document(page.encode()).blocks
    assert [block.printed for block in found if isinstance(block, Paragraph)] == [
        *("# 标题", "一、总体情况", "<b>", "末", "c…")
    ]
    assert [block.source for block in found if isinstance(block, Picture)] == ["a.png"]
    assert [block.rows[0][0].printed for block in found if isinstance(block, Grid)] == ["a"]


spans = st.integers(1, 5).map(str) | st.sampled_from(["0", "60", "99999999", "x"])
tables = st.lists(st.lists(st.tuples(spans, spans), max_size=6), min_size=1, max_size=8)


@given(tables)
def test_unrolling_loses_no_cell_and_keeps_the_order(rows):
    cells = [
        [
            lxml_html.fragment_fromstring(f'<td colspan="{wide}" rowspan="{tall}">{at}</td>')
            for wide, tall in row
        ]
        for at, row in enumerate(rows)
    ]
    unrolled = list(unroll(cells))
    assert len(unrolled) == len(rows)
    for at, line in enumerate(unrolled):
        columns = [spot.column for spot in line]
        assert columns == sorted({*columns})
        assert [spot.cell for spot in line if spot.row == at] == cells[at]
        assert all(spot.row <= at for spot in line)
