"""A reading on a terminal: figures whole, blanks visible, flagged cells marked, no markup."""

from dataclasses import replace
from io import StringIO

import pytest
from documents import paper
from rich.console import Console
from sheets import record

from archive.rules import check
from archive.show import show
from parsers import read
from parsers.form import form
from parsers.formats import REASONS
from parsers.sheet import Reading, SectionText


def drawn(reading, flags=(), width=110, **options):
    out = StringIO()
    show(Console(file=out, width=width, **options), "report.html", reading, flags)
    return out.getvalue()


def shown(case, **options):
    taken = record(case)
    return drawn(taken.reading, check(taken), **options)


def line_with(text, words):
    return next(line for line in text.splitlines() if words in line)


@pytest.mark.parametrize("edition", ["2021", "2019"])
def test_every_line_and_every_heading_of_the_form_is_drawn(edition):
    text = drawn(record({"form": edition}).reading, width=200)
    for table in form(edition).tables:
        assert f"{table.section}、{table.zh}（已读）" in text
        for row in table.rows:
            assert row.zh in text
        assert all(group.zh in text for group in table.groups if table.layout == "down")


@pytest.mark.parametrize("width", [80, 110, 200])
def test_a_figure_is_never_broken_in_two(width):
    cells = {"applications/granted/*": "1234567", "proactive/fees/amount": "59237.2449"}
    text = shown({"cells": cells}, width=width)
    assert text.count("1234567") >= 7
    assert "59237.2449" in text


def test_what_is_no_number_is_told_apart():
    cells = {
        "applications/granted/natural_person": "",
        "applications/granted/legal.business": "/",
        "applications/granted/legal.research": "1 2",
        "applications/granted/legal.other": "若干",
        "applications/granted/total": "0",
    }
    states = {
        "applications/granted/legal.research": "ambiguous",
        "applications/granted/legal.public_interest": "not_found",
    }
    line = line_with(drawn(record({"cells": cells, "states": states}).reading), "（一）予以公开")
    assert [part.strip() for part in line.split("│")][2:-1] == [
        "␣",
        "/",
        "?",
        "∅",
        "0",
        "若干",
        "0",
    ]


def test_cells_of_a_flag_stand_out():
    cells = {"applications/granted/total": "3"}
    options = {"force_terminal": True, "color_system": "standard"}
    assert "\x1b[1;7m" in line_with(shown({"cells": cells}, **options), "予以公开")
    assert "\x1b[7m" not in line_with(shown({"cells": cells}, **options), "部分公开")
    assert ";7m" not in shown({}, **options)


def test_flags_are_told_in_chinese_with_rule_verdict_and_suspect():
    text = shown({"cells": {"remedies/suit_after/total": "3"}}, width=300)
    assert "⚑ 总计等于四种结果之和：“复议后起诉”按各项相加应为 0，报告为 3，相差 +3" in text
    assert "[remedy_sum · fails · source]" in text


@pytest.mark.parametrize(
    ("tables", "words"),
    [({"applications": "missing"}, "（没有找到）"), ({"applications": "image"}, "（是图片）")],
)
def test_a_table_that_was_not_read_says_why(tables, words):
    text = shown({"tables": tables})
    assert f"三、收到和处理政府信息公开申请情况{words}" in text
    assert "予以公开" not in text


def test_a_table_read_in_part_says_so():
    text = shown({"states": {"remedies/reconsideration/*": "not_found"}})
    assert "四、政府信息公开行政复议、行政诉讼情况（部分读出）" in text


def test_sections_are_shown_by_their_first_line():
    sections = (SectionText("一", "一、总体情况", "第一行。\n第二行。"),)
    text = drawn(replace(record({}).reading, sections=sections))
    assert "一、总体情况   第一行。" in text
    assert "第二行" not in text


def test_what_the_document_does_not_say_is_left_open():
    text = drawn(Reading())
    assert "（没有标题）" in text
    assert "机关 ？ · 年度 ？ · 未认出统计表" in text


@pytest.mark.parametrize("reason", REASONS)
def test_every_refusal_has_its_sentence(reason):
    text = drawn(Reading(refused=reason, refused_detail="[/red] 3 MB"), width=200)
    assert "report.html" in text
    assert REASONS[reason] in text
    assert "[/red] 3 MB" in text


def test_words_of_a_document_are_never_taken_for_markup():
    title = "清河市水务局2023年政府信息公开工作年度报告"
    page = paper(prose="[/bold] [red]经费[/red] :smile:").body
    text = drawn(read(page))
    assert title in text
    assert "[/bold] [red]经费[/red] :smile:" in text
