"""Bytes kept come back equal, once, through any reader, and after any kill."""

import gzip
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import zlib
from datetime import datetime
from pathlib import Path

import brotli
import pytest
from exchanges import HTML, archive, bodies, exchange, record_kinds, warcio_passes
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.catalogue import Catalogue
from archive.codings import undo, zstd
from archive.errors import (
    ContentCodingUnknown,
    ContentDamaged,
    ContentTooLarge,
    DamagedRecord,
    RevisitUnresolved,
    StoreError,
)
from archive.store import Recovered, Store, payload, recover
from archive.verify import verify

URL = "http://www.qinghe.example/nb/2023.html?页=1".replace("页", "%E9%A1%B5")
TEXT = st.text(st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters="\x7f\x85"))
SILENT = {"deadline": None, "max_examples": 60}


def nothing_known(digest):
    return None


@settings(**SILENT)
@given(body=st.binary(max_size=5000), value=TEXT, reason=TEXT, status=st.integers(100, 599))
def test_what_is_kept_comes_back(body, value, reason, status):
    headers = (("X-Sent", value), ("Content-Length", str(len(body))))
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder), "1", nothing_known) as store:
        sent = exchange(URL, body, headers, status=status, reason=reason)
        kept = store.keep(sent, "qinghe")
        back = payload(Path(folder), kept.file, kept.offset)
    assert (back.status, back.headers, back.body) == (status, headers, body)
    assert back.content == body
    assert kept.size == len(body)


@settings(**SILENT)
@given(body=st.binary(min_size=1, max_size=5000), as_file=st.booleans())
def test_the_same_bytes_are_kept_once(body, as_file):
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        with archive(data) as made:
            first = made.keep(exchange(URL, body))
            if as_file:
                again = made.keep_file("file:///home/me/2023.html", body)
            else:
                again = made.keep(exchange(URL, body, status=203))
        kinds = [
            kind for path in sorted((data / "warc").glob("*.gz")) for kind in record_kinds(path)
        ]
        assert kinds.count("response") == kinds.count("revisit") == 1
        assert bodies(data) == {first: body, again: body}
        assert warcio_passes(data)
        assert list(verify(data, lambda done, total: None)) == []


def test_the_records_of_a_file(tmp_path):
    with archive(tmp_path) as made:
        made.keep(exchange(URL, b"one"))
        made.keep(exchange(URL, b""))
        made.keep(exchange(URL, b"one"))
        made.keep(exchange(URL, b""))
    beside = ["request", "metadata"]
    kept = ["response", *beside, "response", *beside, "revisit", *beside, "response", *beside]
    assert record_kinds(tmp_path / "warc" / "1-qinghe-00001.warc.gz") == ["warcinfo", *kept]
    assert warcio_passes(tmp_path)


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ((), (("Content-Length", "4"),)),
        ((("content-length", "4"),), (("content-length", "4"),)),
        (
            (("Content-Length", "9000"),),
            (("X-Archive-Orig-Content-Length", "9000"), ("Content-Length", "4")),
        ),
        (
            (("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip")),
            (
                ("X-Archive-Orig-Transfer-Encoding", "chunked"),
                ("Content-Encoding", "gzip"),
                ("Content-Length", "4"),
            ),
        ),
        # 中文 in GBK, as portals send file names in Content-Disposition
        ((("X", "\xd6\xd0\xce\xc4"),), (("X", "\xd6\xd0\xce\xc4"), ("Content-Length", "4"))),
        ((("X", "a\r\nEvil: b"),), (("X", "a Evil: b"), ("Content-Length", "4"))),
    ],
)
def test_headers_describe_the_body_as_stored(tmp_path, sent, stored):
    with Store(tmp_path, "1", nothing_known) as store:
        kept = store.keep(exchange(URL, b"body", sent), "qinghe")
    assert payload(tmp_path, kept.file, kept.offset).headers == stored


def test_a_revisit_alone_holds_no_body(tmp_path):
    with archive(tmp_path) as made:
        made.keep(exchange(URL, b"one"))
        made.keep(exchange(URL, b"one"))
        *_, again = made.catalogue.captures()
    found = payload(tmp_path / "warc", again.file, again.offset)
    assert (found.revisit, found.body) == (True, b"")
    with pytest.raises(RevisitUnresolved):
        _ = found.content


def test_files_are_open_until_closed_and_rotate(tmp_path):
    store = Store(tmp_path, "1", nothing_known, rotate=3000)
    for body in (b"1", random.Random(1).randbytes(4000), b"3"):
        store.keep(exchange(URL, body), "a.example")
    store.keep(exchange(URL, b"4"), "b.example")
    written = [
        "1-a.example-00001.warc.gz",
        "1-a.example-00002.warc.gz",
        "1-b.example-00001.warc.gz",
    ]
    still_open = [written[0], f"{written[1]}.open", f"{written[2]}.open"]
    assert sorted(path.name for path in tmp_path.glob("*.gz*")) == still_open
    store.close()
    store.close()
    assert sorted(path.name for path in tmp_path.glob("*.gz*")) == written
    with pytest.raises(StoreError, match="closed"):
        store.keep(exchange(URL, b"5"), "a.example")
    with Store(tmp_path, "1", nothing_known) as resumed:
        kept = resumed.keep(exchange(URL, b"6"), "a.example")
    assert kept.file == "1-a.example-00003.warc.gz"


@pytest.mark.parametrize("group", ["", "../x", "a/b", ".open", "a b", "清河"])
def test_a_group_must_do_as_a_file_name(tmp_path, group):
    with Store(tmp_path, "1", nothing_known) as store, pytest.raises(StoreError, match="file name"):
        store.keep(exchange(URL, b""), group)


@pytest.mark.parametrize("url", ["http://a.example/a b", "http://a.example/\r\nX: y", "/nb/"])
def test_a_url_must_fit_its_header(tmp_path, url):
    with Store(tmp_path, "1", nothing_known) as store, pytest.raises(StoreError, match="encode"):
        store.keep(exchange(url, b""), "a")


def test_a_moment_must_have_a_zone(tmp_path):
    with Store(tmp_path, "1", nothing_known) as store, pytest.raises(StoreError, match="UTC"):
        store.keep(exchange(URL, b"", at=datetime(2026, 3, 1)), "a")


@pytest.mark.parametrize("before", [0, 1])
def test_a_failed_write_leaves_the_file_as_it_was(tmp_path, before):
    """A file size limit stands in for a full disk: the write stops part way."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Store(tmp_path, "1", nothing_known) as store:
        for _ in range(before):
            store.keep(exchange(URL, b"small"), "a")
        sizes = {path.name: path.stat().st_size for path in tmp_path.glob("*.gz*")}
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
        try:
            with pytest.raises(StoreError, match="cannot be written"):
                store.keep(exchange(URL, random.Random(2).randbytes(50_000)), "a")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert {path.name: path.stat().st_size for path in tmp_path.glob("*.gz*")} == sizes
        kept = store.keep(exchange(URL, b"after"), "a")
    assert payload(tmp_path, kept.file, kept.offset).body == b"after"


def test_another_writer_is_noticed(tmp_path):
    with Store(tmp_path, "1", nothing_known) as store:
        kept = store.keep(exchange(URL, b"one"), "a")
        with (tmp_path / f"{kept.file}.open").open("ab") as stream:
            stream.write(b"stranger")
        with pytest.raises(StoreError, match="another program"):
            store.keep(exchange(URL, b"two"), "a")


@pytest.mark.parametrize(
    ("file", "offset"), [("none.warc.gz", 0), (None, 0), (None, 1), (None, -1), (None, 10**9)]
)
def test_a_wrong_address_is_named(tmp_path, file, offset):
    with Store(tmp_path, "1", nothing_known) as store:
        kept = store.keep(exchange(URL, b"one"), "a")
    with pytest.raises(DamagedRecord, match=" at "):
        payload(tmp_path, file or kept.file, offset)


PLAIN = "政府信息公开".encode() * 100
RAW_DEFLATE = zlib.compressobj(wbits=-15)
SENT = {
    "": PLAIN,
    "identity": PLAIN,
    "gzip": gzip.compress(PLAIN[:7]) + gzip.compress(PLAIN[7:]) + b"\0\0",
    "X-GZip": gzip.compress(PLAIN),
    "deflate": zlib.compress(PLAIN),
    "Deflate": RAW_DEFLATE.compress(PLAIN) + RAW_DEFLATE.flush(),
    "br": brotli.compress(PLAIN),
    "zstd": zstd.compress(PLAIN[:7]) + zstd.compress(PLAIN[7:]),
    "gzip, br": brotli.compress(gzip.compress(PLAIN)),
}
COMPRESSED = sorted(set(SENT) - {"", "identity"})


@pytest.mark.parametrize("coding", SENT)
def test_content_encoding_is_undone(tmp_path, coding):
    headers = (*HTML, ("content-encoding", coding))
    with Store(tmp_path, "1", nothing_known) as store:
        kept = store.keep(exchange(URL, SENT[coding], headers), "a")
    back = payload(tmp_path, kept.file, kept.offset)
    assert (back.body, back.content) == (SENT[coding], PLAIN)
    assert undo(b"", coding, 0) == b""


@pytest.mark.parametrize("coding", SENT)
def test_content_has_a_bound(coding):
    assert undo(SENT[coding], coding, len(PLAIN)) == PLAIN
    with pytest.raises(ContentTooLarge, match="bytes allowed"):
        undo(SENT[coding], coding, len(PLAIN) - 1)


@pytest.mark.parametrize("coding", COMPRESSED)
def test_a_body_cut_short_is_refused(coding):
    with pytest.raises(ContentDamaged, match="cut short"):
        undo(SENT[coding][: len(SENT[coding]) // 2], coding, 10_000)


@pytest.mark.parametrize("coding", COMPRESSED)
def test_a_body_that_is_not_what_it_says_is_refused(coding):
    with pytest.raises(ContentDamaged, match="is damaged"):
        undo(b"<html>not compressed at all</html>", coding, 10_000)


def test_an_unknown_coding_is_named():
    with pytest.raises(ContentCodingUnknown, match="'compress'"):
        undo(PLAIN, "compress", 10_000)


CRAWL = """
import random, resource, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from exchanges import Archive, exchange
made = Archive(Path(sys.argv[1]), rotate=8_000_000)
random = random.Random(int(sys.argv[3]))
if limit := int(sys.argv[4]):
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
while True:
    body = random.randbytes(random.choice([10, 5_000, 500_000]))
    print("keeping", flush=True)
    for _ in range(2):
        made.keep(exchange("http://a.example/x", body), random.choice("abc"))
"""


def crawl(data, seed, limit=0):
    command = [sys.executable, "-c", CRAWL, str(data), str(Path(__file__).parent)]
    return subprocess.Popen([*command, str(seed), str(limit)], stdout=subprocess.PIPE)


def bytes_on_disk(data):
    return sum(path.stat().st_size for path in (data / "warc").glob("*.open"))


def recovered_whole(data):
    """Recover, see that nothing acknowledged is lost, and return the bytes that were cut."""
    with Catalogue(data) as catalogue:
        done = recover(data / "warc", catalogue.committed_ends())
    assert not list((data / "warc").glob("*.open"))
    assert warcio_passes(data)
    assert list(verify(data, lambda done, total: None)) == []
    assert len(bodies(data)) >= 1
    return sum(file.bytes for file in done)


@pytest.mark.parametrize("seed", range(4))
def test_a_kill_while_keeping_loses_nothing_acknowledged(tmp_path, seed):
    for attempt in range(3):
        with crawl(tmp_path, seed + attempt) as killed:
            for _ in range(2 + 2 * attempt):
                assert killed.stdout.readline() == b"keeping\n"
            size = bytes_on_disk(tmp_path)
            while bytes_on_disk(tmp_path) == size:
                pass  # killed as soon as it writes: mostly between the write and the commit
            os.kill(killed.pid, signal.SIGKILL)
        recovered_whole(tmp_path)


@pytest.mark.parametrize("limit", [600_001, 1_234_567, 3_000_000])
def test_a_death_in_the_middle_of_a_write_loses_nothing_acknowledged(tmp_path, limit):
    """The kernel kills at a file size limit, when the write has got just that far."""
    for attempt in range(2):
        with crawl(tmp_path, attempt, limit) as killed:
            killed.communicate()
        assert killed.returncode == -signal.SIGXFSZ
        assert recovered_whole(tmp_path) > 0


@settings(**SILENT)
@given(torn=st.binary(max_size=300), whole=st.booleans())
def test_recovery_cuts_what_was_never_catalogued(torn, whole):
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        with archive(data) as made:
            made.keep(exchange(URL, b"one"))
            if whole:
                made.store.keep(exchange(URL, b"two"), "qinghe")
            made.store.keep(exchange(URL, b"other"), "never-catalogued")
            made.die()
        (left, lost) = sorted((data / "warc").glob("*.open"), reverse=True)
        with left.open("ab") as stream:
            stream.write(torn)
        size = left.stat().st_size
        with Catalogue(data) as catalogue:
            ends = catalogue.committed_ends()
            found = {done.file: done for done in recover(data / "warc", ends)}
        name = left.name.removesuffix(".open")
        action = "cut" if size > ends[name] else "closed"
        assert found[name] == Recovered(name, action, size - ends[name])
        assert found[lost.name.removesuffix(".open")].action == "removed"
        assert list(verify(data, lambda done, total: None)) == []
        assert list(bodies(data).values()) == [b"one"]


def test_a_full_file_is_not_closed_before_it_is_catalogued(tmp_path):
    with archive(tmp_path, rotate=1) as made:
        made.keep(exchange(URL, b"one"))
        made.store.keep(exchange(URL, b"two"), "qinghe")
        made.die()
        done = recover(tmp_path / "warc", made.catalogue.committed_ends())
    assert [file.action for file in done] == ["removed"]
    assert list(verify(tmp_path, lambda done, total: None)) == []


def test_recovery_says_when_catalogued_bytes_are_gone(tmp_path):
    with archive(tmp_path) as made:
        made.keep(exchange(URL, b"one"))
        (left,) = (tmp_path / "warc").glob("*.open")
        os.truncate(left, left.stat().st_size - 3)
        made.die()
        (done,) = recover(tmp_path / "warc", made.catalogue.committed_ends())
    assert (done.action, done.bytes) == ("short", 3)


def test_recovery_leaves_a_living_run_alone(tmp_path):
    with archive(tmp_path) as made:
        made.keep(exchange(URL, b"one"))
        assert recover(tmp_path / "warc", {}) == ()
        made.keep(exchange(URL, b"two"))
    assert recover(tmp_path / "warc", {}) == ()
    assert len(bodies(tmp_path)) == 2


def test_nothing_is_overwritten(tmp_path):
    store = Store(tmp_path, "1", nothing_known)
    kept = store.keep(exchange(URL, b"one"), "a")
    (tmp_path / kept.file).write_bytes(b"precious")
    with pytest.raises(StoreError, match="not overwritten"):
        store.close()
    assert (tmp_path / kept.file).read_bytes() == b"precious"
