"""From kept bytes to published cells: every known figure of the real reports and of the sample."""

import json
from collections import Counter

import pytest
from documents import Visit, ask, handed_in, run
from test_seeds import names

from archive.catalogue import Catalogue
from archive.publish import PUBLIC, build
from crawler.registry import load, mirror
from crawler.sample.bodies import HERE
from crawler.sample.pages import world
from crawler.sample.reports import reports
from crawler.sample.truth import truths
from parsers.form import form

FIGURES = 800
COPY = "003_b55326ad9218f8ea.txt"


@pytest.fixture(scope="module")
def expected(seeds):
    lines = (seeds / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    return {each["file"]: each for each in map(json.loads, filter(str.strip, lines))}


@pytest.fixture(scope="module")
def published(tmp_path_factory, seeds, expected):
    data = tmp_path_factory.mktemp("seeds")
    files = [seeds / name for name in expected]
    run(data, *(handed_in(file.absolute().as_uri(), file.read_bytes()) for file in files))
    build(data)
    return data


def report_of(published, file):
    (found,) = ask(published, "SELECT id FROM reports WHERE url = ?", f"file:{file}")
    return found


def test_every_transcribed_figure_is_published(published, expected):
    right = 0
    for file, each in expected.items():
        sql = 'SELECT sheet, row, "column", value FROM cells WHERE report = ?'
        stored = {tuple(place): v for *place, v in ask(published, sql, report_of(published, file))}
        places = dict(names(form(each["format"]))) if each["values"] else {}
        for label, value in each["values"].items():
            assert stored[places[label]] == value, (file, label)
            right += 1
    assert right == FIGURES


def test_nothing_fails_in_the_reports_whose_tables_were_read(published, expected):
    tabled = [report_of(published, file) for file, each in expected.items() if each["values"]]
    assert len(tabled) == 4
    for report in tabled:
        sql = "SELECT rule, message FROM flags WHERE report = ? AND verdict = 'fails'"
        assert ask(published, sql, report) == []
    states = ask(published, "SELECT proactive, applications, remedies FROM versions ORDER BY url")
    assert Counter(states) == {("read",) * 3: 4, ("missing",) * 3: 1}


def test_the_bodies_are_those_that_report(published, expected):
    bodies = ask(published, "SELECT name FROM agencies WHERE registered = 0")
    assert sorted(bodies) == sorted(each["publisher"] for each in expected.values())
    years = ask(published, "SELECT url, year FROM reports")
    assert dict(years) == {f"file:{file}": each["year"] for file, each in expected.items()}


def test_the_hijacked_copy_is_kept_shown_and_never_counted(published):
    report = report_of(published, COPY)
    assert ask(published, "SELECT form, authentic FROM reports WHERE id = ?", report) == [(None, 0)]
    sections = ask(published, "SELECT number, heading, text FROM sections WHERE report = ?", report)
    assert [number for number, _, _ in sections] == list("一二三四五六")
    headings = "".join(heading for _, heading, _ in sections)
    prose = "".join(text for _, _, text in sections)
    assert "总体情况" in headings
    assert "信息公开" in prose
    assert not set("總體開關務") & set(headings + prose)
    assert "(guān)" not in prose
    flags = ask(published, "SELECT rule, verdict, suspect FROM flags WHERE report = ?", report)
    assert Counter(flags) == {
        ("table_missing", "fails", "source"): 3,
        ("host_not_registered", "cannot_tell", "undecided"): 1,
        ("pronunciation_glosses", "fails", "source"): 1,
        ("traditional_script", "fails", "source"): 1,
        ("foreign_host", "fails", "source"): 1,
    }
    assert ask(published, "SELECT count(*) FROM cells WHERE report = ?", report) == [0]


def test_nothing_published_tells_where_the_files_lay_on_our_disk(published, seeds):
    content = (published / PUBLIC).read_bytes()
    assert f"file:{COPY}".encode() in content
    assert str(seeds).encode() not in content
    assert seeds.absolute().as_uri().encode() not in content


# ------------------------------------------------------------------ the invented portal


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """Archive every report page of the sample as it is served, without a crawl."""
    data = tmp_path_factory.mktemp("sample")
    pages = world(edition=1).pages
    visits = [
        Visit(report.url, pages[report.url].body, report.body.agency.site)
        for report in reports(1)
        if report.url in pages and report.page not in ("soft_404", "fenced")
    ]
    run(data, *visits)
    with Catalogue(data) as catalogue:
        mirror(load([HERE / "sites"]), catalogue)
    build(data)
    return data


def test_every_figure_of_the_sample_is_published_as_its_page_prints_it(sample):
    wrong = [
        (truth.report, place, known, value)
        for truth in truths(1)
        if truth.outcome == "published"
        for place, known, value in figures(sample, truth)
        if value != (None if known.value is None else float(known.value))
    ]
    assert wrong == []


def figures(sample, truth):
    sql = 'SELECT sheet, row, "column", value FROM cells WHERE report = ?'
    stored = {tuple(place): value for *place, value in ask(sample, sql, truth.report)}
    for place, known in truth.cells.items():
        yield place, known, stored.get(place)


def test_every_report_of_the_sample_is_that_of_its_body_and_year(sample):
    owed = {truth.report: truth for truth in truths(1) if truth.outcome == "published"}
    found = ask(sample, "SELECT id, url, title FROM reports")
    assert sorted(found) == sorted((name, each.url, each.title) for name, each in owed.items())
    versions = "SELECT report, form, proactive, applications, remedies FROM versions"
    for name, edition, *states in ask(sample, versions):
        assert states == list(owed[name].tables.values())
        assert edition == (owed[name].form if "read" in states else None)


def test_the_slip_of_the_sample_is_named_by_three_equations(sample):
    failing = "SELECT report, rule, difference FROM flags WHERE verdict = 'fails' AND rule IN"
    found = ask(sample, f"{failing} ('applicant_sum', 'outcome_sum', 'balance') ORDER BY rule")
    assert found == [
        ("990100-market-2022", "applicant_sum", "1"),
        ("990100-market-2022", "balance", "1"),
        ("990100-market-2022", "outcome_sum", "1"),
    ]
