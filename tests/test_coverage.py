"""Every body and every year owed has a row that says what was seen, and shows it."""

from dataclasses import replace

import pytest
from documents import AGENCIES, HOME, WATER, Visit, ask, handed_in, listing, paper, run

from archive.publish import build

TITLE = f"{WATER}2023年政府信息公开工作年度报告"
PAGE = f"{HOME}2023.html"
MIRROR = "http://www.ty5588.example/2023.html"
LIST = listing((PAGE, TITLE))
OTHER_LIST = f"{HOME}index_1.html"
REPORT = paper().body
NO_REPORT = "<p>一、总体情况</p><p>局长信箱</p>".encode()
TO_MIRROR = [(MIRROR, TITLE, "offsite_redirect")]


def missed(outcome, detail="", **changes):
    """Return a visit to the report that brought nothing of it."""
    return Visit(PAGE, None, outcome=outcome, detail=detail, evidence=HOME, **changes)


# What was visited, run by run, and what then stands for the report of 2023: the state, the
# address of the capture that shows it, and words of the sentence.
CASES = {
    "nobody_ever_went_there": ([], "not_tried", None, "尚未访问"),
    "the_report_was_read": ([[LIST, Visit(PAGE, REPORT)]], "published", PAGE, PAGE),
    "the_list_was_read_and_has_it_not": ([[listing()]], "not_listed", HOME, "其中没有"),
    "only_a_copy_was_handed_in": (
        [[LIST, handed_in(MIRROR, REPORT)]],
        "copy_only",
        MIRROR,
        "来源存疑",
    ),
    "a_local_copy_is_named_without_its_path": (
        [[LIST, handed_in("file:///home/anna/2023.html", paper(prose="關(guān)" * 9).body)]],
        "copy_only",
        "file:2023.html",
        "副本：file:2023.html",
    ),
    "the_list_leads_to_a_mirror": (
        [[listing(strays=[(MIRROR, TITLE, "offsite_link")])]],
        "copy_only",
        HOME,
        MIRROR,
    ),
    "the_address_redirects_to_a_mirror": (
        [
            [
                LIST,
                Visit(PAGE, b"-", outcome="redirect", strays=TO_MIRROR),
            ]
        ],
        "copy_only",
        PAGE,
        MIRROR,
    ),
    "the_address_redirects_within_the_site": (
        [[LIST, Visit(PAGE, b"-", outcome="redirect")]],
        "redirect",
        PAGE,
        PAGE,
    ),
    "an_order_to_write_reports_is_no_copy": (
        [[listing(strays=[(HOME + "order", TITLE + "的通知", "not_a_report")])]],
        "not_listed",
        HOME,
        "其中没有",
    ),
    "listed_and_its_turn_has_not_come": ([[LIST]], "not_tried", HOME, PAGE),
    "the_page_is_gone": ([[LIST, missed("not_found", "status 404")]], "not_found", HOME, "404"),
    "a_picture_of_a_report": ([[LIST, Visit(PAGE, b"\x89PNG" * 9)]], "unread", PAGE, "picture"),
    "a_page_that_is_no_report": ([[LIST, Visit(PAGE, NO_REPORT)]], "unread", PAGE, "not_a_report"),
    "the_page_is_the_report_of_another_year": (
        [[LIST, Visit(PAGE, paper(year=2021).body)]],
        "unread",
        PAGE,
        "990100-water-2021",
    ),
    "it_was_no_report_and_is_gone_now": (
        [[LIST, Visit(PAGE, NO_REPORT)], [missed("not_found")]],
        "not_found",
        HOME,
        PAGE,
    ),
    "it_is_gone_but_was_read_before": (
        [[LIST, Visit(PAGE, REPORT)], [missed("gone")]],
        "published",
        PAGE,
        PAGE,
    ),
    "a_resting_host_does_not_hide_what_it_said_before": (
        [[LIST, missed("forbidden", "status 403")], [missed("host_resting"), missed("daily_cap")]],
        "forbidden",
        HOME,
        "403",
    ),
    "a_site_that_was_only_noted_to_rest_was_never_tried": (
        [[Visit(HOME, None, kind="list", outcome="host_resting")]],
        "not_tried",
        None,
        "尚未访问",
    ),
    "the_list_itself_was_refused": (
        [[Visit(HOME, b"-", kind="list", outcome="waf_challenge:ruishu")]],
        "waf_challenge:ruishu",
        HOME,
        "未能全部",
    ),
    "a_second_list_page_that_failed_may_have_listed_it": (
        [[Visit(OTHER_LIST, b"-", kind="list", outcome="timeout"), listing()]],
        "timeout",
        OTHER_LIST,
        "未能全部",
    ),
    "a_list_that_failed_once_and_came_later_is_read": (
        [[Visit(HOME, b"-", kind="list", outcome="timeout")], [listing()]],
        "not_listed",
        HOME,
        "其中没有",
    ),
    "a_list_that_moved_is_read_where_it_is_now": (
        [[listing(), Visit(OTHER_LIST, b"-", kind="list", outcome="redirect")]],
        "not_listed",
        HOME,
        "其中没有",
    ),
    "the_other_site_s_list_says_nothing": (
        [[listing(url="http://www.haibin.example/nb/", site="haibin")]],
        "not_tried",
        None,
        "尚未访问",
    ),
    "an_alias_in_the_list_is_the_same_body": (
        [[listing((PAGE, TITLE.replace(WATER, "清河市水利局"))), missed("not_found")]],
        "not_found",
        HOME,
        PAGE,
    ),
    "of_two_links_the_one_that_may_be_followed_counts": (
        [
            [
                listing((PAGE, TITLE), strays=[("http://a.example/", TITLE, "offsite_link")]),
                missed("soft_404"),
            ]
        ],
        "soft_404",
        HOME,
        PAGE,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_one_report_owed(name, tmp_path):
    runs, state, shown, words = CASES[name]
    run(tmp_path)
    for number, visits in enumerate(runs):
        run(tmp_path, *visits, late=number)
    build(tmp_path)
    ((found, detail, url),) = ask(
        tmp_path,
        "SELECT state, detail, captures.url FROM coverage LEFT JOIN captures ON id = capture"
        " WHERE agency = '990100-water' AND year = 2023",
    )
    assert (found, url) == (state, shown), detail
    assert words in detail
    assert "anna" not in detail


def test_every_body_has_every_year_it_owes(tmp_path):
    run(tmp_path, Visit(PAGE, paper(year=2025).body))
    build(tmp_path)
    assert ask(tmp_path, "SELECT agency, year FROM coverage ORDER BY agency, year") == [
        ("990100-water", 2022),
        ("990100-water", 2023),
        ("990100-water", 2024),
        ("990102-edu", 2023),
    ]


def test_a_row_has_its_report_where_there_is_one(tmp_path):
    run(tmp_path, Visit(PAGE, REPORT))
    build(tmp_path)
    sql = "SELECT report FROM coverage WHERE agency = '990100-water' ORDER BY year"
    assert ask(tmp_path, sql) == [None, "990100-water-2023", None]


def test_a_name_two_bodies_bear_is_that_of_the_body_on_whose_site_it_stands(tmp_path):
    twins = [replace(agency, name="教育局") for agency in AGENCIES]
    page = "http://www.haibin.example/nb/"
    run(
        tmp_path,
        listing((page + "1", "教育局2023年政府信息公开工作年度报告"), url=page, site="haibin"),
        Visit(page + "1", None, "haibin", outcome="not_found"),
        agencies=twins,
    )
    build(tmp_path)
    states = dict(ask(tmp_path, "SELECT agency, state FROM coverage WHERE year = 2023"))
    assert states == {"990102-edu": "not_found", "990100-water": "not_tried"}
