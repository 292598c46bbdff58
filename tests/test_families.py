"""Families against listing pages: tests/listings/<family>/<case>/ holds the page and what it lists.

page.html    the bytes of the page (written by hand after the descriptions of the real ones)
case.toml    its address, and why it is kept
leads.csv    what the family must find: address, title, date printed, is it a report by its title
next.txt     the further page the family must name; empty for none
"""

import csv
import io
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.article import article_facts, attachments
from crawler.families import FAMILIES, FAMILY_NAMES
from crawler.families.rows import first_date
from crawler.lead import canonical
from crawler.page import page_of
from crawler.titles import is_annual_report

LISTINGS = Path(__file__).parent / "listings"
CASES = sorted(path.parent for path in LISTINGS.glob("*/*/page.html"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_family_finds_what_the_page_lists(case):
    about = tomllib.loads((case / "case.toml").read_text("utf-8"))
    family = FAMILIES[FAMILY_NAMES.index(case.parent.name)]
    page = page_of(about["url"], (case / "page.html").read_bytes(), ())
    assert about["why"]
    expect(case / "leads.csv", leads_csv(family.leads(page)))
    expect(case / "next.txt", "".join(f"{url}\n" for url in family.next_pages(page)))


def leads_csv(leads):
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["url", "title", "listed", "report"])
    for lead in leads:
        report = "yes" if is_annual_report(lead.title) else "no"
        rows.writerow([lead.url, lead.title, lead.listed or "", report])
    return out.getvalue()


def expect(file, found):
    if not file.exists():
        file.write_text(found, "utf-8")
        pytest.fail(f"{file} was missing and is written: check it against the page, then run again")
    assert found == file.read_text("utf-8")


def test_every_family_has_cases_and_says_how_to_know_it():
    assert {case.parent.name for case in CASES} == set(FAMILY_NAMES)
    for family in FAMILIES:
        assert "Know it by" in family.__doc__
        assert "It is not" in family.__doc__


@pytest.mark.parametrize(
    "title",
    [
        "2024年政府信息公开工作年度报告",
        "威海市人力资源和社会保障局 2023 年政府信息公开工作年度报告",
        "某县住建局政府信息公开年度报告（2023年）",
        "某市财政局2023年政府信息公开年报",
        "某市统计局２０２１年信息公开年报",
        "某乡政务公开2019年度报告",
        "（图解）某区政府信息公开工作2020年度报告",
        "某局2012年政府信息公开工作情况报告",
        "某市政府信息公开工作年度报告（文字版）",
    ],
)
def test_titles_of_reports(title):
    assert is_annual_report(title)


@pytest.mark.parametrize(
    "title",
    [
        "",
        "政府信息公开指南",
        "政府信息公开制度",
        "2023年度部门决算公开",
        "某局2022年预决算信息公开工作报告",
        "某市2023年财政信息公开工作年度报告",
        "某市2023年法治政府建设年度报告",
        "某市政府网站工作年度报表（2023年度）",
        "某局2023年行政执法信息公开年报",
        "某区事业单位法人年度报告书",
        "企业信息公开年度报告须知",
        "某市统计年报",
        "关于做好2023年政府信息公开工作年度报告编制工作的通知",
        "关于2022年政府信息公开年报编制情况的通报",
        "依申请公开",
    ],
)
def test_titles_of_other_things(title):
    assert not is_annual_report(title)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("HTTP://WWW.Example.GOV.CN:80/b#top", "http://www.example.gov.cn/b"),
        ("https://www.example.gov.cn:443", "https://www.example.gov.cn/"),
        ("http://www.example.gov.cn:8080/x", "http://www.example.gov.cn:8080/x"),
        ("http://x.gov.cn/a;jsessionid=AB12.n1?b=2&a=1", "http://x.gov.cn/a?b=2&a=1"),
        ("http://x.gov.cn/年报.html", "http://x.gov.cn/%E5%B9%B4%E6%8A%A5.html"),
        ("  http://x.gov.cn./a ", "http://x.gov.cn/a"),
        ("javascript:void(0)", None),
        ("mailto:a@x.gov.cn", None),
        ("http://", None),
        ("http://x.gov.cn:port/", None),
        ("http://[::1", None),
    ],
)
def test_one_spelling_per_address(written, meant):
    assert canonical(written) == meant


@given(st.text())
def test_canonical_is_its_own_canonical(written):
    once = canonical(f"http://x.gov.cn/{written}")
    assert once is None or canonical(once) == once


@given(st.dates())
def test_any_date_printed_is_read(day):
    expected = day if 1900 <= day.year < 2100 and str(day) != "1970-01-01" else None
    assert first_date(f"发布时间：{day.year:04}年{day.month}月{day.day}日 10:20") == expected


def test_what_is_no_date():
    assert first_date("2023-13-40 1970-01-01 12023-01-01") is None


ARTICLE = """<html><head><meta name="ArticleTitle" content="某局2023年政府信息公开工作年度报告">
<META NAME="pubdate" CONTENT="2024-01-26 09:30"><meta name="ContentSource" content="某局">
<meta name="SiteIDCode" content="9999000001"></head><body>
<div class="head"><img src="/images/logo.png"></div>
<div class="TRS_Editor"><p><img src="./W020240126_1.png" alt="表一">
<img src="data:image/png;base64,AA"></p>
<iframe src="/pdfjs/web/viewer.html?file=%2Ffiles%2Freport%202023.pdf"></iframe></div>
<div class="fj">附件：<a href="./P020240126612395936729.docx">某局2023年报.docx</a>
<a href="./P020240126612395936729.docx">下载</a>
<a href="/module/download/downfile.jsp?classid=0&filename=ab.pdf" title="扫描件">扫描件</a>
<a href="/index.html">首页</a></div></body></html>"""


def test_article_facts_and_files():
    page = page_of("http://www.example.gov.cn/nb/202401/t20240126_1.html", ARTICLE.encode(), ())
    facts = article_facts(page)
    assert facts.title == "某局2023年政府信息公开工作年度报告"
    assert (facts.published, facts.source, facts.site_code) == (
        "2024-01-26 09:30",
        "某局",
        "9999000001",
    )
    base = "http://www.example.gov.cn"
    assert [(lead.url, lead.title) for lead in attachments(page)] == [
        (f"{base}/nb/202401/P020240126612395936729.docx", "某局2023年报.docx"),
        (f"{base}/module/download/downfile.jsp?classid=0&filename=ab.pdf", "扫描件"),
        (f"{base}/files/report%202023.pdf", ""),
        (f"{base}/nb/202401/W020240126_1.png", "表一"),
    ]
