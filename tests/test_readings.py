"""Every document is read once for each version of the reader, whatever it does to the reader."""

import gzip
import json
import sqlite3
from contextlib import closing

import pytest
from documents import HOME, Visit, ask, handed_in, paper, run
from exchanges import AT, exchange

from archive import readings
from archive.catalogue import Catalogue
from archive.inventory import claims, documents, not_read
from archive.placing import Claims
from archive.publish import build
from archive.readings import CHUNK, POOL_FROM, read_new
from archive.store import Store
from parsers import VERSION, read
from parsers.contract import from_json, to_json

REPORT = paper().body
PAGE = f"{HOME}2023.html"


def reading(data, url=PAGE):
    with Catalogue(data) as catalogue:
        (digest,) = {d.digest for d in documents(catalogue) if d.first.url == url}
        return from_json(catalogue.reading(digest, VERSION))


def read_all(data, **options):
    with Catalogue(data) as catalogue:
        return read_new(catalogue, **options)


def test_a_document_is_read_once(tmp_path):
    run(tmp_path, Visit(PAGE, REPORT), Visit(f"{PAGE}?again", REPORT))
    assert read_all(tmp_path) == 1
    run(tmp_path, Visit(PAGE, REPORT), late=7)
    assert read_all(tmp_path) == 0
    assert read_all(tmp_path, again=True) == 1
    assert to_json(reading(tmp_path)) == to_json(read(REPORT, "utf-8"))


def test_another_reader_reads_everything_again(tmp_path, monkeypatch):
    run(tmp_path, Visit(PAGE, REPORT))
    assert read_all(tmp_path) == 1
    monkeypatch.setattr(readings, "VERSION", f"{VERSION}+")
    assert read_all(tmp_path) == 1
    with closing(sqlite3.connect(tmp_path / "archive.db")) as db:
        assert db.execute("SELECT count(*) FROM readings").fetchone() == (2,)


@pytest.mark.parametrize("kind", ["robots", "list"])
def test_what_cannot_hold_a_report_is_not_read(tmp_path, kind):
    run(tmp_path, Visit(HOME, REPORT, kind=kind))
    assert read_all(tmp_path) == 0


def test_what_the_portal_gave_in_place_of_a_report_is_not_read(tmp_path):
    run(tmp_path, Visit(PAGE, REPORT, outcome="soft_404"))
    assert read_all(tmp_path) == 0


def test_progress_is_told_to_the_end(tmp_path):
    count = CHUNK + 2
    run(tmp_path, *(Visit(f"{HOME}{n}", f"<p>{n}".encode()) for n in range(count)))
    told = []
    assert read_all(tmp_path, progress=lambda *said: told.append(said)) == count
    assert told == [(CHUNK, count), (count, count)]


def test_reading_that_was_stopped_goes_on_where_it_was(tmp_path):
    count = CHUNK + 2
    run(tmp_path, *(Visit(f"{HOME}{n}", f"<p>{n}".encode()) for n in range(count)))

    def stop(_done, _of):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_all(tmp_path, progress=stop)
    assert read_all(tmp_path) == 2


def test_many_documents_are_read_in_several_processes_alike(tmp_path):
    pages = {f"{HOME}{n}": f"<p>一、总体情况</p><p>{n}</p>".encode() for n in range(POOL_FROM)}
    run(tmp_path, *(Visit(url, body) for url, body in pages.items()))
    assert read_all(tmp_path) == POOL_FROM
    for url in (f"{HOME}0", f"{HOME}{POOL_FROM - 1}"):
        assert to_json(reading(tmp_path, url)) == to_json(read(pages[url], "utf-8"))


# ------------------------------------------------------------------ bytes as they came

GBK = REPORT.decode().encode("gbk")
CAME = {
    "plain": ((("Content-Type", "text/html; charset=utf-8"),), REPORT),
    "without_a_charset": ((("Content-Type", "text/html"),), REPORT),
    "without_a_type": ((), REPORT),
    "gbk_declared": ((("content-type", 'text/html; Charset="GBK"'),), GBK),
    "gbk_declared_as_utf8": ((("Content-Type", "text/html; charset=utf-8"),), GBK),
    "gzipped": ((("Content-Encoding", "gzip"),), gzip.compress(REPORT)),
}


def keep(data, headers, body):
    with Catalogue(data) as catalogue:
        number = catalogue.start_run("crawl", "a test")
        with Store(data / "warc", "1", catalogue.first_with_digest) as store:
            kept = store.keep(exchange(PAGE, body, headers), "pages")
            told = (PAGE, AT, "article", 200, None, kept)
            capture = catalogue.add_capture(number, "qinghe", *told)
            catalogue.add_fetch(number, PAGE, "qinghe", "article", "ok", "", AT, capture)


@pytest.mark.parametrize("name", CAME)
def test_the_page_is_read_as_a_browser_would_show_it(tmp_path, name):
    keep(tmp_path, *CAME[name])
    read_all(tmp_path)
    found = reading(tmp_path)
    assert (found.publisher, found.year, found.refused) == ("清河市水务局", 2023, None)
    assert found.sheet("applications").value("granted", "total") == 0


BROKEN = {
    "a_gzip_body_cut_short": (gzip.compress(REPORT)[:-9], "gzip", "damaged"),
    "a_coding_nobody_knows": (REPORT, "quantum", "damaged"),
    "a_decompression_bomb": (gzip.compress(bytes(40 << 20)), "gzip", "too_large"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_unpacked_is_refused_with_its_reason(tmp_path, name):
    body, coding, reason = BROKEN[name]
    keep(tmp_path, (("Content-Encoding", coding),), body)
    assert build(tmp_path).unread == {reason: 1}
    ((found, detail),) = ask(tmp_path, "SELECT reason, detail FROM unread")
    assert found == reason
    assert detail


def test_kept_bytes_that_are_damaged_do_not_stop_the_others(tmp_path):
    run(tmp_path, Visit(PAGE, REPORT), Visit(f"{HOME}2022", paper(year=2022).body))
    with Catalogue(tmp_path) as catalogue:
        first = next(catalogue.captures())
    file = tmp_path / "warc" / first.file
    spoilt = bytearray(file.read_bytes())
    spoilt[first.offset + first.length // 2] ^= 0xFF
    file.write_bytes(spoilt)
    summary = build(tmp_path)
    assert (summary.unread, summary.reports) == ({"damaged": 1}, 1)


def test_a_document_our_reader_fails_on_is_named_and_the_others_are_published(
    tmp_path, monkeypatch
):
    def failing(body, charset=None):
        return {}["no such key"] if b"2022" in body else read(body, charset)

    run(tmp_path, Visit(PAGE, REPORT), handed_in("file:///2022.html", paper(year=2022).body))
    monkeypatch.setattr(readings, "read", failing)
    summary = build(tmp_path)
    assert (summary.unread, summary.reports) == ({"reader_fault": 1}, 1)
    found = ask(tmp_path, "SELECT url, reason, detail FROM unread")
    assert found == [("file:2022.html", "reader_fault", "KeyError: 'no such key'")]


# ------------------------------------------------------------------ what the first pass asks


@pytest.mark.parametrize(
    "body", [REPORT, b"%PDF-1.7", b"", "<p>一、总体情况</p>".encode(), paper(publisher="").body]
)
def test_claims_are_what_the_reading_says(tmp_path, body):
    run(tmp_path, Visit(PAGE, body))
    read_all(tmp_path)
    whole = reading(tmp_path)
    with Catalogue(tmp_path) as catalogue:
        assert not_read(catalogue, VERSION) == []
        assert not_read(catalogue, "another") == [1]
        (claim,) = claims(catalogue, VERSION).values()
    assert claim == Claims(
        whole.refused,
        whole.refused_detail,
        whole.form is not None,
        len(whole.sections),
        whole.year,
        whole.publisher,
    )


def test_a_reading_in_the_archive_is_the_printed_contract_and_more(tmp_path):
    run(tmp_path, Visit(PAGE, REPORT))
    read_all(tmp_path)
    with closing(sqlite3.connect(tmp_path / "archive.db")) as db:
        (text,) = db.execute("SELECT json FROM readings").fetchone()
    kept = json.loads(text)
    assert kept.keys() >= {"title", "publisher", "year", "form", "tables", "cells", "refused"}
