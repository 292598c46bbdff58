"""The pages people see: complete, Chinese, deaf to mischief, and honest about what is not there."""

import asyncio
import json
import re
import socket
import sqlite3
import threading
import time
from http.client import HTTPConnection
from urllib.parse import quote

import click
import lxml.html
import pytest
from published import LONG, publish

import archive.serve
from archive.metadata import questions, titles
from archive.search import match_query
from archive.serve import SETTINGS, datasette_for, serve
from archive.site.rule import paragraphs
from archive.site.words import word, words
from crawler.outcomes import OUTCOMES
from parsers.form import forms
from parsers.layout import layout

HOSTILE = (
    "'",
    '"',
    "NEAR(",
    "%00",
    "%F0%9F%98%80",
    "..%2F..%2Fetc%2Fpasswd",
    "'%20OR%20'1'='1",
    "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "{{7*7}}",
    "公" * 3000,
)


class Site:
    """Datasette over the small archive, asked without a socket."""

    def __init__(self, data):
        self.loop = asyncio.new_event_loop()
        self.datasette = datasette_for(data)

    def get(self, path, **options):
        return self.loop.run_until_complete(self.datasette.client.get(path, **options))

    def page(self, path):
        response = self.get(path)
        assert response.status_code == 200, response.text
        return lxml.html.fromstring(response.text)

    def close(self):
        for database in self.datasette.databases.values():
            database.close()
        self.datasette.executor.shutdown()
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return publish(tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="module")
def site(data):
    made = Site(data)
    yield made
    made.close()


def text_of(page):
    return " ".join(" ".join(page.itertext()).split())


PAGES = (
    "/",
    "/search",
    "/search?q=公开",
    "/search?q=公开&page=2",
    "/search?q=教育局+2023",
    "/body/990200-edu",
    "/body/990200-tax",
    "/report/990200-edu-2019",
    "/report/990200-edu-2022",
    "/report/990200-edu-2023",
    "/report/990200-gov-2023",
    "/report/990200-water-2022",
    "/report/990200-water-2023",
    *(f"/capture/{number}" for number in range(1, 12)),
    "/rule/outcome_sum",
    "/rule/host_not_registered",
    "/nianbao",
    *(f"/nianbao/{name}" for name in titles()),
    *(f"/nianbao/{question.id}" for question in questions()),
    "/nianbao/reports/990200-gov-2023",
    "/nianbao?sql=select+id+from+reports",
)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_chinese_and_brings_nothing_from_outside(site, path):
    response = site.get(path)
    assert response.status_code == 200
    page = lxml.html.fromstring(response.text)
    assert page.get("lang") == "zh-CN"
    assert page.xpath("string(//title)")
    assert len(page.xpath("//h1")) == 1
    assert not page.xpath("//script | //style | //*[@style]")
    loaded = page.xpath("//link[@rel != 'alternate']/@href | //img/@src | //iframe/@src")
    assert [address for address in loaded if not address.startswith("/")] == []
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    policy = response.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "script-src 'none'" in policy
    assert response.headers["x-content-type-options"] == "nosniff"


def test_every_link_of_the_pages_leads_somewhere(site):
    """Save the links that only sort or narrow a table in yet another way."""
    addresses = set()
    for path in PAGES:
        page = site.page(path)
        addresses |= {
            a.partition("#")[0] for a in page.xpath("//a/@href") if re.match("/(?!.*[?&]_)", a)
        }
        wanted = {a[1:] for a in page.xpath("//a/@href") if a.startswith("#")}
        assert wanted <= set(page.xpath("//@id"))
    lost = {address: site.get(address).status_code for address in addresses if address}
    assert {address: status for address, status in lost.items() if status >= 400} == {}


@pytest.mark.parametrize("page", ["body", "report", "capture", "rule"])
@pytest.mark.parametrize("wanted", ["nothing", "0", "9" * 30, *HOSTILE])
def test_a_wrong_address_is_told_so_kindly(site, page, wanted):
    response = site.get(f"/{page}/{wanted}")
    assert response.status_code == 404
    assert "没有" in response.text
    assert "<script>alert" not in response.text
    assert "Traceback" not in response.text


@pytest.mark.parametrize("typed", HOSTILE)
def test_nothing_typed_into_a_search_does_harm(site, typed):
    for path in (
        f"/search?q={typed}",
        f"/search?q=公开&year={typed}&form={typed}&page={typed}",
        f"/nianbao/sections?_search={typed}",
        f"/nianbao/search?q={typed}",
        f"/nianbao/missing?year={typed}",
    ):
        response = site.get(path)
        assert response.status_code == 200, path
        assert "<script>alert" not in response.text


def test_the_database_cannot_be_changed(site):
    for sql in ("delete from reports", "select 1; delete from reports", "pragma writable_schema=1"):
        assert site.get(f"/nianbao?sql={quote(sql)}").status_code == 400
    assert site.get("/nianbao.db").status_code == 403


def rows(site, path):
    return site.get(path).json()


def test_plain_datasette_search_knows_chinese(site, data):
    with sqlite3.connect(data / "public" / "nianbao.db") as db:
        every = db.execute("SELECT count(*) FROM sections").fetchone()[0]
        for query in ("公开", "罕", "政府信息公開", "𠮷", "２０２３年", LONG):
            match = "SELECT count(*) FROM sections_fts WHERE sections_fts MATCH ?"
            expected = db.execute(match, [match_query(query)]).fetchone()[0]
            for mode in ("", "&_searchmode=raw"):
                path = f"/nianbao/sections.json?_search={quote(query)}{mode}"
                found = rows(site, path)["filtered_table_rows_count"]
                assert 0 < found == expected < every
    db.close()
    assert rows(site, "/nianbao/sections.json?_search=量子")["filtered_table_rows_count"] == 0
    assert rows(site, "/nianbao/agencies.json?_search=教育")["filtered_table_rows_count"] == 1


def test_the_front_page_counts_what_is_there(site):
    front = text_of(site.page("/"))
    assert "机关 5" in front
    assert "报告 5" in front
    assert "另有 1 份仅见副本" in front
    assert "5 / 17" in front
    assert "2019–2023" in front
    assert "疑点 5 最新收录" in front  # three in a report, two in another; those of the copy apart


def test_search_finds_bodies_and_prose_and_leaves_copies_out(site):
    page = site.page("/search?q=教育局+2023")
    assert page.xpath("//ul[@class='bodies']//a/@href")[0] == "/body/990200-edu"
    page = site.page("/search?q=政府信息公開")
    assert page.xpath("//mark/text()")[0] == "政府信息公开"
    hidden = site.page("/search?q=唯副本有此语")
    assert not hidden.xpath("//ol[@class='found']/li")
    assert "另有 1 节出自来源存疑的副本" in text_of(hidden)
    shown = site.page("/search?q=唯副本有此语&copies=1")
    assert "来源存疑的副本" in text_of(shown.xpath("//ol[@class='found']/li")[0])


def test_search_says_why_there_is_nothing(site):
    assert "没有找到“量子”" in text_of(site.page("/search?q=量子"))
    assert "已限定 2019 年度" in text_of(site.page("/search?q=量子&year=2019"))
    assert "没有可以检索的字" in text_of(site.page("/search?q=，"))


def test_a_word_too_common_to_rank_is_said_to_be(site, monkeypatch):
    monkeypatch.setattr("archive.site.find.RANKED", 3)
    page = site.page("/search?q=信息公开")
    assert "很常见，有 3 节以上" in text_of(page)
    links = page.xpath("//ol[@class='found']//a/@href")
    reports = [link.partition("#")[0] for link in links]
    assert reports == sorted(reports, reverse=True)
    assert not [link for link in links if "water-2023" in link]


def test_search_is_narrowed_by_year_and_form(site):
    def reports(query):
        links = site.page(query).xpath("//ol[@class='found']//a/@href")
        return {link.partition("#")[0].removeprefix("/report/") for link in links}

    everything = reports("/search?q=信息处理费")
    assert reports("/search?q=信息处理费&year=2019") == {"990200-edu-2019"}
    assert reports("/search?q=信息处理费&form=2019") == {"990200-edu-2019"}
    assert {"990200-edu-2019", "990200-edu-2023"} <= everything


@pytest.mark.parametrize("form", forms(), ids=lambda form: form.id)
def test_the_layout_fills_a_rectangle_with_every_cell_once(form):
    for table in form.tables:
        taken = set()
        for top, line in enumerate(layout(table)):
            left = 0
            for box in line:
                while (top, left) in taken:
                    left += 1
                place = {(top + d, left + a) for d in range(box.down) for a in range(box.across)}
                assert not taken & place
                taken |= place
        height, width = (1 + max(axis) for axis in zip(*taken, strict=True))
        assert len(taken) == height * width
        cells = [box.cell for line in layout(table) for box in line if box.cell]
        assert sorted(cells) == sorted(table.cells)


def cell(page, place):
    return page.xpath(f"//td[@id='{place}']")[0]


def shown(page, place):
    box = cell(page, place)
    for note in box.xpath(".//*[@popover]"):
        note.drop_tree()
    return text_of(box)


def test_figures_stand_as_printed(site):
    page = site.page("/report/990200-edu-2022")
    assert shown(page, "applications-granted-legal_business") == "空白"
    assert shown(page, "applications-granted_partial-total") == "/"
    assert shown(page, "remedies-suit_after-pending") == "无"
    assert shown(page, "applications-granted-total") == "0"
    assert "zero" in cell(page, "applications-granted-total").get("class")
    old = site.page("/report/990200-edu-2019")
    assert shown(old, "proactive-procurement-amount") == "141.45万元"
    assert shown(old, "proactive-rules-new_made") == "8"
    assert shown(site.page("/report/990200-gov-2023"), "proactive-fees-amount") == "250.27"


@pytest.mark.parametrize("report", ["990200-gov-2023", "990200-edu-2019"])
def test_every_published_figure_is_on_the_page_of_its_report(site, report):
    page = site.page(f"/report/{report}")
    wanted = ("select * from cells where value is not null and report = :report", report)
    path = f"/nianbao.json?sql={quote(wanted[0])}&report={wanted[1]}&_shape=array"
    published = rows(site, path)
    assert len(published) > 190
    for row in published:
        place = "-".join((row["sheet"], *(row[x].replace(".", "_") for x in ("row", "column"))))
        assert float(shown(page, place).removesuffix("万元")) == row["value"]


def test_a_flagged_cell_explains_itself(site):
    page = site.page("/report/990200-edu-2023")
    box = cell(page, "applications-outcome_total-total")
    button = box.xpath("./button")[0]
    note = page.get_element_by_id(button.get("popovertarget"))
    assert "error" in box.get("class")
    assert button.text_content() == "13"
    assert "本年度办理结果 总计，总计： 13" in text_of(note)
    assert "应为 12" in text_of(note)
    assert note.xpath(".//a/@href")[0].startswith("/rule/")
    assert "疑点 3 处" in text_of(page)
    assert not cell(page, "proactive-rules-made").xpath("./button")


def test_a_copy_says_so_and_shows_no_figure(site):
    page = site.page("/report/990200-water-2023")
    assert "这不是可以确认的原件" in text_of(page.xpath("//*[@class='alarm']")[0])
    assert not page.xpath("//table[contains(@class, 'form')]")
    assert "唯副本有此语" in text_of(page)


def test_a_missing_table_is_said_to_be_missing(site):
    page = text_of(site.page("/report/990200-water-2022"))
    assert page.count("原文中没有找到这张表") == 2


def test_changes_and_versions_are_told(site):
    page = site.page("/report/990200-gov-2023")
    assert "第 2 版，共 2 版" in text_of(page)
    changes = text_of(page.xpath("//table[contains(@class, 'changes')]")[0])
    assert "表三 本年新收政府信息公开申请数量，总计 12 14" in changes
    assert "本年度收取信息处理费0元。 本年度收取信息处理费800元。" in changes


def test_a_report_can_be_cited(site):
    page = site.page("/report/990200-gov-2023")
    cited = text_of(page.xpath("//*[@class='cite']")[0])
    assert "临江市人民政府" in cited
    assert "编号 990200-gov-2023，第 2 版，2026-03-31 存档，sha256:" in cited


def test_a_body_shows_what_it_owes_and_why_it_is_missing(site):
    page = text_of(site.page("/body/990200-edu"))
    assert "列表中没有" in page
    assert "已读年报列表，其中没有这一年的报告" in page
    assert "被拦截（加速乐）" in text_of(site.page("/body/990200-tax"))
    assert "尚未采集" in text_of(site.page("/body/990200-zone"))


def test_a_blank_makes_no_sum_and_no_rate(site):
    page = site.page("/body/990200-edu")
    figures = {
        row.xpath("string(./th)"): [text_of(cell) for cell in row.xpath("./td")]
        for row in page.xpath("//table[contains(@class, 'figures')]//tr[td]")
    }
    #                  received carried handled granted partial refused out share recon suits
    assert figures["2022"] == ["0", "0", "0", "0", "空", "0", "0", "—", "0", "0"]
    assert figures["2023"] == ["12", "0", "13", "7", "0", "5", "0", "53.8", "0", "2"]


def test_archived_bytes_are_behind_glass(site):
    response = site.get("/capture/1/bytes")
    assert response.headers["content-security-policy"] == (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    )
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert b"<script>document.title" in response.content


@pytest.mark.parametrize(
    ("capture", "media_type", "words_in_it"),
    [
        (2, "text/html; charset=gb18030", "临江市教育局".encode("gb18030")),
        (6, "text/html; charset=utf-8", "政府集中采购".encode()),  # a revisit record
        (8, "application/octet-stream", b"%PDF"),
        (11, "text/plain; charset=gb18030", "<这>是一段文字".encode("gb18030")),
    ],
)
def test_bytes_come_with_the_right_type(site, capture, media_type, words_in_it):
    response = site.get(f"/capture/{capture}/bytes")
    assert response.headers["content-type"] == media_type
    assert words_in_it in response.content
    assert ("content-disposition" in response.headers) == (capture == 8)


def test_lost_bytes_are_said_to_be_lost(tmp_path):
    data = publish(tmp_path)
    for path in (data / "warc").glob("*.warc.gz"):
        path.unlink()
    made = Site(data)
    response = made.get("/capture/1/bytes")
    made.close()
    assert response.status_code == 404
    assert "存档的字节无法取出" in response.text


def test_a_fault_of_ours_is_logged_and_not_shown(site, monkeypatch, caplog):
    monkeypatch.setattr("archive.site.report.SECTIONS", "SELECT secret FROM nowhere")
    response = site.get("/report/990200-gov-2023")
    assert response.status_code == 500
    assert "本站出错了" in response.text
    assert "nowhere" not in response.text
    assert "no such table: nowhere" in caplog.text


def test_a_slow_query_is_stopped_and_said_to_be_slow(site):
    endless = "with recursive n(x) as (select 1 union all select x + 1 from n) select max(x) from n"
    response = site.get(f"/nianbao?sql={quote(endless)}")
    assert response.status_code == 503
    assert "这个查询太慢，已经停下" in response.text


def test_a_wrong_address_leaves_no_traceback_in_the_log(site, capsys):
    assert site.get("/nianbao/nothing").status_code == 404
    assert site.get("/nianbao/nothing.json").json()["status"] == 404
    printed = capsys.readouterr()
    assert "Traceback" not in printed.out + printed.err


def test_every_word_of_the_crawler_has_a_name():
    assert [name for name in OUTCOMES if name not in words()["coverage"]] == []
    assert word("coverage", "something new") == "something new"


def test_a_rule_page_keeps_equations_apart():
    page = "总计等于各项之和。\nThe total equals the sum.\n\n    a = b\n\nBoth sides\nas printed.\n"
    assert paragraphs(page) == [
        ("chinese", "总计等于各项之和。"),
        ("english", "The total equals the sum."),
        ("equation", "a = b"),
        ("english", "Both sides as printed."),
    ]


def test_settings_are_hardened(site):
    asked = site.get("/-/settings.json").json()
    assert {name: asked[name] for name in SETTINGS} == SETTINGS
    assert (asked["suggest_facets"], asked["allow_download"]) == (False, False)


def test_serving_without_a_published_database_says_what_to_do(tmp_path):
    with pytest.raises(click.ClickException, match="run `nianbao build` first"):
        datasette_for(tmp_path)
    (tmp_path / "public").mkdir()
    path = tmp_path / "public" / "nianbao.db"
    path.write_text("not a database, and long enough to be looked at" * 9)
    with pytest.raises(click.ClickException, match="nianbao build --rebuild"):
        datasette_for(tmp_path)
    path.unlink()
    sqlite3.connect(path).execute("CREATE TABLE reports (id)").connection.close()
    with pytest.raises(click.ClickException, match=r"no table .*sections_fts.*--rebuild"):
        datasette_for(tmp_path)


def test_a_taken_port_says_what_to_do(data):
    told = pytest.raises(click.ClickException, match="choose another with --port")
    with socket.create_server(("127.0.0.1", 0)) as taken, told:
        serve(data, port=taken.getsockname()[1])


def test_serve_answers_over_http(data, monkeypatch, capsys):
    """The whole way: a real server, asked by a real client, stopped as Ctrl-C stops it."""
    running = []
    kept = archive.serve.uvicorn.Server
    monkeypatch.setattr(
        archive.serve.uvicorn, "Server", lambda config: running.append(kept(config)) or running[0]
    )
    thread = threading.Thread(target=serve, args=(data,), kwargs={"port": 0}, daemon=True)
    thread.start()
    for _ in range(600):
        if running and running[0].started:
            break
        time.sleep(0.05)
    port = int(re.search(r"127\.0\.0\.1:(\d+)/", capsys.readouterr().out)[1])
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/nianbao/reports.json?_shape=array")
    assert len(json.loads(connection.getresponse().read())) == 6
    connection.close()
    running[0].should_exit = True
    thread.join(30)
    assert not thread.is_alive()
