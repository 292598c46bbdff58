"""Same content is one version; the current one is the body's own; what changed is a row."""

import pytest
from documents import HOME, WATER, Visit, ask, handed_in, paper, run
from hypothesis import given
from hypothesis import strategies as some

from archive.publish import build
from archive.versions import Document, Judged, Seen, current, renditions, versions

PAGE, OTHER = f"{HOME}2023.html", f"{HOME}old.html"
MIRROR = "http://www.ty5588.example/2023.html"
FILE = f"{HOME}2023.doc"
ID = "990100-water-2023"
BARE = paper(tables=())
FIRST = paper(cells={"applications/granted/total": "1"})
SECOND = paper(cells={"applications/granted/total": "2"}, prose="工作更加平稳。")
FIRST_AGAIN = FIRST.body + b"<!-- visitor 4711 -->"
CONVERTED = paper(cells={"applications/granted/total": "1"}, prose="關(guān)務(wù)" * 9)


def own(paper, url=PAGE):
    return Visit(url, getattr(paper, "body", paper))


def attached(paper, url=FILE):
    return Visit(url, paper.body, kind="attachment")


def copy(paper):
    return handed_in(MIRROR, paper.body)


# Runs, then: for each version its address and whether it is authentic; the number of the current.
CASES = {
    "seen_once": ([[own(FIRST)]], [(PAGE, 1)], 1),
    "the_same_bytes_again": ([[own(FIRST)], [own(FIRST)]], [(PAGE, 1)], 1),
    "other_markup_same_words": ([[own(FIRST)], [own(FIRST_AGAIN)]], [(PAGE, 1)], 1),
    "edited_in_silence": ([[own(FIRST)], [own(SECOND)]], [(PAGE, 1), (PAGE, 1)], 2),
    "edited_and_edited_back": (
        [[own(FIRST)], [own(SECOND)], [own(FIRST)]],
        [(PAGE, 1), (PAGE, 1)],
        1,
    ),
    "the_same_at_two_addresses": ([[own(FIRST), own(FIRST, OTHER)]], [(PAGE, 1)], 1),
    "two_contents_in_one_run_stand_in_the_order_of_addresses": (
        [[own(FIRST, OTHER), own(SECOND, PAGE)]],
        [(PAGE, 1), (OTHER, 1)],
        2,
    ),
    "a_copy_never_takes_the_place_of_the_body_s_own": (
        [[own(FIRST)], [copy(CONVERTED)]],
        [(PAGE, 1), (MIRROR, 0)],
        1,
    ),
    "the_body_s_own_takes_the_place_of_a_copy": (
        [[copy(CONVERTED)], [own(FIRST)]],
        [(MIRROR, 0), (PAGE, 1)],
        2,
    ),
    "a_faithful_copy_is_still_a_copy": (
        [[own(FIRST)], [copy(FIRST)]],
        [(PAGE, 1), (MIRROR, 0)],
        1,
    ),
    "of_copies_the_last_is_shown": (
        [[copy(CONVERTED)], [copy(FIRST)]],
        [(MIRROR, 0), (MIRROR, 0)],
        2,
    ),
    "a_file_attached_to_the_page_is_no_version": (
        [[own(FIRST), attached(SECOND)]],
        [(PAGE, 1)],
        1,
    ),
    "a_file_that_was_there_first_is_no_version_either": (
        [[attached(SECOND)], [own(FIRST)]],
        [(PAGE, 1)],
        1,
    ),
    "a_page_without_tables_gives_way_to_the_file_that_has_them": (
        [[own(BARE), attached(FIRST)], [attached(SECOND)]],
        [(FILE, 1), (FILE, 1)],
        2,
    ),
    "a_page_that_gets_its_tables_later_was_a_version_before": (
        [[own(BARE)], [own(FIRST)]],
        [(PAGE, 1), (PAGE, 1)],
        2,
    ),
    "without_any_table_the_page_counts": ([[own(BARE), attached(BARE)]], [(PAGE, 1)], 1),
    "a_file_alone_is_the_report": ([[attached(FIRST)]], [(FILE, 1)], 1),
    "a_copy_with_tables_does_not_set_the_body_s_own_file_aside": (
        [[copy(FIRST)], [attached(SECOND)]],
        [(MIRROR, 0), (FILE, 1)],
        2,
    ),
    "handed_in_without_an_address_it_is_the_body_s_until_something_speaks_against_it": (
        [[handed_in("file:///home/anna/Nachlass/2023.html", FIRST.body)]],
        [("file:2023.html", 1)],
        1,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_versions_of_a_report(name, tmp_path):
    runs, expected, now = CASES[name]
    for number, visits in enumerate(runs):
        run(tmp_path, *visits, late=number)
    build(tmp_path)
    found = ask(tmp_path, "SELECT number, url, authentic FROM versions ORDER BY number")
    assert found == [(n, *version) for n, version in enumerate(expected, start=1)]
    url, authentic = expected[now - 1]
    sql = "SELECT id, version, versions, url, authentic FROM reports"
    assert ask(tmp_path, sql) == [(ID, now, len(expected), url, authentic)]


def test_a_report_s_other_form_is_named_among_what_became_no_version(tmp_path):
    run(tmp_path, own(FIRST), attached(SECOND))
    assert build(tmp_path).unread == {"rendition": 1}
    assert ask(tmp_path, "SELECT url, reason, detail FROM unread") == [(FILE, "rendition", ID)]
    assert ask(tmp_path, "SELECT count(*) FROM changes") == [0]


def test_a_version_was_seen_from_its_first_capture_to_its_last(tmp_path):
    for late in (0, 7, 30):
        run(tmp_path, own(FIRST), late=late)
    build(tmp_path)
    assert ask(tmp_path, "SELECT first_seen, last_seen, capture FROM versions") == [
        ("2026-03-01T08:30:00Z", "2026-03-31T08:30:00Z", 1)
    ]


def test_what_changed_is_told_cell_by_cell_and_section_by_section(tmp_path):
    renamed = paper(publisher=WATER, tables=("applications",), others="", pictures=("remedies",))
    for late, each in enumerate((FIRST, SECOND, renamed)):
        run(tmp_path, own(each), late=late)
    build(tmp_path)
    first = 'SELECT sheet, row, "column", before, after FROM changes WHERE from_version = 1'
    assert ask(tmp_path, first) == [
        ("section", "一", "text", "工作平稳。", "工作更加平稳。"),
        ("applications", "granted", "total", "1", "2"),
    ]
    second = ask(
        tmp_path,
        "SELECT sheet, before, after, count(*) FROM changes WHERE from_version = 2"
        " AND \"column\" <> 'text' GROUP BY sheet, before, after ORDER BY 1, 2, 3",
    )
    assert second == [
        ("applications", "0", "", 174),
        ("applications", "2", "", 1),
        ("proactive", "0", None, 10),
        ("remedies", "0", None, 15),
        ("section", None, "image", 1),
    ]


def test_a_copy_between_two_versions_is_no_change(tmp_path):
    for late, each in enumerate((own(FIRST), copy(CONVERTED), own(SECOND))):
        run(tmp_path, each, late=late)
    build(tmp_path)
    assert ask(tmp_path, "SELECT DISTINCT from_version, to_version FROM changes") == [(1, 3)]


def test_of_a_copy_the_prose_is_shown_and_no_figure(tmp_path):
    run(tmp_path, copy(CONVERTED))
    build(tmp_path)
    assert ask(tmp_path, "SELECT authentic, errors, warnings FROM reports") == [(0, 2, 3)]
    assert ask(tmp_path, "SELECT heading, text FROM sections LIMIT 1") == [
        ("一、总体情况", "关务" * 9)
    ]
    for table in ("proactive", "applications", "remedies", "remarks", "cells"):
        assert ask(tmp_path, f"SELECT count(*) FROM {table}") == [0]
    why = ask(tmp_path, "SELECT rule FROM flags WHERE severity = 'warning' ORDER BY 1")
    assert why == ["host_not_registered", "pronunciation_glosses", "traditional_script"]


# ------------------------------------------------------------------ order, without an archive


def judged(run, url, content, authentic, capture, last_run=None, attached=False, has_table=True):
    first = Seen(capture, run, url, f"2026-03-{run:02}")
    last = Seen(capture + 100, last_run or run, url, f"2026-03-{last_run or run:02}")
    document = Document(f"sha256:{capture}", "qinghe", attached, first, last)
    return Judged(document, content, authentic, has_table)


DOCUMENTS = some.lists(
    some.builds(
        judged,
        run=some.integers(1, 3),
        url=some.sampled_from("abc"),
        content=some.sampled_from("xyz"),
        authentic=some.booleans(),
        capture=some.integers(1, 99),
        last_run=some.sampled_from([None, 4, 5]),
        attached=some.booleans(),
        has_table=some.booleans(),
    ),
    min_size=1,
    unique_by=lambda each: each.document.first.capture,
)


@given(documents=DOCUMENTS, data=some.data())
def test_the_order_of_arrival_makes_no_difference(documents, data):
    shuffled = data.draw(some.permutations(documents))
    assert versions(shuffled) == versions(documents)


@given(documents=DOCUMENTS)
def test_every_document_is_in_one_version_and_the_current_one_is_the_last_authentic(documents):
    found = versions(documents)
    contents = {(each.content, each.authentic) for each in documents}
    assert [version.number for version in found] == list(range(1, len(contents) + 1))
    assert {(version.content, version.authentic) for version in found} == contents
    orders = [version.first.order for version in found]
    assert orders == sorted(orders)
    now = current(found)
    assert now.authentic == any(each.authentic for each in documents)
    rivals = [each.document.last.order for each in documents if each.authentic == now.authentic]
    assert now.last.order == max(rivals)


@given(documents=DOCUMENTS, data=some.data())
def test_a_report_is_never_set_aside_whole_nor_are_its_tables(documents, data):
    aside = renditions(documents)
    left = [each for each in documents if each not in aside]
    for authentic in (True, False):
        before = [each for each in documents if each.authentic == authentic]
        after = [each for each in left if each.authentic == authentic]
        assert bool(after) == bool(before)
        assert any(each.has_table for each in after) == any(each.has_table for each in before)
        assert len({each.document.attached for each in after}) == bool(after)
    shuffled = data.draw(some.permutations(documents))
    assert sorted(map(repr, renditions(shuffled))) == sorted(map(repr, aside))
