"""What Datasette and the codebook say is complete, bilingual, fresh, and true of the database."""

import json
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from published import publish

from archive.metadata import dump, main, metadata, questions, titles
from archive.rules import RULES
from archive.schema import tables, views
from archive.search import match_query, snippet_text

ROOT = Path(__file__).parent.parent
HAN = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def db(tmp_path_factory):
    data = publish(tmp_path_factory.mktemp("published"))
    made = sqlite3.connect(data / "public" / "nianbao.db")
    made.create_function("match_query", 1, match_query)
    made.create_function("snippet_zh", 2, snippet_text)
    yield made
    made.close()


def said():
    return metadata()["databases"]["nianbao"]


def test_the_file_is_fresh():
    assert (ROOT / "datasette-metadata.json").read_text(encoding="utf-8") == dump()


def test_the_command_writes_and_checks(tmp_path):
    path = tmp_path / "metadata.json"
    assert CliRunner().invoke(main, ["--check", str(path)]).exit_code == 1
    assert CliRunner().invoke(main, [str(path)]).exit_code == 0
    assert json.loads(path.read_text(encoding="utf-8")) == metadata()
    assert CliRunner().invoke(main, ["--check", str(path)]).exit_code == 0
    path.write_text("{}", encoding="utf-8")
    stale = CliRunner().invoke(main, ["--check", str(path)])
    assert stale.exit_code == 1
    assert "make docs" in stale.output


def test_the_codebook_is_fresh_and_has_every_rule():
    command = [sys.executable, "-m", "cogapp", "--check", "CODEBOOK.md"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
    text = (ROOT / "CODEBOOK.md").read_text(encoding="utf-8")
    assert not [rule.id for rule in RULES if f"### `{rule.id}` {rule.title_zh}" not in text]


@pytest.mark.parametrize("name", [*(spec.id for spec in tables()), *views()])
def test_every_table_and_column_is_described_in_both_languages(db, name):
    entry = said()["tables"][name]
    columns = [row[1] for row in db.execute(f"PRAGMA table_info({name})")]
    assert list(entry["columns"]) == columns
    for text in (entry["description"], *entry["columns"].values()):
        zh, _, en = text.partition(" · ")
        assert HAN.search(zh), text
        assert en, text
    named = {entry.get("label_column"), entry.get("sort"), entry.get("sort_desc")}
    assert {*named, *entry.get("facets", ())} - {None} <= set(columns)


def test_figures_say_their_unit():
    sheets = ("proactive", "applications", "remedies")
    for name in sheets:
        columns = dict(said()["tables"][name]["columns"])
        figures = [column for column in columns if column not in ("report", "row")]
        units = re.compile(r"件|项|万元|as printed|Unit as printed")
        assert [column for column in figures if not units.search(columns[column])] == []


def test_full_text_search_is_declared_and_its_tables_are_hidden(db):
    entries = said()["tables"]
    assert (entries["sections"]["fts_table"], entries["sections"]["fts_pk"]) == (
        "sections_fts",
        "id",
    )
    assert entries["agencies"]["fts_table"] == "agencies_fts"
    shadow = [name for (name,) in db.execute("SELECT name FROM sqlite_master") if "_fts" in name]
    assert shadow
    assert [name for name in shadow if not entries[name]["hidden"]] == []
    assert not [name for name in titles() if "fts" in name]


def test_there_are_questions_worth_asking():
    assert len(questions()) >= 8
    for question in questions():
        assert re.fullmatch("[a-z_]+", question.id)
        assert HAN.search(question.zh)
        assert question.about.endswith("。")
        assert question.en.isascii()


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.id)
def test_a_question_is_answered(db, question):
    """With its example, with nothing given, and with hostile text, by the columns it names."""
    asked = set(re.findall(r"(?<![:\w]):([a-z_]+)", question.sql))
    assert asked == set(question.parameters)
    for value in ("", "' OR 1=1 --", "NEAR(", "\x00"):
        db.execute(question.sql, dict.fromkeys(asked, value)).fetchall()
    example = {name: value for name, (_, value) in question.parameters.items()}
    example |= {"agency": "990200-edu"} if "agency" in example else {}
    cursor = db.execute(question.sql, example)
    assert [column[0] for column in cursor.description] == list(question.columns)
    assert cursor.fetchall(), "the small archive has an answer to every question"


def answer(db, name, **values):
    question = next(question for question in questions() if question.id == name)
    cursor = db.execute(question.sql, values)
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, row, strict=True)) for row in cursor]


def test_rates_count_what_they_say(db):
    by_year = {row["year"]: row for row in answer(db, "grant_rate")}
    # 2022: one report has a slash for 部分公开, the other no table: neither can be counted.
    assert sorted(by_year) == [2019, 2023]
    edu, gov = 13, 14  # outcome_total as printed, wrong or not
    assert by_year[2023] == {
        "year": 2023,
        "reports": 2,
        "received": 26,
        "handled": edu + gov,
        "granted": 16,
        "partial": 0,
        "granted_percent": round(100 * 16 / (edu + gov), 1),
    }


def test_copies_are_in_no_sum(db):
    assert {row["reports"] for row in answer(db, "totals_by_level") if row["year"] == 2023} == {1}
    found = answer(db, "search", q="副本有此语")
    assert found == []


def test_what_is_missing_is_explained(db):
    missing = {(row["agency"], row["year"]): row for row in answer(db, "missing", year="2023")}
    assert {key[0]: row["state"] for key, row in missing.items()} == {
        "990200-tax": "waf_challenge:jsl",
        "990200-water": "copy_only",
        "990200-zone": "not_tried",
    }
    assert all(row["detail"] for row in missing.values())


def test_changes_after_publication_are_listed(db):
    rows = answer(db, "changed_after")
    assert {(row["row"], row["before"], row["after"]) for row in rows} == {
        ("new_received", "12", "14"),
        ("granted", "7", "9"),
        ("outcome_total", "12", "14"),
    }
