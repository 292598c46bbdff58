"""Which printed texts are an official label, and which only look like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.form import forms
from parsers.labels import keys, label, section_keys, vocabulary

ROWS = [(form, table, row) for form in forms() for table in form.tables for row in table.rows]
TABLES = [(form, table) for form in forms() for table in form.tables]


@pytest.mark.parametrize(
    ("printed", "official"),
    [
        ("（一） 予以公开", "予以公开"),
        ("(一)予以公开：", "予以公开"),
        ("㈠予以公开", "予以公开"),
        ("一、 本 年 新 收 政府信息公开申请数量", "本年新收政府信息公开申请数量"),
        ("１．属于国家秘密", "属于国家秘密"),
        ("1、属于国家秘密", "属于国家秘密"),
        ("1\\.属于国家秘密", "属于国家秘密"),
        ("①属于国家秘密", "属于国家秘密"),
        ("属于国家秘密②", "属于国家秘密"),
        ("属于国家秘密¹", "属于国家秘密"),
        ("重复申请[注3]", "重复申请"),
        ("(5)要求行政机关确认或重新\n出具已获取信息", "要求行政机关确认或重新出具已获取信息"),
        ('3.危及"三安全一稳定"', "危及“三安全一稳定”"),
        ("[bookmark: _Hlk66973981]（二）部分公开（区分处理的，只计这一情形）", "部分公开"),
        ("部分公开(区分处理的, 只计这一情形)", "部分公开"),
        ("**结果 维持**", "结果维持"),
        ("总\u200b计", "总计"),
        ("本年增／减", "本年增/减"),
        ("本年增、减", "本年增/减"),
        ("本年收费金额(单位:万元)", "本年收费金额"),
    ],
)
def test_portals_write_a_label_in_many_ways(printed, official):
    assert label(printed).key == label(official).key


@pytest.mark.parametrize(
    ("printed", "official"),
    [
        ("其他处理", "其他"),
        ("法人或其他组织", "其他"),
        ("处理决定数量", "本年处理决定数量"),
        ("行政规范性文件", "规范性文件"),
        ("重复申请3", "重复申请"),
        ("不予公开", "予以公开"),
        ("总计划", "总计"),
    ],
)
def test_no_label_is_recognised_by_likeness(printed, official):
    assert label(printed).key != label(official).key


@pytest.mark.parametrize(("printed", "numbered"), [("3.其他", True), ("（七）总计", True)])
def test_a_number_in_front_tells_a_row_from_a_column_of_the_same_name(printed, numbered):
    assert label(printed).numbered is numbered
    assert label(printed[-2:]).numbered is not numbered


@pytest.mark.parametrize(("form", "table"), TABLES, ids=lambda each: each.id)
def test_no_two_lines_of_a_table_answer_to_one_key(form, table):
    words = vocabulary(table)
    own = [key for row in table.rows for key in keys(row)]
    assert len(own) == len({*own})
    assert {words.rows[key] for key in own} == {row.id for row in table.rows}
    assert len(words.columns) == sum(len(keys(column)) for column in table.columns)


@pytest.mark.parametrize(("form", "table", "row"), ROWS, ids=lambda each: each.id)
def test_every_row_answers_to_its_label_as_printed(form, table, row):
    rows = vocabulary(table).rows
    assert rows[label(row.printed).key] == row.id
    for group in table.groups:
        if row.id in group.members:  # both in one cell, as flattening leaves them
            assert rows[label(f"{group.zh} {row.printed}").key] == row.id


def test_every_section_answers_to_its_heading():
    for form in forms():
        found = section_keys(form.id)
        for section in form.sections:
            assert found[label(f"{section.number}、{section.zh}").key] == section.number


@given(
    st.sampled_from([row.printed for *_, row in ROWS]),
    st.lists(st.tuples(st.integers(0, 40), st.sampled_from(" 　\n\t"))),
)
def test_spaces_in_a_label_change_nothing(printed, blanks):
    spaced = printed
    for at, blank in blanks:
        spaced = spaced[:at] + blank + spaced[at:]
    assert label(spaced) == label(printed)


@given(st.text())
def test_any_text_has_a_key_without_spaces(text):
    assert "".join(label(text).key.split()) == label(text).key
