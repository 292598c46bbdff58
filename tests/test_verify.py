"""Whatever happens to an archive afterwards, verify names it, and never stumbles itself."""

import sqlite3
import tracemalloc
from contextlib import closing
from random import Random
from shutil import copytree

import pytest
from exchanges import archive, exchange
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.catalogue import Catalogue
from archive.errors import CatalogueError
from archive.store import Store
from archive.verify import verify

URL = "http://www.qinghe.example/nb/2023.html"
FILE = "1-qinghe-00001.warc.gz"


def found(data):
    return list(verify(data, lambda done, total: None))


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    data = tmp_path_factory.mktemp("sound")
    with archive(data) as made:
        made.keep(exchange(URL, b"one"))
        made.keep(exchange(URL, b"one"))
        made.keep(exchange(f"{URL}?2", Random(3).randbytes(3000)))
        made.keep_file("file:///home/me/a.doc", b"in hand", "application/msword")
    return data


@pytest.fixture
def data(sound, tmp_path):
    return copytree(sound, tmp_path / "data")


def test_a_sound_archive_has_no_problem(sound):
    seen = []
    assert list(verify(sound, lambda done, total: seen.append((done, total)))) == []
    size = sum(path.stat().st_size for path in (sound / "warc").glob("*.gz"))
    assert seen[0] == (0, size)
    assert seen[-1] == (size, size)
    assert seen == sorted(seen)


@settings(deadline=None, max_examples=300)
@given(choice=st.data())
def test_any_changed_byte_is_found_and_its_record_named(sound, choice):
    path = choice.draw(st.sampled_from(sorted((sound / "warc").glob("*.gz"))))
    kept = path.read_bytes()
    at = choice.draw(st.integers(0, len(kept) - 1))
    flipped = kept[at] ^ choice.draw(st.integers(1, 255))
    try:
        path.write_bytes(kept[:at] + bytes([flipped]) + kept[at + 1 :])
        (problem,) = found(sound)
    finally:
        path.write_bytes(kept)
    with Catalogue(sound) as catalogue:
        rows = catalogue.captures_in(path.name)
        (row,) = [row for row in rows if row.span_from <= at < row.span_to]
    assert (problem.file, problem.offset, problem.what) == (path.name, row.offset, "damaged")
    assert problem.record == row.record_id
    assert row.url in problem.sentence


@settings(deadline=None, max_examples=60)
@given(choice=st.data(), patch=st.binary(max_size=40))
def test_bytes_lost_or_added_are_found(sound, choice, patch):
    path = sound / "warc" / FILE
    kept = path.read_bytes()
    start = choice.draw(st.integers(0, len(kept)))
    end = choice.draw(st.integers(start, len(kept)))
    changed = kept[:start] + patch + kept[end:]
    try:
        path.write_bytes(changed)
        problems = found(sound)
    finally:
        path.write_bytes(kept)
    assert bool(problems) == (changed != kept)


def unlink(data):
    (data / "warc" / FILE).unlink()


def hide_behind_a_loop(data):
    (data / "warc" / "1-loop-00001.warc.gz").symlink_to("1-loop-00001.warc.gz")


def leave_open(data):
    (data / "warc" / FILE).rename(data / "warc" / f"{FILE}.open")


def drop_a_note(data):
    (data / "warc" / "notes.txt").write_text("mine")


def forget_a_capture(data):
    change(data, "DELETE FROM fetches WHERE capture = 3", "DELETE FROM captures WHERE id = 3")


def keep_without_cataloguing(data):
    with Store(data / "warc", "2", lambda digest: None) as store:
        store.keep(exchange(URL, b"never catalogued"), "qinghe")


def garble_the_database(data):
    size = (data / "archive.db").stat().st_size
    with (data / "archive.db").open("r+b") as stream:
        stream.seek(4096)
        stream.write(Random(1).randbytes(size - 4096))


def replace_the_database(data):
    (data / "archive.db").write_bytes(b"This is no database at all." * 200)


def change(data, *statements):
    with closing(sqlite3.connect(data / "archive.db")) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()


def sql(statement):
    return lambda data: change(data, statement)


def row(capture, now):
    return sql(f"UPDATE captures SET {now} WHERE id = {capture}")


@pytest.mark.parametrize(
    ("vandal", "whats", "said"),
    [
        (unlink, {"missing"}, "with it 3 captures"),
        (leave_open, {"unclosed"}, "a run that died"),
        (hide_behind_a_loop, {"damaged"}, "cannot be read"),
        (drop_a_note, {"uncatalogued"}, "notes.txt is no part"),
        (forget_a_capture, {"uncatalogued"}, "The response record about"),
        (keep_without_cataloguing, {"uncatalogued"}, "The warcinfo record about"),
        (garble_the_database, {"catalogue"}, "database"),
        (replace_the_database, {"catalogue"}, "not a database"),
        (sql("UPDATE fetches SET capture = 99 WHERE id = 1"), {"catalogue"}, "of captures"),
        (row(1, "digest = 'x'"), {"dangling", "mismatch"}, "digest x"),
        (row(3, "size = 9"), {"mismatch"}, "size 9"),
        (row(2, "size = 9"), {"dangling"}, "no earlier capture"),
        (row(2, "url = 'x'"), {"mismatch"}, "url x"),
        (row(1, "length = 9"), {"mismatch"}, "length 9"),
        (row(1, "record_id = 'x'"), {"mismatch"}, "belongs to"),
        (row(3, "at = '2020-01-01T00:00:00Z'"), {"mismatch"}, "date"),
        (row(3, "at = 'x'"), {"catalogue"}, "no moment"),
        (row(2, "revisit = 0"), {"mismatch"}, "revisit"),
        (row(1, "offset = 7"), {"mismatch"}, "no record begins at 7"),
        (row(1, "offset = -7"), {"mismatch"}, "at -7"),
        (row(3, "span_to = span_to + 1"), {"damaged"}, "file ends"),
        (row(3, "span_to = -1"), {"damaged", "uncatalogued"}, "changed"),
        (row(1, "span_from = -1"), {"damaged", "mismatch"}, "changed"),
        (row(1, "span_to = 0"), {"damaged", "uncatalogued"}, "warcinfo"),
        (row(3, "file = 'x'"), {"missing", "uncatalogued"}, "x is gone"),
    ],
)
def test_what_else_may_happen_is_named(data, vandal, whats, said):
    vandal(data)
    problems = found(data)
    assert {problem.what for problem in problems} == whats
    assert any(said in problem.sentence for problem in problems)


def test_no_archive_is_the_callers_mistake(tmp_path):
    with pytest.raises(CatalogueError, match="--data"):
        found(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_living_run_is_no_problem(tmp_path):
    with archive(tmp_path) as made:
        made.keep(exchange(URL, b"one"))
        made.store.keep(exchange(URL, b"about to be catalogued"), "qinghe")
        made.store.keep(exchange(URL, b"and this"), "another")
        assert found(tmp_path) == []
        made.die()
    assert {problem.what for problem in found(tmp_path)} == {"unclosed", "uncatalogued"}


def test_memory_stays_far_below_the_size_of_a_record(tmp_path):
    with archive(tmp_path) as made:
        made.keep(exchange(URL, Random(5).randbytes(20_000_000)))
    tracemalloc.start()
    assert found(tmp_path) == []
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000


def test_a_name_that_leads_out_of_the_archive_is_not_followed(data, tmp_path):
    (tmp_path / "outside").write_bytes(b"")
    change(data, "UPDATE captures SET file = '../../outside' WHERE id = 4")
    assert {problem.what for problem in found(data)} == {"missing", "uncatalogued"}
