"""The sample portal: its figures add up, its traps are real, its server keeps its promises."""

import hashlib
import http.client
import io
import re
import socket
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lxml import etree, html
from scrapy.http import HtmlResponse

from crawler.families import reference_list, trs
from crawler.sample.bodies import bodies, sample_registry
from crawler.sample.manners import Manners
from crawler.sample.pages import mirror_page, world
from crawler.sample.prose import essay
from crawler.sample.reports import reports
from crawler.sample.server import serve
from crawler.sample.traps import traps
from crawler.sample.truth import truths
from crawler.titles import is_annual_report
from parsers.form import form, forms

HONEST = {"User-Agent": "nianbao/0.1 (+https://nianbao.example/bot)"}
TRUTHS = {truth.report: truth for truth in truths()}
PUBLISHED = [truth for truth in truths() if truth.outcome == "published"]


@pytest.fixture(scope="module")
def portal():
    with serve(edition=1, hold=0) as served:
        yield served


def fetch(portal, url, method="GET", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=10)
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    try:
        connection.request(method, url, headers={**HONEST, "Host": urlsplit(url).netloc, **named})
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


def text_of(body):
    return html.fromstring(body.decode()).text_content()


def walk(portal, column):
    """Follow a column as the crawler does: its family's leads and next pages."""
    family = {"reference_list": reference_list, "trs": trs}[column.family]
    found, queue = [], [column.url]
    for url in queue:
        _, body = fetch(portal, url)
        page = HtmlResponse(url, body=body, encoding="utf-8")
        found += family.leads(page)
        queue += family.next_pages(page)
    return found, len(queue)


# ------------------------------------------------------------------ figures


def test_the_sample_has_the_promised_size():
    assert len(bodies()) == 14
    assert {body.site.id for body in bodies()} == {"qinghe", "yunling", "haibin"}
    assert {body.agency.kind for body in bodies()} == {"government", "department", "township"}
    assert {body.column.family for body in bodies()} == {"reference_list", "trs"}
    owed = {
        (agency.id, year)
        for agency in sample_registry().agencies
        for year in range(agency.owes_from, agency.owes_to + 1)
    }
    assert {(truth.agency, truth.year) for truth in TRUTHS.values()} == owed
    assert len(owed) == 15 * 6
    assert {truth.form for truth in PUBLISHED if truth.year <= 2020} == {"2019"}
    assert {truth.form for truth in PUBLISHED if truth.year >= 2021} == {"2021"}


def broken(truth):
    """Return the equations of the form that the printed figures break, as (text, line) pairs."""
    failures = []
    for table in form(truth.form).tables:
        for equation in table.equations:
            across = equation.axis == "columns"
            for line in table.rows if across else table.columns:

                def side(names, line=line.id, table=table.id, across=across):
                    places = [(table, line, n) if across else (table, n, line) for n in names]
                    return [truth.cells[place].value for place in places]

                left, right = side(equation.left), side(equation.right)
                if None not in left + right and sum(left) != sum(right):
                    failures.append((equation.text, line.id))
    return failures


@pytest.mark.parametrize("truth", PUBLISHED, ids=lambda truth: truth.report)
def test_the_sums_of_a_report_hold_unless_a_trap_says_otherwise(truth):
    if truth.trap == "sums_fail":
        rows = [text for text, line in broken(truth) if line == "total"]
        columns = [text for text, line in broken(truth) if line == "outcome_total"]
        assert (len(rows), len(columns)) == (2, 1)
        assert len(broken(truth)) == 3
    else:
        assert broken(truth) == []


def figure(report, table, row, column):
    return next(one for one in reports(1) if one.id == report).figures[table, row, column]


def test_a_year_begins_where_the_year_before_ended_except_in_one_trap():
    breaks = set()
    for body in bodies():
        for year in range(2020, 2025):
            this, last = f"{body.agency.id}-{year}", f"{body.agency.id}-{year - 1}"
            for column in form("2021").table("applications").columns:
                out = figure(last, "applications", "carried_out", column.id)
                if figure(this, "applications", "carried_in", column.id) != out:
                    breaks.add((this, column.id))
    health = "990102-health-2023"
    assert breaks == {(health, "natural_person"), (health, "total")}
    assert TRUTHS[health].trap == "carry_over_breaks"


def test_stocks_of_documents_and_items_continue_across_years():
    for body in bodies():
        agency = body.agency.id
        for year in range(2022, 2025):
            for row in ("rules", "normdocs"):
                made, repealed, now = (
                    figure(f"{agency}-{year}", "proactive", row, column)
                    for column in ("made", "repealed", "in_force")
                )
                before = figure(f"{agency}-{year - 1}", "proactive", row, "in_force")
                assert now == before + made - repealed, (agency, year, row)
        for row in ("licences", "other_services", "penalties", "coercion", "fees"):
            items = figure(f"{agency}-2019", "proactive", row, "items_prev")
            change = figure(f"{agency}-2019", "proactive", row, "items_change")
            assert figure(f"{agency}-2020", "proactive", row, "items_prev") == items + change


def test_one_report_by_hand():
    cells = TRUTHS["990121-gov-2019"].cells
    new = [
        cells["applications", "new_received", c.id].value for c in form("2019").tables[1].columns
    ]
    assert new == [29, 2, 1, 0, 1, 1, 34]
    assert cells["applications", "outcome_total", "total"].value == 33
    assert cells["proactive", "penalties", "items_change"].value == -3
    assert cells["proactive", "procurement", "amount"].printed == "8718.49万元"


# ------------------------------------------------------------------ prose


@pytest.mark.parametrize("report", reports(1), ids=lambda report: report.id)
def test_the_prose_repeats_the_figures_of_the_tables(report):
    text = "".join(essay(report).chapters[0].paragraphs)
    new = report.total("applications", "new_received")
    assert f"{new}件" in text or "没有公民" in text or "未收到政府信息公开申请" in text
    for row, words in (("licences", "行政许可(?:决定)?"), ("penalties", "行政处罚(?:决定)?")):
        for told in re.findall(rf"{words}(\d+)件", text):
            assert int(told) == report.total("proactive", row, "decisions")
    assert [chapter.number for chapter in essay(report).chapters] == list("一二三四五六")


def shingles(report):
    written = essay(report)
    text = "".join("".join(chapter.paragraphs) for chapter in written.chapters)
    return {text[place : place + 6] for place in range(len(text) - 6)}


def test_no_report_is_a_copy_of_another():
    texts = {report.id: shingles(report) for report in reports(1)}
    assert min(map(len, texts.values())) > 350
    for one, mine in texts.items():
        for other, theirs in texts.items():
            if one < other:
                assert len(mine & theirs) / min(len(mine), len(theirs)) < 0.7, (one, other)


def test_the_labels_of_the_form_stand_in_the_form_files_alone():
    labels = {row.zh for one in forms() for table in one.tables for row in table.rows}
    long = {label for label in labels if len(label) >= 8}
    assert len(long) > 10
    home = Path(sys.modules["crawler.sample"].__file__).parent
    for file in home.rglob("*"):
        if file.suffix in (".py", ".toml", ".html", ".xml"):
            assert not [label for label in long if label in file.read_text(encoding="utf-8")], file


# ------------------------------------------------------------------ lists and articles


@pytest.mark.parametrize(
    ("site", "column", "pages"),
    [
        ("qinghe", "government", 1),
        ("qinghe", "departments", 3),
        ("yunling", "government", 1),
        ("yunling", "departments", 3),
        ("haibin", "government", 1),
        ("haibin", "departments", 3),
    ],
)
def test_walking_a_column_finds_every_report_it_links_and_no_other(portal, site, column, pages):
    home = next(one for one in sample_registry().sites if one.id == site)
    found, walked = walk(portal, next(one for one in home.columns if one.id == column))
    here = {b.agency.id for b in bodies() if (b.site.id, b.column.id) == (site, column)}
    linked = {
        truth.url: (truth.title, truth.published.date())
        for truth in TRUTHS.values()
        if truth.agency in here and truth.url
    }
    accepted = [lead for lead in found if is_annual_report(lead.title)]
    assert {lead.url: (lead.title, lead.listed) for lead in accepted} == linked
    refused = {lead.title for lead in found if not is_annual_report(lead.title)}
    declared = [one for one in traps().notices if (one.site, one.column) == (site, column)]
    assert refused == {notice.title for notice in declared}
    assert walked == pages


def test_an_article_carries_the_mandated_metas(portal):
    truth = TRUTHS["990121-finance-2023"]
    _, body = fetch(portal, truth.url)
    metas = {m.get("name"): m.get("content") for m in html.fromstring(body).iter("meta")}
    assert metas["ArticleTitle"] == truth.title
    assert metas["PubDate"] == f"{truth.published:%Y-%m-%d %H:%M}"
    assert metas["ContentSource"] == metas["Author"] == "云岭县财政局"
    assert metas["Url"] == truth.url
    assert {"SiteName", "SiteDomain", "SiteIDCode", "ColumnName", "ColumnType", "Keywords"} <= set(
        metas
    )
    assert re.search(r"11990121\w{10}/2024-\d{5}", text_of(body))


@pytest.mark.parametrize("agency", ["990100-env", "990100-hrss", "990100-edu"])
def test_every_dress_prints_the_cells_of_the_truth(portal, agency):
    truth = TRUTHS[f"{agency}-2022"]
    _, body = fetch(portal, truth.url)
    page = html.fromstring(body.decode())
    leaves = [table for table in page.iter("table") if not table.findall(".//table")]
    found = [table for table in leaves if table.get("class") != "xxgk_head"]
    printed = [known.printed for (table, _, _), known in truth.cells.items() if table == "remedies"]
    assert len(found) == 3
    last = [cell.text_content().strip() for cell in found[-1].findall(".//tr")[-1]]
    assert last == printed


# ------------------------------------------------------------------ traps


def test_every_trap_says_why_and_stands_where_it_should():
    assert all(why.endswith(".") and len(why) > 40 for why in traps().whys.values())
    assert {truth.trap for truth in TRUTHS.values()} - {None} == (
        {trap.id for trap in traps().reports.values()} | {one.id for one in traps().refusals}
    )


def test_robots_txt_fences_off_a_linked_report(portal):
    truth = TRUTHS["990102-justice-2022"]
    answer, body = fetch(portal, "http://www.haibin.example/robots.txt")
    assert answer.status == 200
    assert urlsplit(truth.url).path.startswith(re.search(r"Disallow: (\S+)", body.decode())[1])
    assert fetch(portal, "http://xxgk.yunling.example/robots.txt")[0].status == 404
    assert fetch(portal, truth.url)[0].status == 200
    assert f"path disallowed by robots.txt: {truth.url}" in portal.violations()


def test_a_page_says_utf8_twice_and_is_gbk(portal):
    truth = TRUTHS["990121-finance-2020"]
    answer, body = fetch(portal, truth.url)
    assert answer.headers.get_content_charset() == "utf-8"
    assert b'<meta charset="utf-8">' in body
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")
    assert truth.title in body.decode("gbk")


def test_missing_pages_soft_and_hard(portal):
    answer, body = fetch(portal, TRUTHS["990121-housing-2020"].url)
    assert (answer.status, "页面不存在" in body.decode()) == (200, True)
    answer, _ = fetch(portal, TRUTHS["990100-edu-2019"].url)
    assert answer.status == 404


def test_the_fourth_host_is_one_challenge():
    with serve(edition=1, hold=0) as portal:
        root = "http://www.beiyuan.example/"
        assert fetch(portal, f"{root}robots.txt")[0].status == 200
        answer, body = fetch(portal, f"{root}zwgk/zfxxgknb/xzf/")
        assert answer.status == 412
        assert b"$_ts" in body
        assert portal.violations() == []
        fetch(portal, root)
        assert portal.violations() == [f"host asked again after its challenge: {root}"]


def test_tables_can_be_pictures(portal):
    truth = TRUTHS["990121-shiqiao-2021"]
    _, body = fetch(portal, truth.url)
    page = html.fromstring(body.decode())
    pictures = page.xpath("//div[@class='TRS_Editor']//img/@src")
    assert len(pictures) == 3
    assert not page.xpath("//div[@class='TRS_Editor']//table")
    for source in pictures:
        answer, png = fetch(portal, f"{truth.url.rpartition('/')[0]}/{source.removeprefix('./')}")
        assert answer.headers["Content-Type"] == "image/png"
        assert png.startswith(b"\x89PNG\r\n\x1a\n")
        start = png.index(b"IDAT")
        size = int.from_bytes(png[start - 4 : start])
        assert len(zlib.decompress(png[start + 4 : start + 4 + size])) > 10_000
    assert {known.state for known in truth.cells.values()} == {"not_found"}


def test_blank_and_slash_are_printed_as_such(portal):
    truth = TRUTHS["990102-wangjiang-2022"]
    states = [known.state for known in truth.cells.values()]
    assert states.count("dash") == 15
    assert states.count("blank") > 50
    assert states.count("number") > 50
    _, body = fetch(portal, truth.url)
    cells = [cell.text_content().strip() for cell in html.fromstring(body.decode()).iter("td")]
    assert cells.count("/") == 15
    assert cells.count("") == states.count("blank")


def test_the_mirror_shows_every_sign_and_its_host_is_not_registered(portal):
    truth = TRUTHS["990102-wangjiang-2024"]
    url, body = mirror_page()
    host = urlsplit(url).netloc
    assert truth.url == url
    assert truth.outcome == "lead_only"
    assert sample_registry().site_of(host) is None
    assert fetch(portal, url)[1] == body
    assert f"host not in the registry: {url}" in portal.violations()
    text = text_of(body)
    assert f"http://{host}" in text
    assert len(re.findall(r"[一-鿿]\([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]+\)", text)) > 30
    assert "申請人情況" not in text
    assert "政府信息公開" in text


def test_what_is_owed_and_absent_is_linked_nowhere():
    absent = next(report for report in reports(1) if report.page == "absent")
    assert TRUTHS[absent.id].url is None
    assert absent.url not in world(1).pages
    assert not [
        url for url, page in world(1).pages.items() if essay(absent).title.encode() in page.body
    ]


def test_one_government_is_late():
    late = [
        truth.report
        for truth in PUBLISHED
        if truth.agency.endswith("-gov") and (truth.published.month, truth.published.day) > (3, 31)
    ]
    assert late == ["990121-gov-2023"]


def test_the_attachment_holds_the_same_tables(portal):
    truth = TRUTHS["990100-gov-2022"]
    _, body = fetch(portal, truth.url)
    (path,) = html.fromstring(body.decode()).xpath("//div[@class='fujian']/a/@href")
    answer, docx = fetch(portal, f"http://www.qinghe.example{path}")
    assert answer.headers["Content-Type"].endswith("wordprocessingml.document")
    document = etree.fromstring(zipfile.ZipFile(io.BytesIO(docx)).read("word/document.xml"))
    w = {"w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main"}
    tables = document.findall(".//w:tbl", w)
    assert len(tables) == 3
    for table in tables:
        widths = [
            sum(
                int(cell.xpath("string(w:tcPr/w:gridSpan/@w:val)", namespaces=w) or 1)
                for cell in row.findall("w:tc", w)
            )
            for row in table.findall("w:tr", w)
        ]
        assert set(widths) == {len(table.findall(".//w:gridCol", w))}
    figures = [t.text for t in tables[-1].findall(".//w:tr", w)[-1].iterfind(".//w:t", w)]
    expected = [
        known.printed for (table, _, _), known in truth.cells.items() if table == "remedies"
    ]
    assert figures == expected


def test_the_editions_differ_in_one_report_in_its_figure_and_its_sentence():
    before, after = world(1).pages, world(2).pages
    (changed,) = [url for url in before | after if before.get(url) != after.get(url)]
    truth = TRUTHS["990100-env-2024"]
    assert changed == truth.url
    old, new = (text_of(edition[changed].body) for edition in (before, after))
    assert old.replace("118", "128") == new
    assert old.count("118") == new.count("128") == 2
    assert before[changed].modified < after[changed].modified
    (later,) = [one for one in truths(2) if one.report == truth.report]
    assert later.cells["proactive", "penalties", "decisions"].value == 128


def digest(edition):
    pages = sorted(world(edition).pages.items())
    return hashlib.sha256(repr(pages).encode()).hexdigest()


def test_another_process_makes_the_same_bytes():
    code = (
        "import hashlib; from crawler.sample.pages import world; "
        "print(hashlib.sha256(repr(sorted(world(1).pages.items())).encode()).hexdigest())"
    )
    environment = {"PYTHONHASHSEED": "7", "TZ": "America/New_York", "LC_ALL": "C"}
    other = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert other.stdout.strip() == digest(1)


# ------------------------------------------------------------------ the server


def test_a_page_is_served_by_absolute_target_and_by_host_header(portal):
    url = TRUTHS["990100-env-2022"].url
    expected = world(1).pages[url].body
    assert fetch(portal, url)[1] == expected
    connection = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=10)
    parts = urlsplit(url)
    connection.request("GET", parts.path, headers={**HONEST, "Host": parts.netloc})
    assert connection.getresponse().read() == expected
    connection.request("GET", url, headers={**HONEST, "Host": "www.haibin.example"})
    assert connection.getresponse().read() == expected  # the target outranks Host
    connection.close()
    assert portal.log[-1].host == "www.qinghe.example"


def test_validators_work_and_head_has_no_body(portal):
    url = TRUTHS["990100-env-2022"].url
    answer, body = fetch(portal, url)
    tag, date = answer.headers["ETag"], answer.headers["Last-Modified"]
    assert date == "Thu, 26 Jan 2023 03:03:00 GMT"
    for condition in ({"If_None_Match": f'"x", W/{tag}'}, {"If_Modified_Since": date}):
        again, nothing = fetch(portal, url, **condition)
        assert (again.status, nothing) == (304, b"")
    stale = {"If_Modified_Since": "Mon, 01 Jan 2018 00:00:00 GMT"}
    assert fetch(portal, url, **stale)[0].status == 200
    assert fetch(portal, url, If_None_Match='"x"', If_Modified_Since=date)[0].status == 200
    head, nothing = fetch(portal, url, method="HEAD")
    assert (nothing, int(head.headers["Content-Length"])) == (b"", len(body))


def test_folders_have_an_index_and_a_slash(portal):
    column = "http://www.qinghe.example/zfxxgk/zfxxgknb/bm"
    assert fetch(portal, f"{column}/index.html?v=1")[1] == fetch(portal, f"{column}/")[1]
    answer, _ = fetch(portal, column)
    assert (answer.status, answer.headers["Location"]) == (301, f"{column}/")


GARBAGE = (
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    b"GET\r\n\r\n",
    b"GET http://[::1 HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"CONNECT www.qinghe.example:443 HTTP/1.1\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: www.qinghe.example\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: www.qinghe.example\r\nContent-Length: 3\r\n\r\nabc",
    b"GET https://www.qinghe.example/ HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
)


@pytest.mark.parametrize("garbage", GARBAGE, ids=lambda garbage: repr(garbage[:30]))
def test_garbage_is_answered_with_a_refusal_and_the_next_client_is_served(portal, garbage):
    with socket.create_connection(("127.0.0.1", portal.port), timeout=10) as client:
        client.sendall(garbage)
        client.shutdown(socket.SHUT_WR)
        assert re.match(rb"HTTP/1\.1 (4|5)\d\d |<!DOCTYPE", client.recv(200))
    assert fetch(portal, "http://www.qinghe.example/")[0].status == 200


def test_a_client_that_hangs_up_disturbs_nobody(portal, capfd):
    with socket.create_connection(("127.0.0.1", portal.port), timeout=10) as client:
        client.sendall(b"GET http://www.qinghe.example/ HTTP/1.1\r\nUser-Ag")
    assert fetch(portal, "http://www.qinghe.example/")[0].status == 200
    assert capfd.readouterr().err == ""


def test_a_date_that_is_none_does_not_disturb(portal):
    for date in (
        "yesterday",
        "Mon, 99 Jan 2018 00:00:00 GMT",
        "1 Jan 99999999999999999999 0:0 GMT",
    ):
        answer, _ = fetch(portal, "http://www.qinghe.example/", If_Modified_Since=date)
        assert answer.status == 200


# ------------------------------------------------------------------ manners


@pytest.mark.parametrize(
    ("requests", "wrong"),
    [
        ([("a.example", "/", "nianbao/0.1")], []),
        ([("a.example", "/", "")], ["no User-Agent"]),
        ([("a.example", "/", "Mozilla/5.0 (compatible)")], ["User-Agent in disguise"]),
        ([("a.example", "/", "Scrapy/2.19 (+https://scrapy.org)")], ["User-Agent of a library"]),
        ([("a.example", "/fence/1", "nianbao/0.1")], ["path disallowed by robots.txt"]),
        ([("b.example", "/", "nianbao/0.1")], ["host not in the registry"]),
        ([("a.example", "/", "nianbao/0.1")] * 2, ["more than one request at a time"]),
    ],
)
def test_breaches_of_manners_are_named(requests, wrong):
    manners = Manners({"a.example": ("/fence/",)}, min_gap=0, clock=lambda: 0.0)
    for request in requests:
        manners.begin(*request)
    found = manners.violations()
    assert len(found) == len(wrong)
    assert all(one.startswith(start) for one, start in zip(found, wrong, strict=True))


def test_the_gap_runs_from_the_end_of_one_exchange_to_the_next_request_of_that_host():
    now = 0.0
    manners = Manners({"a.example": (), "b.example": ()}, min_gap=1.0, clock=lambda: now)
    for host, start, end in (("a", 0, 5), ("b", 5, 5.5), ("a", 6, 7), ("a", 7.9, 8)):
        now = start
        manners.begin(f"{host}.example", "/", "nianbao/0.1")
        now = end
        manners.end(f"{host}.example", 200)
    assert manners.violations() == ["less than 1.0 s after the last exchange: http://a.example/"]


def test_an_edition_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="there are 1 and 2"), serve(edition=3):
        pass
