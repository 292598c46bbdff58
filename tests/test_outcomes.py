"""What became of a request: answers as data, the outcome each must be given, and what follows."""

import gzip
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.catalogue import Catalogue
from crawler import manners
from crawler.entries import Column, Pace, Site
from crawler.frontier import Row
from crawler.ledger import Ended, settle
from crawler.manners import Manner, after, must_wait
from crawler.outcomes import OUTCOMES, TRIES
from crawler.page import sight
from crawler.registry import Registry
from crawler.robots import Robots, permission, robots_url, wanted
from crawler.seasons import CHINA, LISTS, next_visit
from crawler.titles import is_annual_report
from crawler.verdict import Answer, judge
from crawler.visit import examine
from parsers.formats import LIMIT

URL = "http://www.qinghe.example/nb/"
REPORT = "<html><body><h1>某局2023年政府信息公开工作年度报告</h1><p>一、总体情况</p>" + "文" * 400
NOT_FOUND = "<html><head><title>404</title></head><body>对不起，您访问的页面不存在</body></html>"
JSL = "<script>document.cookie=('_')+('_')+('j');location.href=location.pathname</script>"
RUISHU = '<html><head><meta content="x" r="m"><script r="m">$_ts=window["$_ts"]</script></html>'

CASES = [
    # (name, kind, status, headers, body, outcome)
    ("a page", "article", 200, {}, REPORT, "ok"),
    ("a list", "list", 200, {}, "<ul><li>2023</li></ul>", "ok"),
    ("a file", "attachment", 200, {}, b"%PDF-1.7 ...", "ok"),
    ("a file at an article's address", "article", 200, {}, b"PK\x03\x04", "ok"),
    ("gzip undone", "article", 200, {"Content-Encoding": "gzip"}, gzip.compress(b"<p>x"), "ok"),
    ("moved", "article", 301, {"Location": "/b.html"}, "", "redirect"),
    ("moved, with a status alone", "article", 302, {}, "", "unexpected_status"),
    (
        "moved to nothing of the web",
        "article",
        302,
        {"Location": "app://x"},
        "",
        "unexpected_status",
    ),
    (
        "moved onto itself",
        "article",
        302,
        {"Location": URL, "Set-Cookie": "C3VK=1"},
        "",
        "waf_challenge:other",
    ),
    (
        "sent on by meta refresh",
        "list",
        200,
        {},
        '<html><head><meta http-equiv="refresh" content="0; url=./szf/"></head></html>',
        "redirect",
    ),
    (
        "sent on by one literal script",
        "list",
        200,
        {},
        "<script>window.location.href='./202401/t20240124_1.html';</script>",
        "redirect",
    ),
    (
        "a script that computes is not followed",
        "list",
        200,
        {},
        "<html><script>window.location.href=base+'/x.html';</script></html>",
        "ok",
    ),
    (
        "a script that chooses is not followed",
        "list",
        200,
        {},
        "<html><script>if (mobile) { location.href='/m/'; }</script><div id=app></div></html>",
        "ok",
    ),
    ("a page after some text", "list", 200, {}, "\n\n无标题 <html><body><ul><li>", "ok"),
    (
        "a script on a page of its own",
        "article",
        200,
        {},
        REPORT + "<script>location.href='/x';</script>",
        "ok",
    ),
    ("not found", "article", 404, {}, NOT_FOUND, "not_found"),
    ("gone", "article", 410, {}, "", "gone"),
    ("found, says the status", "article", 200, {}, NOT_FOUND, "soft_404"),
    (
        "long error page, title says it",
        "article",
        200,
        {},
        "<html><title>页面不存在</title><body>" + "导航" * 400,
        "soft_404",
    ),
    (
        "a report that mentions a lost page",
        "article",
        200,
        {},
        REPORT + "<p>您访问的页面不存在的问题已整改</p>",
        "ok",
    ),
    (
        "a short report that mentions one",
        "article",
        200,
        {},
        "<html><body>总体情况：栏目不存在的问题已整改</body></html>",
        "ok",
    ),
    ("an error page for a file", "attachment", 200, {}, NOT_FOUND, "soft_404"),
    ("a page for a file", "attachment", 200, {}, REPORT, "not_a_file"),
    ("a file for a list", "list", 200, {}, b"%PDF-1.7 ...", "not_html"),
    ("nothing", "article", 200, {}, " \n", "empty"),
    ("nothing, says the status", "article", 204, {}, "", "empty"),
    ("no rules", "robots", 200, {}, "", "ok"),
    ("a page for rules", "robots", 200, {}, NOT_FOUND, "ok"),
    ("加速乐", "list", 521, {"Set-Cookie": "__jsluid_s=1"}, JSL, "waf_challenge:jsl"),
    (
        "加速乐's cookie on a real page",
        "article",
        200,
        {"Set-Cookie": "__jsluid_s=1"},
        REPORT,
        "ok",
    ),
    ("瑞数, 412", "list", 412, {}, RUISHU, "waf_challenge:ruishu"),
    ("瑞数, 202", "list", 202, {}, RUISHU, "waf_challenge:ruishu"),
    ("瑞数, 200 and nothing else", "list", 200, {}, RUISHU, "waf_challenge:ruishu"),
    ("瑞数's variable on a real page", "article", 200, {}, REPORT + "<script>$_ts={}", "ok"),
    ("雷池", "list", 468, {}, "<script src=/.safeline/x.js>", "waf_challenge:safeline"),
    ("Cloudflare", "list", 403, {"cf-mitigated": "challenge"}, "x", "waf_challenge:other"),
    ("412 without marks", "list", 412, {}, "x", "waf_challenge:other"),
    ("405 to a GET", "list", 405, {}, "x", "waf_challenge:other"),
    ("a server down behind 521", "list", 521, {}, "down", "server_error"),
    ("too fast", "list", 429, {}, "", "throttled"),
    ("come back later", "list", 503, {"Retry-After": "5"}, "", "throttled"),
    ("503 without a word", "list", 503, {}, "", "server_error"),
    ("a failure", "list", 500, {}, "", "server_error"),
    ("forbidden", "list", 403, {}, "no", "forbidden"),
    ("forbidden by law", "list", 451, {}, "no", "forbidden"),
    ("something else", "list", 418, {}, "no", "unexpected_status"),
    ("a part nobody asked for", "list", 206, {}, "x", "unexpected_status"),
    (
        "gzip cut short",
        "article",
        200,
        {"Content-Encoding": "gzip"},
        gzip.compress(REPORT.encode())[:-9],
        "truncated",
    ),
    ("a coding we do not know", "article", 200, {"Content-Encoding": "sdch"}, "x", "undecodable"),
    (
        "a bomb",
        "article",
        200,
        {"Content-Encoding": "gzip"},
        gzip.compress(b"\0" * (LIMIT + 1)),
        "too_large",
    ),
]


def answer(kind, status, headers, body, cut=""):
    body = body.encode() if isinstance(body, str) else body
    return Answer(URL, kind, status, tuple(headers.items()), body, cut)


@pytest.mark.parametrize(
    ("kind", "status", "headers", "body", "outcome"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_answers_are_named(kind, status, headers, body, outcome):
    assert judge(answer(kind, status, headers, body)).outcome == outcome


def test_a_body_cut_off_is_named_by_who_cut_it():
    assert judge(answer("article", 200, {}, REPORT, cut="short")).outcome == "truncated"
    assert judge(answer("article", 200, {}, REPORT, cut="large")).outcome == "too_large"
    assert judge(answer("article", 404, {}, "no", cut="short")).outcome == "truncated"


def test_a_redirect_says_where():
    assert judge(answer("article", 301, {"location": "../b.html#x"}, "")).target == (
        "http://www.qinghe.example/b.html"
    )


@given(
    st.sampled_from(["robots", "list", "article", "attachment"]),
    st.integers(100, 599),
    st.binary(max_size=200),
    st.sampled_from(
        [{}, {"Content-Encoding": "gzip"}, {"Location": "\x00/x"}, {"Location": "//["}]
    ),
)
def test_every_answer_has_an_outcome_in_the_table(kind, status, body, headers):
    assert judge(answer(kind, status, headers, body)).outcome in OUTCOMES


PIECES = st.sampled_from(
    ["<html>", "<ul><li>", "<a href='./t20240101_1.html'>", "年报", "<script>", "</script>", "<!--",
     "-->", "<meta http-equiv=refresh content='0;url=x'>", "location='/x';", "</a>", "&#0;", "\x00",
     "<table><tr><td>", "<base href='http://['>", "<iframe src='?file=a.pdf'>", "]]>", "<title>",
     "<a href='http://[::1'>", "<div class=zfxxgk_zdgkc>", "createPageHTML(9,0,'i','h')", "\ud7ff"]
)  # fmt: skip


@given(
    st.sampled_from(["list", "article", "attachment"]),
    st.lists(PIECES, max_size=12).map("".join),
    st.sampled_from(["trs", "reference_list"]),
    st.sampled_from(["", "text/html; charset=gbk", "text/html; charset*=utf-8''x", ";;=\xff"]),
)
def test_no_page_is_too_odd_to_be_read(kind, text, family, media_type):
    column = Column("annual", family, URL, None)
    words = ("qinghe", "x", ("www.qinghe.example",), "990100", "city", "active", Pace(1.0, 9), "x")
    registry = Registry((Site(*words, (column,), ""),), ())
    row = Row(URL, "qinghe", "qinghe/annual", kind, "", "registry")
    visit = examine(row, answer(kind, 200, {"Content-Type": media_type}, text), registry)
    assert visit.verdict.outcome in OUTCOMES
    assert visit.verdict.outcome != "not_understood"


def test_a_mistake_of_ours_is_an_outcome_and_not_the_end_of_the_crawl():
    broken = "http://[::1"
    row = Row(broken, "qinghe", "", "article", "", "registry")
    page = b"<html><body><a href='./a.pdf'>x</a></body></html>"
    visit = examine(row, Answer(broken, "article", 200, (), page), Registry((), ()))
    assert visit.verdict.outcome == "not_understood"
    assert visit.verdict.detail.startswith("ValueError: ")


def test_hostile_text_takes_no_longer_than_its_length_asks_for():
    # Each of these once took time that grew with the square of its length, or worse.
    assert not is_annual_report("信息公开" + "2023年" * 5000)
    assert sight("<script>" * 50000 + "<!--" * 50000 + "<" * 50000).sends_to is None
    blank = robots(content=b"\n" * 400_000)
    assert permission(URL, {robots_url(URL): blank}, NOW).outcome == "ok"


def test_the_table_is_whole():
    covered = {case[5] for case in CASES}
    silences = {name for name in OUTCOMES if name.startswith(("unreachable:", "timeout"))}
    unasked = {
        "robots_disallow",
        "robots_unavailable",
        "unregistered",
        "host_resting",
        "daily_cap",
        "no_rows",
        "not_understood",
    }
    assert covered | silences | unasked == set(OUTCOMES)
    for outcome in OUTCOMES.values():
        assert outcome.meaning.endswith(".")
        assert (outcome.again is not None) == (outcome.then in ("retry", "failed"))


NOW = datetime(2024, 1, 20, 4, 0, tzinfo=UTC)
ROW = Row(URL, "qinghe", "qinghe/annual", "article", "", "registry")


def row_after(outcome, tries=0, retry_after=None):
    row = Row(**{name: getattr(ROW, name) for name in Row.__slots__} | {"tries": tries})
    return settle(Ended(row, outcome, "", NOW, 5.0, retry_after))


def test_what_may_pass_is_tried_three_times_ever_later():
    first, second, third = (row_after("timeout", tries) for tries in range(TRIES))
    assert (first.state, second.state, third.state) == ("waiting", "waiting", "failed")
    assert first.next_at - NOW == timedelta(minutes=1)
    assert second.next_at - NOW == timedelta(minutes=5)
    assert third.next_at - NOW == timedelta(days=1)


def test_retry_after_is_obeyed_to_the_second():
    assert row_after("throttled", 0, 77.0).next_at - NOW == timedelta(seconds=77)
    assert manners.retry_after("77", NOW) == 77
    assert manners.retry_after("Sat, 20 Jan 2024 04:01:00 GMT", NOW) == 60
    assert manners.retry_after("Sat, 20 Jan 2024 03:00:00 GMT", NOW) == 0
    assert manners.retry_after("soon", NOW) is None
    assert manners.retry_after("99999999999", NOW) == manners.RETRY_AFTER_LIMIT.total_seconds()


@pytest.mark.parametrize(
    ("outcome", "retry_after", "seconds", "seconds_after_that"),
    [
        ("ok", None, 5, 5),
        ("not_found", None, 5, 5),
        ("throttled", None, 600, 10),
        ("throttled", 7200.0, 7200, 10),
        ("throttled", 1.0, 10, 10),
        ("server_error", None, 10, 10),
        ("waf_challenge:jsl", None, 86400, 5),
    ],
)
def test_how_long_a_site_is_left_alone(outcome, retry_after, seconds, seconds_after_that):
    then = after(Manner("qinghe"), 5.0, OUTCOMES[outcome], retry_after, NOW, 0.0)
    assert then.free_at - NOW.timestamp() == seconds
    later = after(then, 5.0, OUTCOMES["ok"], None, NOW + timedelta(hours=1), 0.0)
    assert later.free_at - (NOW + timedelta(hours=1)).timestamp() == seconds_after_that


def test_three_refusals_in_a_row_are_an_answer():
    manner = Manner("qinghe")
    for _ in range(2):
        manner = after(manner, 5.0, OUTCOMES["forbidden"], None, NOW, 0.0)
    assert manner.free_at - NOW.timestamp() == 5
    between = after(manner, 5.0, OUTCOMES["ok"], None, NOW, 0.0)
    assert after(between, 5.0, OUTCOMES["forbidden"], None, NOW, 0.0).strikes == 1
    third = after(manner, 5.0, OUTCOMES["forbidden"], None, NOW, 0.0)
    assert third.free_at - NOW.timestamp() == 86400


@given(st.floats(0, 1), st.floats(0, 3600))
def test_jitter_never_shortens_a_delay(jitter, delay):
    then = after(Manner("qinghe"), delay, OUTCOMES["ok"], None, NOW, jitter)
    assert then.free_at - NOW.timestamp() >= delay - 1e-6


def test_a_killed_crawl_starts_again_with_a_delay(tmp_path):
    with Catalogue(tmp_path) as catalogue:
        kept = manners.Manners(catalogue)
        kept.start_again("qinghe", 5.0, NOW)
        assert kept.of("qinghe").free_at == NOW.timestamp() + 5
        kept.keep(after(kept.of("qinghe"), 5.0, OUTCOMES["waf_challenge:jsl"], None, NOW, 0.0))
        kept.start_again("qinghe", 5.0, NOW)
        assert kept.of("qinghe").free_at == NOW.timestamp() + 86400


def test_a_day_has_so_many_requests_and_begins_at_midnight_in_china():
    pace, manner = Pace(5.0, 2), Manner("qinghe")
    for _ in range(2):
        assert must_wait(manner, pace, NOW + timedelta(hours=1))[0] == 0
        manner = after(manner, 5.0, OUTCOMES["ok"], None, NOW, 0.0)
    wait, why = must_wait(manner, pace, NOW + timedelta(hours=1))
    assert (wait, why) == (11 * 3600, "daily_cap")
    assert must_wait(manner, pace, NOW + timedelta(hours=12))[0] == 0


RULES = b"User-agent: *\nDisallow: /neibu/\nCrawl-delay: 9\nRequest-rate: 1/20\n"


def robots(outcome="ok", status=200, content=RULES, target=None):
    return Robots(outcome, status, content, target, 7)


@pytest.mark.parametrize(
    ("answered", "path", "outcome"),
    [
        (robots(), "nb/1.html", "ok"),
        (robots(), "neibu/1.html", "robots_disallow"),
        (robots(content=b"User-agent: nianbao\nDisallow: /\n"), "nb/", "robots_disallow"),
        (robots(content=b"User-agent: other\nDisallow: /\n"), "nb/", "ok"),
        (
            robots(
                content=b"Visit-time: 0000-0100\nUser-agent: *\nVisit-time: 0000-0100\nAllow: /\n"
            ),
            "nb/",
            "robots_disallow",
        ),
        (robots(content=NOT_FOUND.encode()), "neibu/1.html", "ok"),
        (robots(content=b""), "neibu/1.html", "ok"),
        (robots("not_found", 404, b""), "neibu/1.html", "ok"),
        (robots("forbidden", 403, b""), "nb/", "ok"),
        (robots("throttled", 429, b""), "nb/", "robots_unavailable"),
        (robots("server_error", 500, RULES), "nb/", "robots_unavailable"),
        (robots("truncated", 200, RULES), "nb/", "robots_unavailable"),
        (robots("timeout", None, b""), "nb/", "robots_unavailable"),
        (robots("unreachable:dns", None, b""), "nb/", "robots_unavailable"),
        (robots("redirect", 302, b""), "nb/", "robots_unavailable"),
    ],
)
def test_what_robots_txt_allows(answered, path, outcome):
    url = f"http://www.qinghe.example/{path}"
    said = permission(url, {robots_url(url): answered}, NOW)
    assert (said.outcome, said.capture) == (outcome, 7)


def test_the_longest_delay_robots_txt_asks_for_holds():
    assert permission(URL, {robots_url(URL): robots()}, NOW).delay == 20.0


def test_robots_txt_is_followed_five_redirects_and_no_further():
    chain = [f"http://www.qinghe.example/{place}/robots.txt" for place in range(9)]
    known = {robots_url(URL): robots("redirect", 301, b"", chain[0])}
    for place in range(4):
        assert wanted(URL, known) == chain[place]
        known[chain[place]] = robots("redirect", 301, b"", chain[place + 1])
    known[chain[4]] = robots()
    assert wanted(URL, known) is None
    assert permission(URL, known, NOW).delay == 20.0
    known[chain[4]] = robots("redirect", 301, b"", chain[5])
    known[chain[5]] = robots()
    assert permission(URL, known, NOW).outcome == "robots_unavailable"
    known[chain[0]] = robots("redirect", 301, b"", robots_url(URL))
    assert wanted(URL, known) is None
    assert permission(URL, known, NOW).outcome == "robots_unavailable"


def at(month, day, year=2024):
    return datetime(year, month, day, 15, 0, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("last", "due"),
    [
        (at(1, 20), at(1, 22)),
        (at(2, 20), at(2, 27)),
        (at(3, 30), at(4, 1)),
        (at(6, 1), at(7, 1)),
        (at(11, 25), at(12, 10)),  # the season is not slept through
        (at(1, 5), at(1, 10)),
        (at(12, 28), at(1, 4, 2025)),
    ],
)
def test_lists_are_visited_by_season(last, due):
    assert next_visit("list", last, last).date() == due.date()


def test_documents_are_visited_ever_more_rarely():
    first, seen = at(1, 20), []
    last = first
    for _ in range(7):
        last = next_visit("article", first, last)
        seen.append((last.date() - first.date()).days)
    assert seen == [1, 7, 30, 90, 365, 730, 1095]


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.sampled_from(["list", "article"])
)
def test_the_next_visit_is_ahead_and_within_the_longest_interval(moment, kind):
    last = moment.replace(tzinfo=UTC)
    ahead = next_visit(kind, last, last) - last
    assert timedelta() < ahead <= timedelta(days=max(days for _, days in LISTS))
