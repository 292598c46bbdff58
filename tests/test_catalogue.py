"""The catalogue commits all or nothing, refuses strangers, and reads back what it was told."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from exchanges import AT, archive, exchange

from archive import catalogue as module
from archive.catalogue import AgencyRow, Catalogue, SiteRow
from archive.errors import CatalogueError
from archive.files import OPEN
from archive.store import Kept
from archive.tables import SCHEMA_VERSION

URL = "http://www.qinghe.example/nb/2023.html"
KEPT = Kept(
    "1-a-00001.warc.gz", 350, 400, "<urn:uuid:1>", "sha256:00", 5, False, 0, 900, "sha256:11"
)
SITE = SiteRow("qinghe", "清河市", ("www.qinghe.example",), "990100", "city", "active", "x")
BODY = AgencyRow(
    "990100-gov",
    "清河市政府",
    ("市政府",),
    "city",
    "government",
    "990100",
    None,
    "qinghe",
    2019,
    None,
    "x",
)


@pytest.fixture
def catalogue(tmp_path):
    with Catalogue(tmp_path) as opened:
        yield opened


def add(catalogue, run, number, kind="article"):
    at = AT + timedelta(minutes=number)
    kept = replace(KEPT, record_id=f"<urn:uuid:{number}>", digest=f"sha256:{number:02}")
    return catalogue.add_capture(run, "qinghe", f"{URL}?{number}", at, kind, 200, "text/html", kept)


def test_it_is_made_once_and_opened_again(tmp_path):
    with Catalogue(tmp_path / "new" / "data") as made:
        run = made.start_run("crawl", "qinghe")
        assert made.db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert made.db.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    with Catalogue(tmp_path / "new" / "data") as opened:
        assert opened.open_run("crawl") == run


def text_file(path):
    path.write_text("This is no database, whatever its name may say. " * 50)


def other_database(path):
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE bookmarks (url)")


def newer_schema(path):
    with Catalogue(path.parent) as made:
        made.db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")


@pytest.mark.parametrize(
    ("vandal", "said"),
    [
        (text_file, "not a database"),
        (other_database, "some other program's"),
        (newer_schema, "upgrade nianbao"),
    ],
)
def test_strangers_are_refused_and_left_alone(tmp_path, vandal, said):
    path = tmp_path / "archive.db"
    vandal(path)
    before = path.read_bytes()
    with pytest.raises(CatalogueError, match=said):
        Catalogue(tmp_path)
    assert path.read_bytes() == before


def test_the_data_directory_must_be_one(tmp_path):
    (tmp_path / "data").write_text("")
    with pytest.raises(CatalogueError, match="--data"):
        Catalogue(tmp_path / "data")


def test_a_failed_block_leaves_nothing(catalogue, tmp_path):
    run = catalogue.start_run("crawl", "")

    def fail():
        with catalogue.atomic():
            add(catalogue, run, 1)
            catalogue.add_lead(URL, "", "unregistered host", None, AT)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert list(catalogue.captures(outcome=None)) == []
    assert catalogue.db["leads"].count == 0


def test_an_inner_block_fails_by_itself(catalogue):
    run = catalogue.start_run("crawl", "")

    def fail():
        with catalogue.atomic():
            add(catalogue, run, 2)
            raise InterruptedError

    with catalogue.atomic():
        add(catalogue, run, 1)
        with pytest.raises(InterruptedError):
            fail()
    assert [row.url for row in catalogue.captures(outcome=None)] == [f"{URL}?1"]


def test_a_block_holds_the_write_lock_from_its_start(catalogue, tmp_path):
    with closing(sqlite3.connect(tmp_path / "archive.db", timeout=0)) as other, catalogue.atomic():
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        assert other.execute("SELECT count(*) FROM runs").fetchone() == (0,)


def test_runs_are_open_until_ended(catalogue):
    assert catalogue.open_run("crawl") is None
    killed = catalogue.start_run("crawl", "")
    ingest = catalogue.start_run("ingest", "")
    assert (catalogue.open_run("crawl"), catalogue.open_run("ingest")) == (killed, ingest)
    catalogue.end_run(killed)
    assert catalogue.open_run("crawl") is None
    with pytest.raises(CatalogueError, match="no run 99"):
        catalogue.end_run(99)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda catalogue: catalogue.start_run("walk", ""),
        lambda catalogue: catalogue.open_run("walk"),
        lambda catalogue: add(catalogue, 1, 1, kind="report"),
        lambda catalogue: catalogue.add_fetch(1, URL, None, "report", "ok", "", AT, None),
        lambda catalogue: list(catalogue.captures(kind="report")),
    ],
)
def test_kinds_are_a_closed_list(catalogue, wrong):
    catalogue.start_run("crawl", "")
    with pytest.raises(CatalogueError, match="use one of"):
        wrong(catalogue)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda catalogue: add(catalogue, 7, 1),
        lambda catalogue: catalogue.add_fetch(1, URL, None, "list", "ok", "", AT, 7),
        lambda catalogue: catalogue.add_lead(URL, "", "", 7, AT),
        lambda catalogue: catalogue.mirror_registry([], [BODY]),
    ],
)
def test_rows_refer_to_rows_that_exist(catalogue, wrong):
    catalogue.start_run("crawl", "")
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        wrong(catalogue)


def test_a_revisit_needs_the_payload_it_revisits(catalogue):
    run = catalogue.start_run("crawl", "")
    kept = replace(KEPT, revisit=True)
    with pytest.raises(CatalogueError, match="never catalogued"):
        catalogue.add_capture(run, None, URL, AT, "article", 200, None, kept)


def test_captures_come_by_kind_and_outcome_in_order(catalogue):
    run = catalogue.start_run("crawl", "")
    robots = add(catalogue, run, 0, kind="robots")
    page, gone = add(catalogue, run, 1), add(catalogue, run, 2)
    catalogue.add_fetch(run, URL, "qinghe", "robots", "ok", "", AT, robots)
    for _ in range(2):
        catalogue.add_fetch(run, URL, "qinghe", "article", "ok", "", AT, page)
    catalogue.add_fetch(run, URL, "qinghe", "article", "http_404", "", AT, gone)
    catalogue.add_fetch(run, URL, "qinghe", "article", "robots_disallow", "", AT, robots)

    def ids(**which):
        return [row.id for row in catalogue.captures(**which)]

    assert ids() == [robots, page]
    assert ids(kind="article") == [page]
    assert ids(outcome="http_404") == [gone]
    assert ids(outcome="robots_disallow") == [robots]
    assert ids(outcome=None) == [robots, page, gone]
    assert next(catalogue.captures("article")).at == AT + timedelta(minutes=1)


def test_captures_may_be_read_while_writing(catalogue, monkeypatch):
    monkeypatch.setattr(module, "PAGE", 3)
    run = catalogue.start_run("crawl", "")
    for number in range(7):
        add(catalogue, run, number)
    seen = []
    for row in catalogue.captures(outcome=None):
        seen.append(row.id)
        catalogue.add_reading(row.digest, "1", "{}")
    assert seen == [1, 2, 3, 4, 5, 6, 7]


def test_a_row_comes_back_as_it_was_told(catalogue):
    run = catalogue.start_run("crawl", "")
    add(catalogue, run, 3)
    (row,) = catalogue.captures(outcome=None)
    told = (row.run, row.site, row.url, row.kind, row.status, row.media_type, row.revisit)
    assert told == (run, "qinghe", f"{URL}?3", "article", 200, "text/html", False)
    first = catalogue.first_with_digest("sha256:03")
    assert first.kept == replace(KEPT, record_id="<urn:uuid:3>", digest="sha256:03")
    assert (first.url, first.at) == (row.url, row.at)
    assert catalogue.first_with_digest("sha256:99") is None
    assert catalogue.committed_ends() == {KEPT.file: 900}


def test_a_moment_something_else_wrote_is_named(catalogue):
    add(catalogue, catalogue.start_run("crawl", ""), 1)
    catalogue.db.execute("UPDATE captures SET at = 'yesterday'")
    with pytest.raises(CatalogueError, match="'yesterday'"):
        list(catalogue.captures(outcome=None))


def test_the_registry_is_replaced_whole(catalogue):
    run = catalogue.start_run("crawl", "")
    catalogue.mirror_registry([SITE], [BODY])
    add(catalogue, run, 1)
    renamed = replace(SITE, name="清河市人民政府", hosts=("a.example", "b.example"))
    catalogue.mirror_registry([renamed], [replace(BODY, id="990100-hrss", owes_to=2024)])
    (site,), (agency,) = catalogue.db["sites"].rows, catalogue.db["agencies"].rows
    assert (site["name"], site["hosts"]) == ("清河市人民政府", '["a.example", "b.example"]')
    assert (agency["id"], agency["aliases"], agency["owes_to"]) == (
        "990100-hrss",
        '["市政府"]',
        2024,
    )
    catalogue.mirror_registry([], [])
    assert catalogue.db["sites"].count == 0


def test_the_first_sighting_of_a_lead_stays(catalogue):
    catalogue.add_lead(URL, "first", "unregistered host", None, AT)
    catalogue.add_lead(URL, "second", "unregistered host", None, AT)
    assert [row["title"] for row in catalogue.db["leads"].rows] == ["first"]


def test_readings_and_builds(catalogue):
    assert catalogue.reading("sha256:00", "1") is None
    catalogue.add_reading("sha256:00", "1", "{}")
    catalogue.add_reading("sha256:00", "1", '{"a": 1}')
    assert catalogue.reading("sha256:00", "1") == '{"a": 1}'
    assert catalogue.reading("sha256:00", "2") is None
    assert catalogue.last_build() is None
    catalogue.add_build(0, "1", "sha256:22")
    second = catalogue.add_build(12, "1", "sha256:33")
    last = catalogue.last_build()
    assert (last.id, last.after_fetch, last.content_hash) == (second, 12, "sha256:33")


def test_a_revisit_answers_with_its_own_headers_and_the_first_body(tmp_path):
    with archive(tmp_path) as made:
        made.keep(exchange(URL, b"same"))
        made.keep(exchange(URL, b"same", (("X-Second", "yes"),), status=203))
        made.keep_file("file:///home/me/a.doc", b"same", "application/msword")
        assert list((tmp_path / "warc").glob(f"*{OPEN}"))  # readable before they are closed
        first, second, third = map(made.catalogue.payload_of, made.catalogue.captures(outcome=None))
    assert {first.body, second.body, third.body} == {b"same"}
    assert (second.status, second.headers[0]) == (203, ("X-Second", "yes"))
    assert (third.status, third.headers) == (None, (("Content-Type", "application/msword"),))
    assert not second.revisit


def test_a_revisit_of_nothing_is_named(tmp_path):
    with archive(tmp_path) as made:
        made.keep(exchange(URL, b"same"))
        made.keep(exchange(URL, b"same"))
        *_, second = made.catalogue.captures()
        made.catalogue.db.execute("UPDATE captures SET digest = 'sha256:00' WHERE id = 1")
        with pytest.raises(CatalogueError, match="kept nowhere"):
            made.catalogue.payload_of(second)
