"""The form files: complete, translated, and refused when they contradict themselves."""

import pytest

from parsers.errors import FormError
from parsers.form import Form as FormType
from parsers.form import form, forms, load

SHAPES = {  # cells per table and identities, as the printed forms have them
    "2021": ({"proactive": 10, "applications": 175, "remedies": 15}, 42),
    "2019": ({"proactive": 22, "applications": 161, "remedies": 15}, 40),
}


def identities(edition: FormType) -> int:
    return sum(
        len(table.rows if equation.axis == "columns" else table.columns)
        for table in edition.tables
        for equation in table.equations
    )


@pytest.mark.parametrize("edition", forms(), ids=lambda edition: edition.id)
def test_every_edition_has_the_cells_and_identities_of_the_printed_form(edition):
    cells, equations = SHAPES[edition.id]
    assert {table.id: len(table.cells) for table in edition.tables} == cells
    assert identities(edition) == equations


@pytest.mark.parametrize("edition", forms(), ids=lambda edition: edition.id)
def test_every_line_has_both_languages_a_basis_and_a_unit(edition):
    for table in edition.tables:
        for line in (*table.rows, *table.columns, *table.groups, *table.column_groups):
            assert line.zh, line
            assert line.en.isascii() or "¶" in line.en, line
        assert all(row.law for row in table.rows)
        assert all(column.unit for column in table.columns)
        for line in (*table.rows, *table.columns):
            assert all(alias.seen for alias in line.aliases), line


def test_one_identity_is_stated_by_the_form_and_the_rest_are_implied():
    stated = [e for table in form("2021").tables for e in table.equations if e.by == "form"]
    assert [e.text for e in stated] == ["outcome_total + carried_out = new_received + carried_in"]


TOY = """
id = "toy"
document = "d"
title_zh = "甲"
title_en = "a"
first_year = 2030
sections = [{ number = "一", zh = "甲", en = "a" }]
[[tables]]
id = "t"
section = "一"
zh = "甲"
en = "a"
columns = [
  { id = "a", zh = "甲", en = "a", unit = "件" },
  { id = "b", zh = "乙", en = "b", unit = "件" },
]
equations = [{ id = "s", zh = "甲", en = "s", text = "columns: a = b", by = "total" }]
groups = [{ zh = "丙", en = "c", rows = "x" }]
[[tables.blocks]]
columns = ["a", "b"]
rows = [{ id = "x", zh = "丁", en = "x", law = "none" }]
"""


def test_a_toy_form_loads():
    assert load(TOY, "toy.toml").table("t").cells == (("x", "a"), ("x", "b"))


@pytest.mark.parametrize(
    ("there", "instead", "named"),
    [
        ("columns: a = b", "columns: a = nobody", "'nobody'"),
        ("columns: a = b", "columns: a + b", "shape"),
        ('by = "total"', 'by = "rumour"', "rumour"),
        ('rows = "x"', 'rows = "y.*"', "'y.*'"),
        ('columns = ["a", "b"]', 'columns = ["a", "c"]', "'c'"),
        ('id = "b"', 'id = "a"', "declared twice: a"),
        ('law = "none"', 'lore = "none"', "lore"),
        ('document = "d"', "", "document"),
        ('id = "toy"', "id = ", "toy.toml"),
    ],
)
def test_a_form_that_contradicts_itself_is_refused_with_the_entry_named(there, instead, named):
    with pytest.raises(FormError, match=r"toy\.toml") as refusal:
        load(TOY.replace(there, instead, 1), "toy.toml")
    assert named in str(refusal.value)
