"""Traditional text is brought back, Simplified text is left alone, glosses are taken out."""

from functools import cache

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_cases import case, folders

from parsers.form import forms
from parsers.script import TRADITIONAL_FROM, script_of

PROSE = [
    section.text
    for folder in folders("sections.toml")
    for section in case(folder)[1].sections
    if section.text
]
LABELS = [row.printed for form in forms() for table in form.tables for row in table.rows]
# 临湖市 and the like: s2t has no choice to make in any of these.
SYLLABLES = ["guān", "wù", "qū", "jù", "nèi", "shù", "yè", "lǜ", "ér", "jiā"]


@cache
def traditional(text):
    return opencc.OpenCC("s2t").convert(text)


def restored(text):
    return script_of(text).simplify(text)


@pytest.mark.parametrize("text", [*PROSE, "\n".join(LABELS)])
def test_what_was_converted_comes_back_to_the_letter(text):
    assert script_of(traditional(text)).traditional >= TRADITIONAL_FROM
    assert restored(traditional(text)) == text
    assert restored(text) == text


@given(st.sampled_from(PROSE), st.lists(st.tuples(st.integers(0, 99), st.sampled_from(SYLLABLES))))
@settings(max_examples=25)
def test_glosses_come_out_wherever_they_stand(text, glosses):
    spots = [at + 1 for at, character in enumerate(text) if "\u4e00" <= character <= "\u9fff"]
    glossed, taken = text, {spots[at % len(spots)]: sound for at, sound in glosses}
    for at in sorted(taken, reverse=True):
        glossed = f"{glossed[:at]}({taken[at]}){glossed[at:]}"
    assert restored(glossed) == text
    assert restored(traditional(glossed)) == text
    assert script_of(glossed).glosses == len(taken)


@pytest.mark.parametrize(
    "text",
    [
        *("乾县", "吉林省乾安县", "瞭望台", "宫商角徵羽", "乾隆"),
        "乾县人民政府办公室关于乾县2023年政府信息公开工作的说明",
        *("科室(单位)", "目录(2024年版)", "平台(APP)", "委员会(WTO)", "关(guan)", "局（KTV）"),
    ],
)
def test_simplified_text_is_left_alone(text):
    assert restored(text) == text


def test_a_share_is_of_han_characters_that_simplified_text_does_not_write():
    assert script_of("政府信息公開, 2023: 99%").traditional == pytest.approx(1 / 6)
    assert script_of("乾縣").traditional == 0.5
    assert script_of("乾" * 50).traditional == 0.0
    assert script_of("2023").traditional == 0.0


def test_vocabulary_is_never_replaced():
    assert restored("網絡軟體與資訊公開") == "网络软体与资讯公开"


def test_what_shows_nothing_is_nothing():
    assert restored("总\u200b计\ufeff \u00ad3") == "总计 3"


@given(st.text())
def test_any_text_can_be_brought_to_simplified(text):
    assert isinstance(restored(text), str)
