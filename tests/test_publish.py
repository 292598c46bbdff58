"""The published database: derived from the archive alone, whole at every moment, byte for byte."""

import fcntl
import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from random import Random

import pytest
from documents import HOME, SCHOOLS, WATER, Visit, ask, handed_in, listing, paper, run

from archive import publish
from archive.catalogue import Catalogue
from archive.content_hash import UNCOUNTED, VOLATILE
from archive.errors import BuildError, CatalogueError
from archive.fill import fill
from archive.inventory import one_moment
from archive.publish import LOCK, PUBLIC, build, is_built
from archive.rules import RULES
from archive.schema import sheet_tables, sql_name, tables, wide_name
from parsers.form import forms

MIRROR = "http://www.ty5588.example/2022.html"
TITLE = f"{WATER}2024年政府信息公开工作年度报告"
WRONG = {
    "applications/granted/total": "3",
    "remedies/suit_after/upheld": "",
    "proactive/fees/amount": "/",
}
VISITS = (
    listing((f"{HOME}2024", TITLE), strays=[(MIRROR, TITLE, "offsite_link")]),
    Visit(f"{HOME}2023", paper(cells=WRONG).body),
    Visit(f"{HOME}2022", paper(year=2022, pictures=("remedies",)).body),
    Visit(f"{HOME}2019", paper(year=2019, form="2019").body),
    Visit(f"{HOME}edu", paper(publisher=SCHOOLS).body, "haibin"),
    Visit(f"{HOME}other", paper(publisher="清河市博物馆").body),
    handed_in(MIRROR, paper(publisher=SCHOOLS, prose="關(guān)" * 9).body),
    Visit(f"{HOME}map", "<p>一、总体情况</p><p>网站地图</p>".encode()),
    Visit(f"{HOME}2024", None, outcome="forbidden"),
)


FIGURES = [
    (form.id, table.id, *cell) for form in forms() for table in form.tables for cell in table.cells
]


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    data = tmp_path_factory.mktemp("published")
    run(data, *VISITS)
    summary = build(data)
    return data, summary


def content(data):
    return ask(data, "SELECT value FROM facts WHERE name = 'content_hash'")[0]


def file_of(data):
    return (data / PUBLIC).read_bytes()


# ------------------------------------------------------------------ what it holds


def test_every_key_leads_somewhere_and_the_file_is_sound(published):
    assert ask(published[0], "PRAGMA foreign_key_check") == []
    assert ask(published[0], "PRAGMA integrity_check") == ["ok"]


def test_it_needs_no_file_beside_it(published):
    assert ask(published[0], "PRAGMA journal_mode") == ["delete"]
    assert sorted(path.name for path in (published[0] / "public").iterdir()) == [
        LOCK,
        PUBLIC.name,
    ]
    with closing(sqlite3.connect(f"file:{published[0] / PUBLIC}?immutable=1", uri=True)) as db:
        assert db.execute("SELECT count(*) FROM reports").fetchone()[0] == 5


def test_the_summary_counts_what_is_published(published):
    data, summary = published
    assert (summary.read, summary.reports, summary.versions) == (7, 5, 6)
    assert summary.unread == {"not_a_report": 1}
    assert summary.changes == 0
    assert summary.content_hash == content(data)
    assert summary.coverage == {"published": 3, "forbidden": 1}
    assert sum(summary.flags.values()) == ask(data, "SELECT count(*) FROM flags")[0]
    fails = "SELECT count(*) FROM flags WHERE verdict = 'fails' AND severity = 'error'"
    assert summary.flags["error"] == ask(data, fails)[0] > 0


def test_a_report_counts_its_own_failing_flags(published):
    counted = (
        "SELECT r.id, (SELECT count(*) FROM flags f WHERE f.report = r.id AND f.verdict = 'fails'"
        " AND f.severity = ?) FROM reports r ORDER BY 1"
    )
    for column, severity in (("errors", "error"), ("warnings", "warning")):
        kept = ask(published[0], f"SELECT id, {column} FROM reports ORDER BY 1")
        assert kept == ask(published[0], counted, severity)


# Figures printed in the reports above: 200 in the form of 2021, 198 in that of 2019.
PRINTED = {
    "990100-water-2019": 198,
    "990100-water-2022": 200 - 15,  # a table is a picture
    "990100-water-2023": 200 - 1 - 1,  # a blank and a slash
    "990102-edu-2023": 200,
}


def test_where_no_number_was_printed_there_is_null_and_no_zero(published):
    data, report = published[0], "990100-water-2023"
    amount = "SELECT amount FROM proactive WHERE row = 'fees' AND report = ?"
    upheld = "SELECT upheld, corrected FROM remedies WHERE row = 'suit_after' AND report = ?"
    assert ask(data, amount, report) == [None]
    assert ask(data, upheld, report) == [(None, 0)]
    remarks = 'SELECT sheet, row, "column", state, printed FROM remarks WHERE report = ?'
    assert ask(data, remarks, report) == [
        ("proactive", "fees", "amount", "dash", "/"),
        ("remedies", "suit_after", "upheld", "blank", ""),
    ]


def test_the_long_view_agrees_with_the_sheets(published):
    data = published[0]
    cells = ask(data, 'SELECT report, sheet, row, "column", value FROM cells')
    long = {tuple(place): value for *place, value in cells}
    assert len(long) == len(cells)
    for _, sheet, row, column in FIGURES:
        sql = f'SELECT report, "{sql_name(column)}" FROM {sheet} WHERE row = ?'
        for report, value in ask(data, sql, row):
            assert long.get((report, sheet, row, column)) == value
    for report, edition in ask(data, "SELECT id, form FROM reports WHERE authentic = 1"):
        asked = {tuple(cell) for form, *cell in FIGURES if form == edition}
        found = {tuple(place) for name, *place in long if name == report}
        assert found == {cell for cell in asked if cell[0] in {sheet for sheet, *_ in found}}
    printed = "SELECT count(*) FROM cells WHERE report = ? AND value IS NOT NULL"
    assert {report: ask(data, printed, report)[0] for report in PRINTED} == PRINTED


def test_the_wide_view_has_a_row_a_report_and_agrees_with_the_sheets(published):
    data = published[0]
    with closing(sqlite3.connect(data / PUBLIC)) as db:
        db.row_factory = sqlite3.Row
        wide = {row["report"]: dict(row) for row in db.execute("SELECT * FROM report_wide")}
    assert sorted(wide) == ask(data, "SELECT id FROM reports ORDER BY id")
    for report, sheet, row, column, value in ask(
        data, 'SELECT report, sheet, row, "column", value FROM cells'
    ):
        assert wide[report][wide_name(sheet, row, column)] == value
    facts = {"report", "agency", "year", "form"}
    names = {wide_name(*figure) for _, *figure in FIGURES}
    assert set(wide["990100-water-2023"]) == facts | names


def test_every_rule_and_every_figure_of_the_form_has_its_page(published):
    data = published[0]
    assert ask(data, "SELECT id, title_zh, title_en, severity, page FROM rules ORDER BY rowid") == [
        (rule.id, rule.title_zh, rule.title_en, rule.severity, rule.page) for rule in RULES
    ]
    figures = 'SELECT form, sheet, row, "column" FROM codebook ORDER BY rowid'
    assert ask(data, figures) == FIGURES
    assert ask(data, "SELECT DISTINCT length(zh) > 1, length(en) > 1 FROM codebook") == [(1, 1)]


def test_cells_of_a_flag_name_cells_of_the_codebook(published):
    data = published[0]
    known = set(ask(data, 'SELECT sheet, row, "column" FROM codebook'))
    flagged = [cell for cells in ask(data, "SELECT cells FROM flags") for cell in json.loads(cells)]
    assert flagged
    assert {(cell["table"], cell["row"], cell["column"]) for cell in flagged} <= known


def test_links_that_may_not_be_followed_are_published_as_leads(published):
    assert ask(published[0], "SELECT url, title, reason FROM leads") == [
        (MIRROR, TITLE, "offsite_link")
    ]


def test_a_capture_without_a_fetch_has_an_unknown_outcome(tmp_path):
    run(tmp_path, Visit(f"{HOME}1", b"x"))
    with closing(sqlite3.connect(tmp_path / "archive.db")) as db, db:
        db.execute("UPDATE fetches SET capture = NULL")
    build(tmp_path)
    assert ask(tmp_path, "SELECT outcome FROM captures") == ["unknown"]


# ------------------------------------------------------------------ the same archive, the same file


def test_built_twice_it_is_the_same_file(published):
    data, before = published[0], file_of(published[0])
    again = build(data)
    assert again.read == 0
    assert file_of(data) == before


def test_read_again_from_the_archive_alone_it_is_the_same_file(tmp_path):
    run(tmp_path, *VISITS)
    first, before = build(tmp_path), file_of(tmp_path)
    again = build(tmp_path, rebuild=True)
    assert (first.read, again.read) == (7, 7)
    assert file_of(tmp_path) == before


def test_flags_have_the_same_ids_in_every_build(published, tmp_path):
    run(tmp_path, *reversed(VISITS), late=5)
    build(tmp_path)
    flags = "SELECT id, report, rule, cells FROM flags ORDER BY id"
    assert ask(tmp_path, flags) == ask(published[0], flags) != []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_and_time_of_fetching_leave_the_content_as_it_is(published, tmp_path, seed):
    visits = list(VISITS)
    for late in (seed, seed * 100):
        Random(seed * late).shuffle(visits)
        run(tmp_path, *visits, late=late)
    assert build(tmp_path).content_hash == published[1].content_hash
    captures = "SELECT id, at FROM captures"
    assert ask(tmp_path, captures) != ask(published[0], captures)


CHANGED = {
    "one_cell": Visit(
        f"{HOME}2022",
        paper(year=2022, pictures=("remedies",), cells={"proactive/fees/amount": "0.1"}).body,
    ),
    "a_zero_for_a_blank": Visit(
        f"{HOME}2023", paper(cells=WRONG | {"remedies/suit_after/upheld": "0"}).body
    ),
    "the_prose": Visit(f"{HOME}2022", paper(year=2022, pictures=("remedies",), prose="好。").body),
    "an_outcome": Visit(f"{HOME}2024", None, outcome="timeout"),
    "a_report_less": Visit(f"{HOME}edu", None, "haibin", outcome="not_found"),
    "another_address": Visit(f"{HOME}map", "<p>一、总体情况</p><p>地图</p>".encode()),
}


@pytest.mark.parametrize("name", CHANGED)
def test_anything_printed_otherwise_is_another_content(published, tmp_path, name):
    changed = CHANGED[name]
    run(tmp_path, *(changed if visit.url == changed.url else visit for visit in VISITS))
    assert build(tmp_path).content_hash != published[1].content_hash


def test_what_is_left_out_of_the_content_is_declared_and_exists():
    columns = {spec.id: {column.id for column in spec.columns} for spec in tables()}
    for table, left_out in VOLATILE.items():
        assert left_out < columns[table]
    assert columns.keys() >= UNCOUNTED
    assert not VOLATILE.keys() & {spec.id for spec in sheet_tables()}


def test_a_build_knows_whether_it_is_up_to_date(tmp_path):
    run(tmp_path, *VISITS)
    with Catalogue(tmp_path) as catalogue:
        assert not is_built(catalogue)
        build(tmp_path)
        assert is_built(catalogue)
        run(tmp_path, Visit(f"{HOME}2023", None, outcome="not_found"))
        assert not is_built(catalogue)


# ------------------------------------------------------------------ whole at every moment


def test_without_an_archive_there_is_nothing_to_build(tmp_path):
    with pytest.raises(CatalogueError, match="crawl or ingest first"):
        build(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_two_builds_never_write_at_once(tmp_path):
    run(tmp_path, *VISITS)
    build(tmp_path)
    before = file_of(tmp_path)
    lock = os.open(tmp_path / "public" / LOCK, os.O_RDWR)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(BuildError, match="another build"):
            build(tmp_path)
    finally:
        os.close(lock)
    assert file_of(tmp_path) == before
    build(tmp_path)


def test_what_a_crawl_adds_while_we_read_is_taken_in(tmp_path):
    run(tmp_path, *VISITS)
    added = iter([Visit(f"{HOME}new", paper(publisher="清河市档案馆").body)])

    def crawl_goes_on(_done, _of):
        for visit in added:
            run(tmp_path, visit)

    summary = build(tmp_path, progress=crawl_goes_on)
    assert (summary.read, summary.reports) == (8, 6)
    with Catalogue(tmp_path) as catalogue:
        assert is_built(catalogue)


def test_what_a_crawl_adds_while_we_write_waits_for_the_next_build(tmp_path, monkeypatch):
    def while_a_crawl_goes_on(db, catalogue):
        run(tmp_path, Visit(f"{HOME}new", paper(publisher="清河市档案馆").body))
        fill(db, catalogue)

    run(tmp_path, *VISITS)
    monkeypatch.setattr(publish, "fill", while_a_crawl_goes_on)
    assert build(tmp_path).reports == 5
    monkeypatch.undo()
    with Catalogue(tmp_path) as catalogue:
        assert not is_built(catalogue)
    assert build(tmp_path).reports == 6


def test_a_build_sees_the_archive_at_one_moment(tmp_path):
    run(tmp_path, VISITS[1])
    count = "SELECT count(*) FROM captures"
    with Catalogue(tmp_path) as catalogue:
        with one_moment(catalogue):
            assert catalogue.db.execute(count).fetchone() == (1,)
            run(tmp_path, VISITS[2])
            assert catalogue.db.execute(count).fetchone() == (1,)
        assert catalogue.db.execute(count).fetchone() == (2,)


def test_a_key_that_leads_nowhere_is_not_published(tmp_path):
    run(tmp_path, *VISITS)
    build(tmp_path)
    before = file_of(tmp_path)
    with closing(sqlite3.connect(tmp_path / "archive.db")) as db, db:
        db.execute("UPDATE leads SET found_on = 4711")
    with pytest.raises(BuildError, match="row 1 of leads leads to no row of captures"):
        build(tmp_path)
    assert file_of(tmp_path) == before


# Kills itself when it first does something to a file: at one of Python's audit events.
SUICIDE = """
import os, signal, sys
from pathlib import Path
from archive.publish import build

data, event, file = Path(sys.argv[1]), sys.argv[2], sys.argv[3]

def hook(name, args):
    if name == event and str(args[0]) == str(data / file):
        os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(hook)
build(data)
"""
DRAFT = "public/nianbao.draft"
MOMENTS = {
    "before_the_archive_is_opened": ("sqlite3.connect", "archive.db"),
    "before_the_draft_is_made": ("sqlite3.connect", DRAFT),
    "before_the_draft_is_synced": ("open", DRAFT),
    "before_the_draft_takes_its_place": ("os.rename", DRAFT),
    "after_the_draft_took_its_place": ("open", "public"),
}


def killed(data, event, file):
    """Build in a process of its own that kills itself; return whether it got so far."""
    command = [sys.executable, "-c", SUICIDE, str(data), event, file]
    return subprocess.run(command, check=False).returncode == -signal.SIGKILL


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_build_that_is_killed_leaves_a_whole_database(tmp_path, moment):
    run(tmp_path, VISITS[1])
    old = build(tmp_path).content_hash
    run(tmp_path, *VISITS)
    assert killed(tmp_path, *MOMENTS[moment])
    assert ask(tmp_path, "PRAGMA integrity_check") == ["ok"]
    assert (content(tmp_path) != old) == moment.startswith("after")
    new = build(tmp_path).content_hash
    assert content(tmp_path) == new != old
    assert {path.name for path in (tmp_path / "public").iterdir()} == {PUBLIC.name, LOCK}


def test_a_build_killed_while_it_writes_leaves_a_whole_database(tmp_path):
    run(tmp_path, VISITS[1])
    old = build(tmp_path).content_hash
    run(tmp_path, *VISITS)
    child = subprocess.Popen([sys.executable, "-c", SUICIDE, str(tmp_path), "never", "-"])
    while child.poll() is None and not (tmp_path / DRAFT).exists():
        pass
    child.kill()
    child.wait()
    assert ask(tmp_path, "PRAGMA integrity_check") == ["ok"]
    left = content(tmp_path)
    new = build(tmp_path).content_hash
    assert left in (old, new)
    assert content(tmp_path) == new


def test_a_reader_keeps_the_database_it_opened(tmp_path):
    run(tmp_path, VISITS[1])
    build(tmp_path)
    with closing(sqlite3.connect(f"file:{tmp_path / PUBLIC}?immutable=1", uri=True)) as reader:
        run(tmp_path, *VISITS)
        build(tmp_path)
        assert reader.execute("SELECT count(*) FROM reports").fetchone() == (1,)
    assert ask(tmp_path, "SELECT count(*) FROM reports") == [5]
