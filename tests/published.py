"""A small published archive, made the long way: pages kept as WARC, catalogued, read, built.

Every case the pages must show is one entry here.
"""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from exchanges import AT, Archive, archive, exchange

from archive.catalogue import AgencyRow, SiteRow
from archive.publish import build
from parsers.form import Form, form
from parsers.layout import layout

HOST = "www.linjiang.example"
SITE = SiteRow("linjiang", "临江市人民政府网站", (HOST,), "990200", "city", "active", "a test")
GATED = SiteRow("gated", "税务局网站", ("gated.example",), "990200", "city", "active", "a test")
UNSEEN = SiteRow("unseen", "管委会网站", ("unseen.example",), "990200", "city", "active", "a test")

LONG = "政府信息公开" * 40

PROSE = {
    "一": "2023年，认真贯彻政府信息公开条例。乾县与乾隆、瞭望塔，了解群众关切；㐂𠮷两字罕见。",
    "五": "行政复议纠正较多，" + LONG + "，抖音号粉丝增长，教育领域公开不够。",
    "六": "本年度收取信息处理费0元。",
}


def agency(
    name_id: str, name: str, kind: str = "department", site: SiteRow = SITE, since: int = 2019
) -> AgencyRow:
    """Return a registered body that owes reports from ``since`` to 2023."""
    told = (site.level, kind, "990200", None, site.id, since, 2023, "a test")
    return AgencyRow(name_id, name, (), *told)


AGENCIES = (
    agency("990200-edu", "临江市教育局"),
    agency("990200-gov", "临江市人民政府", "government"),
    agency("990200-tax", "临江市税务局", site=GATED, since=2023),
    agency("990200-water", "临江市水利局"),
    agency("990200-zone", "临江经济开发区管理委员会", "zone", UNSEEN, 2023),
)

Cells = Mapping[tuple[str, str, str], str]


def page(
    name: str,
    year: int,
    edition: str = "2021",
    cells: Cells | None = None,
    tables: tuple[str, ...] = ("proactive", "applications", "remedies"),
    prose: Mapping[str, str] = PROSE,
) -> str:
    """Return a report as a portal would show it; every cell not given prints 0."""
    printed_form = form(edition)
    title = f"{name}{year}年政府信息公开工作年度报告"
    parts = [f"<html><head><title>{title}</title></head><body><h1>{title}</h1>"]
    for section in printed_form.sections:
        parts.append(f"<p>{section.number}、{section.zh}</p>")
        for table in printed_form.tables:
            if table.section == section.number and table.id in tables:
                parts.append(_table(printed_form, table.id, cells or {}))
        parts.append(f"<p>{prose.get(section.number, '')}</p>")
    return "\n".join([*parts, "</body></html>"])


def _table(printed_form: Form, table_id: str, cells: Cells) -> str:
    rows = []
    for line in layout(printed_form.table(table_id)):
        boxes = (
            f"<td rowspan={box.down} colspan={box.across}>"
            f"{cells.get((table_id, *box.cell), '0') if box.cell else box.text}</td>"
            for box in line
        )
        rows.append(f"<tr>{''.join(boxes)}</tr>")
    return f"<table border=1>{''.join(rows)}</table>"


def summed(**totals: str) -> dict[tuple[str, str, str], str]:
    """Return cells of ``applications``: one applicant, whose figure is also the total."""
    rows = {row.replace("__", "."): figure for row, figure in totals.items()}
    return {
        ("applications", row, column): figure
        for row, figure in rows.items()
        for column in ("natural_person", "total")
    }


RIGHT = summed(new_received="12", granted="7", refused__process_info="5", outcome_total="12") | {
    ("proactive", "fees", "amount"): "250.27",
    ("remedies", "suit_direct", "corrected"): "2",
    ("remedies", "suit_direct", "total"): "2",
}
WRONG = RIGHT | {("applications", "outcome_total", "total"): "13"}
OLD = summed(new_received="3", granted="3", outcome_total="3") | {
    ("proactive", "procurement", "amount"): "141.45万元",
    ("proactive", "rules", "new_made"): "8",
}
BLANK = {
    ("applications", "granted", "legal.business"): "",
    ("applications", "granted_partial", "total"): "/",
    ("remedies", "suit_after", "pending"): "无",
}
SCRIPT = "<script>document.title = 'ran'; fetch('http://evil.example/')</script>"


COPY = page("临江市水利局", 2023, cells=RIGHT, prose=PROSE | {"六": "唯副本有此语。"})


def hand_in(made: Archive, url: str, body: bytes, media_type: str) -> None:
    """Take in a file as ``nianbao ingest`` does."""
    capture = made.keep_file(url, body, media_type)
    made.catalogue.add_fetch(made.run, url, None, "ingest", "ok", "", AT, capture)


def publish(data: Path) -> Path:
    """Fill ``data`` with the archive of these tests, build it, and return ``data``."""
    with archive(data, "one") as made:
        made.catalogue.mirror_registry([SITE, GATED, UNSEEN], AGENCIES)

        def keep(path: str, text: str, days: int = 0, charset: str = "utf-8", **changes) -> int:
            at = AT + timedelta(days=days)
            headers = (("Content-Type", f"text/html; charset={charset}"),)
            body = text.encode(charset)
            return made.keep(exchange(f"http://{HOST}/{path}", body, headers, at=at, **changes))

        keep("edu/2023.html", page("临江市教育局", 2023, cells=WRONG) + SCRIPT)
        keep("edu/2022.html", page("临江市教育局", 2022, cells=BLANK), charset="gb18030")
        keep("edu/2019.html", page("临江市教育局", 2019, "2019", OLD))
        keep("gov/2023.html", page("临江市人民政府", 2023, cells=RIGHT))
        changed = RIGHT | summed(new_received="14", granted="9", outcome_total="14")
        later = PROSE | {"六": "本年度收取信息处理费800元。"}
        keep("gov/2023.html", page("临江市人民政府", 2023, cells=changed, prose=later), days=30)
        keep("edu/2019.html", page("临江市教育局", 2019, "2019", OLD), days=31)
        keep("water/2022.html", page("临江市水利局", 2022, tables=("proactive",)))
        keep("water/2021.pdf", "%PDF-1.4 not read", days=1)
        listed = keep("list.html", "<p>一、总体情况</p>")
        for site, outcome in ((SITE, "ok"), (GATED, "waf_challenge:jsl")):
            address = f"http://{site.hosts[0]}/list.html"
            fetch = (address, site.id, "list", outcome, "", AT, listed)
            made.catalogue.add_fetch(made.run, *fetch)
        made.catalogue.add_lead("http://mirror.example/x", "年报", "offsite_link", listed, AT)
        hand_in(made, "http://mirror.example/water/2023.html", COPY.encode(), "text/html")
        note = "一、总体情况\n<这>是一段文字".encode("gb18030")
        hand_in(made, "http://www.linjiang.example/note.txt", note, "text/plain")
        made.catalogue.end_run(made.run)
    build(data)
    return data
