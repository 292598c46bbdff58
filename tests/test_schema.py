"""The published tables are what is declared: by the form, and by one file in two languages."""

import re
import tomllib
from importlib.resources import files

import pytest
import sqlite_utils

from archive.schema import create, sheet_tables, sql_name, tables, views
from parsers.form import forms

RAW = tomllib.loads((files("archive") / "public_schema.toml").read_text(encoding="utf-8"))
SQL_TYPES = {str: "TEXT", int: "INTEGER", float: ("FLOAT", "REAL")}

# Checks outside the project rely on these.
AGREED = {
    "agencies": ("id", "name"),
    "reports": ("id", "agency", "year", "form"),
    "sections": ("report", "number", "heading", "text"),
    "flags": ("report", "rule", "severity", "verdict"),
}
NAMED = {"versions", "remarks", "rules", "captures", "coverage", "codebook", "changes"} | {
    *("proactive", "applications", "remedies", *AGREED)
}


@pytest.fixture(scope="module")
def db():
    made = sqlite_utils.Database(memory=True)
    create(made)
    yield made
    made.close()


@pytest.mark.parametrize("spec", tables(), ids=lambda spec: spec.id)
def test_a_table_is_made_as_declared(db, spec):
    made = {column.name: column for column in db.table(spec.id).columns}
    assert list(made) == [column.id for column in spec.columns]
    for column in spec.columns:
        assert made[column.id].type in SQL_TYPES[column.type]
        assert bool(made[column.id].notnull) == (not column.null)
    assert tuple(db.table(spec.id).pks) == spec.pk
    keys = db.table(spec.id).foreign_keys
    assert {(key.column, key.other_table, key.other_column) for key in keys} == set(spec.foreign)
    indexed = {index.columns[0] for index in db.table(spec.id).indexes} | {spec.pk[0]}
    assert indexed >= {column for column, *_ in spec.foreign}


def test_there_are_no_other_tables_and_the_agreed_ones_are_there(db):
    declared = {spec.id for spec in tables()}
    assert set(db.table_names()) == declared
    assert declared >= NAMED
    for table, columns in AGREED.items():
        assert {column.name for column in db.table(table).columns} >= set(columns)


@pytest.mark.parametrize("name", views())
def test_a_view_can_be_asked(db, name):
    assert list(db.query(f"SELECT * FROM {name}")) == []


@pytest.mark.parametrize("spec", tables(), ids=lambda spec: spec.id)
def test_everything_is_said_in_both_languages(spec):
    for said in (spec, *spec.columns):
        assert re.search("[\u4e00-\u9fff]", said.zh)
        assert re.search("[a-z]{2}", said.en)
    assert len({column.id for column in spec.columns}) == len(spec.columns)
    assert {column.id for column in spec.columns} >= {*spec.pk, *(key for key, *_ in spec.foreign)}


@pytest.mark.parametrize("table", RAW)
def test_the_declaration_has_no_words_nobody_reads(table):
    assert RAW[table].keys() <= {"zh", "en", "pk", "foreign", "columns"}
    for kind, _zh, _en in RAW[table]["columns"].values():
        assert kind.removesuffix("?") in ("str", "int")


def test_a_foreign_key_leads_to_the_key_of_a_table_made_before():
    made = {}
    for spec in tables():
        for _, table, column in spec.foreign:
            assert made[table] == (column,)
        made[spec.id] = spec.pk


def test_the_sheets_have_a_column_for_every_column_of_every_edition():
    for spec in sheet_tables():
        columns = {column.id: column for column in spec.columns}
        for form in forms():
            for column in form.table(spec.id).columns:
                declared = columns[sql_name(column.id)]
                assert declared.null
                assert declared.type is float or column.number != "decimal"
                assert column.zh in declared.zh
                assert column.unit in declared.en


def test_sql_names_keep_lines_of_the_form_apart():
    for form in forms():
        for table in form.tables:
            ids = [line.id for line in (*table.rows, *table.columns)]
            assert len({sql_name(line) for line in ids}) == len(set(ids))
