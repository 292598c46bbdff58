"""A document belongs to the body it names; nobody is guessed, and ids never move."""

from dataclasses import replace

import pytest
from documents import AGENCIES, HOME, SCHOOLS, WATER, Visit, ask, paper, run

from archive.placing import Claims, Placed, Registry, Unplaced, place, unregistered_id
from archive.publish import build

WATER_ROW, SCHOOLS_ROW = AGENCIES
TWINS = [replace(WATER_ROW, aliases=("鼓楼区水务局",)), replace(SCHOOLS_ROW, name="鼓楼区水务局")]
A_REPORT = Claims(None, "", True, 6, 2023, WATER)

# Cited ids: a body only documents name keeps its id for ever, in every archive.
UNREGISTERED = {
    "清河市博物馆": "x-9d019aa120",
    "清河市 博物馆": "x-9d019aa120",
    "清河市博物館": "x-6bb84fa766",  # another script is another name
}

NAMES = {
    "official": (WATER, "990100-water"),
    "alias": ("清河市水利局", "990100-water"),
    "spaces": ("清河市\u3000水 务局\n", "990100-water"),
    "width": ("ＡＢ区", "x-"),
    "likeness_is_not_enough": ("清河市水务局办公室", "x-"),
    "a_part_is_not_enough": ("水务局", "x-"),
    "empty": ("", "x-"),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_matched_as_written(name):
    publisher, agency = NAMES[name]
    found = Registry(AGENCIES).agency(publisher)
    assert found == agency or (agency == "x-" and found == unregistered_id(publisher))


@pytest.mark.parametrize("name", UNREGISTERED)
def test_the_id_of_a_body_that_only_documents_name_is_made_of_its_name(name):
    assert Registry(AGENCIES).agency(name) == UNREGISTERED[name]


@pytest.mark.parametrize(
    ("site", "agency"),
    [("qinghe", "990100-water"), ("haibin", "990102-edu"), ("yunling", None), (None, None)],
)
def test_a_name_two_bodies_bear_is_nobody_s_but_on_the_site_of_one(site, agency):
    publisher = "鼓楼区水务局"
    found = Registry(TWINS).agency(publisher, site)
    assert found == (agency or unregistered_id(publisher))


def test_a_name_two_bodies_of_one_site_bear_is_nobody_s():
    both = [TWINS[0], replace(TWINS[1], site="qinghe")]
    assert Registry(both).agency("鼓楼区水务局", "qinghe") == unregistered_id("鼓楼区水务局")
    nowhere = [replace(twin, site=None) for twin in TWINS]
    assert Registry(nowhere).agency("鼓楼区水务局", None) == unregistered_id("鼓楼区水务局")


def test_the_same_body_under_two_names_is_one():
    once = replace(WATER_ROW, aliases=(WATER, f" {WATER}"))
    assert Registry([once]).agency(WATER) == "990100-water"


UNPLACED = {
    "refused": ({"refused": "pdf_scan", "detail": "a PDF"}, Unplaced("pdf_scan", "a PDF")),
    "no_table_and_two_headings": ({"has_table": False, "sections": 2}, "not_a_report"),
    "no_year": ({"year": None}, "no_year"),
    "no_publisher": ({"publisher": None}, "no_publisher"),
    "an_empty_publisher": ({"publisher": ""}, "no_publisher"),
    "no_table_and_three_headings": ({"has_table": False, "sections": 3}, None),
    "a_table_and_no_heading": ({"sections": 0}, None),
}


@pytest.mark.parametrize("name", UNPLACED)
def test_a_document_that_is_no_report_says_why(name):
    changes, reason = UNPLACED[name]
    found = place(replace(A_REPORT, **changes), Registry(AGENCIES), "qinghe")
    if reason is None:
        assert found == Placed("990100-water", 2023)
        assert found.report == "990100-water-2023"
    elif isinstance(reason, Unplaced):
        assert found == reason
    else:
        assert (found.reason, bool(found.detail)) == (reason, True)


# ------------------------------------------------------------------ through the archive

DOCUMENTS = {
    # A document's bytes, and the words of the unread row it leaves.
    "half_a_pdf": (b"%PDF-1.7", "damaged"),
    "a_page_without_headings": ("<p>局长信箱</p>".encode(), "not_a_report"),
    "two_headings": ("<p>一、总体情况</p><p>六、其他需要报告的事项</p>".encode(), "not_a_report"),
    "no_year_anywhere": (paper().body.replace(b"2023", b""), "no_year"),
    "no_name_anywhere": (paper(publisher="").body, "no_publisher"),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_became_no_report_is_published_with_the_reason(tmp_path, name):
    body, reason = DOCUMENTS[name]
    run(tmp_path, Visit(HOME, body))
    assert build(tmp_path).unread == {reason: 1}
    assert ask(tmp_path, "SELECT capture, url, reason FROM unread") == [(1, HOME, reason)]
    assert ask(tmp_path, "SELECT count(*) FROM reports") == [0]


def test_the_same_document_twice_is_one_unread_row(tmp_path):
    run(tmp_path, Visit(HOME, b"%PDF-1.7"))
    run(tmp_path, Visit(HOME, b"%PDF-1.7"), late=7)
    build(tmp_path)
    assert ask(tmp_path, "SELECT capture FROM unread") == [1]


def test_registered_bodies_and_those_only_documents_name_are_told_apart(tmp_path):
    museum = "清河市博物馆"
    run(
        tmp_path,
        Visit(f"{HOME}1", paper().body),
        Visit(f"{HOME}2", paper(publisher=museum).body),
        Visit(f"{HOME}3", paper(publisher=museum, year=2022).body),
    )
    build(tmp_path)
    assert ask(tmp_path, "SELECT id, name, registered, site FROM agencies ORDER BY id") == [
        ("990100-water", WATER, 1, "qinghe"),
        ("990102-edu", SCHOOLS, 1, "haibin"),
        (unregistered_id(museum), museum, 0, None),
    ]
    assert ask(tmp_path, "SELECT id FROM reports ORDER BY id") == [
        "990100-water-2023",
        f"{unregistered_id(museum)}-2022",
        f"{unregistered_id(museum)}-2023",
    ]


def test_a_body_that_enters_the_registry_takes_its_reports_with_it(tmp_path):
    museum = "清河市博物馆"
    run(tmp_path, Visit(HOME, paper(publisher=museum).body))
    build(tmp_path)
    run(tmp_path, agencies=[replace(WATER_ROW, id="990100-museum", name=museum, aliases=())])
    assert build(tmp_path).read == 0
    assert ask(tmp_path, "SELECT id, agency FROM reports") == [
        ("990100-museum-2023", "990100-museum")
    ]
