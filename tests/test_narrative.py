"""The prose of a report: who, when, under what title, and the six sections wherever they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers import read
from parsers.document import Document, Grid, Paragraph, Place
from parsers.form import form, forms
from parsers.narrative import headings, masthead, sections, title_facts

FORM = form("2021")
HEADINGS = [f"{section.number}、{section.zh}" for section in FORM.sections]


def document(*texts, **metas):
    blocks = tuple(Paragraph(text, text, Place(line=at)) for at, text in enumerate(texts, 1))
    return Document("text", "utf-8", blocks, metas)


def found(*texts):
    return [(head.position, head.number) for head in headings(document(*texts), FORM)]


@pytest.mark.parametrize(
    ("line", "publisher", "year"),
    [
        ("临湖市水利局2023年政府信息公开工作年度报告", "临湖市水利局", 2023),
        ("临湖市水利局 2023 年度政府信息公开年报", "临湖市水利局", 2023),
        ("2023年临湖市水利局政府信息公开工作年度报告", "临湖市水利局", 2023),
        ("# 临湖市水利局2023年政府信息公开 工作年度报告", "临湖市水利局", 2023),
        ("关于临湖市水利局2023年政府信息公开工作年度报告", "临湖市水利局", 2023),
        ("《临湖市水利局2019年政务公开工作报告》", "临湖市水利局", 2019),
        ("首页 > 政府信息公开 > 2023年政府信息公开工作年度报告", "", 2023),
        ("2023年政府信息公开工作年度报告", "", 2023),
    ],
)
def test_a_title_names_body_and_year(line, publisher, year):
    facts = title_facts(line)
    assert (facts.publisher, facts.year) == (publisher, year)


@pytest.mark.parametrize(
    "line",
    [
        "临湖市水利局政府信息公开指南",
        "2023年部门决算",
        "政府信息公开年报",
        "年" * 80 + "2023年信息公开年报",
    ],
)
def test_other_titles_name_nothing(line):
    assert title_facts(line) is None


@pytest.mark.parametrize(
    ("texts", "title", "publisher", "year"),
    [
        (
            ("临湖市水利局", "2023年信息公开年报"),
            "临湖市水利局2023年信息公开年报",
            "临湖市水利局",
            2023,
        ),
        (("导航", "2023年信息公开年报"), "2023年信息公开年报", None, 2023),
        (("结合2023年临湖市水利局政府信息公开工作实际",), None, "临湖市水利局", None),
        (("自2023年1月1日起至2023年12月31日止",), None, None, 2023),
        (("自2023年1月1日到12月31日",), None, None, 2023),
        (("没有年份",), None, None, None),
        ((), None, None, None),
    ],
)
def test_what_stands_above_section_one(texts, title, publisher, year):
    head = masthead(
        document(*texts, "一、总体情况", "2022年信息公开年报"),
        headings(document(*texts, "一、总体情况"), FORM),
    )
    assert (head.title, head.publisher, head.year) == (title, publisher, year)


def test_the_title_the_page_declares_comes_first():
    page = document("2022年信息公开年报", articletitle="云汀市民政局2023年信息公开年报")
    assert masthead(page, []).publisher == "云汀市民政局"


@pytest.mark.parametrize(
    ("metas", "last", "day"),
    [
        ({"pubdate": "2024-01-26 10:00"}, "2024年1月27日", "2024-01-26"),
        ({}, "2024 年 1 月 27 日", "2024-01-27"),
        ({"pubdate": "2024-02-30"}, "2024年1月27日", "2024-01-27"),
        ({}, "2024年2月30日", None),
        ({}, "截至2024年1月27日", None),
    ],
)
def test_the_day_of_publication_is_declared_or_signed(metas, last, day):
    assert masthead(document("文", last, **metas), []).published == day


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (HEADINGS, list(enumerate("一二三四五六"))),
        (["总体情况", "其他需要报告的事项"], [(0, "一"), (1, "六")]),
        (["（一）总体情况：", "5、 存在的主要问题及改进情况"], [(0, "一"), (1, "五")]),
        (["二、行政机关主动公开政府信息的情况"], [(0, "二")]),
        (["四、因政府信息公开工作被申请行政复议、提起行政诉讼的情况"], [(0, "四")]),
        ([*HEADINGS, "文", *HEADINGS], list(enumerate("一二三四五六", 7))),
        (["六、其他需要报告的事项", "一、总体情况"], [(0, "六")]),
        (["一、总体情况" + "很好" * 40, "总体情况良好"], []),
    ],
)
def test_headings_keep_the_order_of_the_form(texts, expected):
    assert found(*texts) == expected


def test_prose_belongs_to_the_heading_above_it_and_tables_are_left_out():
    page = document("序", "一、总体情况", "# 甲", "乙", "二、主动公开政府信息情况", "丙")
    blocks = (*page.blocks[:3], Grid(()), *page.blocks[3:])
    page = Document("text", "utf-8", blocks)
    told = sections(page, headings(page, FORM))
    assert [(each.number, each.text) for each in told] == [("一", "甲\n乙"), ("二", "丙")]


def test_a_document_without_headings_has_no_sections():
    assert read("规章\t1\t2\t3".encode()).sections == ()


@given(st.lists(st.sampled_from([*HEADINGS, "文", "总体情况", "2023年信息公开年报"]), max_size=12))
def test_every_heading_found_is_printed_once_and_in_order(texts):
    for edition in forms():
        heads = headings(document(*texts), edition)
        numbers = [head.number for head in heads]
        assert numbers == sorted({*numbers}, key="一二三四五六".index)
        positions = [head.position for head in heads]
        assert positions == sorted({*positions})
        assert all(texts[head.position] == head.text for head in heads)


def test_the_footer_of_the_page_is_not_part_of_section_six():
    page = (
        "甲市水务局2023年政府信息公开工作年度报告\n一、总体情况\n平稳。\n"
        "六、其他需要报告的事项\n无。\n甲市水务局\n2024年1月9日\n"
        "主办：甲市人民政府办公室 网站标识码：9901000001\n联系我们"
    )
    reading = read(page.encode())
    assert reading.sections[-1].text == "无。\n甲市水务局\n2024年1月9日"
    assert reading.published == "2024-01-09"
