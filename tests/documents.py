"""Invented reports as bytes, and archives made of them: the material of the tests of the build."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from html import escape

from exchanges import AT, HTML, exchange

from archive.catalogue import AgencyRow, Catalogue, SiteRow
from archive.publish import PUBLIC
from archive.store import Store
from crawler.frontier import Row
from crawler.lead import Lead
from crawler.listings import Listings
from parsers.form import form

SITES = (
    SiteRow("qinghe", "清河市", ("www.qinghe.example",), "990100", "city", "active", "a test"),
    SiteRow("haibin", "海滨区", ("www.haibin.example",), "990102", "county", "active", "a test"),
)
WATER, SCHOOLS = "清河市水务局", "海滨区教育局"
AGENCIES = (
    AgencyRow(
        *("990100-water", WATER, ("清河市水利局",), "city", "department", "990100"),
        *(None, "qinghe", 2022, 2024, "a test"),
    ),
    AgencyRow(
        *("990102-edu", SCHOOLS, (), "county", "department", "990102"),
        *(None, "haibin", 2023, 2023, "a test"),
    ),
)
HOME = "http://www.qinghe.example/nb/"


@dataclass(frozen=True)
class Paper:
    """One invented report; ``cells`` are printed as given, all others as ``others``."""

    publisher: str = WATER
    year: int = 2023
    form: str = "2021"
    cells: dict = field(default_factory=dict)
    others: str = "0"
    prose: str = "工作平稳。"
    tables: tuple = ("proactive", "applications", "remedies")
    pictures: tuple = ()

    @property
    def body(self):
        title = f"{self.publisher}{self.year}年政府信息公开工作年度报告"
        edition = form(self.form)
        parts = "".join(self._section(edition, section) for section in edition.sections)
        return f"<html><body><h1>{title}</h1>{parts}</body></html>".encode()

    def _section(self, edition, section):
        inside = f"<p>{escape(self.prose)}</p>" if section.number == "一" else ""
        for table in edition.tables:
            if table.section == section.number and table.id in self.pictures:
                inside = f'<img src="{table.id}.png">'
            elif table.section == section.number and table.id in self.tables:
                inside = "".join(self._rows(table))
        return f"<p>{section.number}、{section.zh}</p>{inside}"

    def _rows(self, table):
        yield "<table>"
        if table.layout == "across":
            names = [table.column(column).zh for _, column in table.cells]
            yield _line(names) + _line(self._cell(table, *cell) for cell in table.cells)
        else:
            for block in table.blocks:
                columns = [table.column(column) for column in block.columns]
                yield _line(["信息内容", *(column.zh + column.note for column in columns)])
                for row in block.rows:
                    figures = (self._cell(table, row.id, column) for column in row.columns)
                    yield _line([row.printed, *figures])
        yield "</table>"

    def _cell(self, table, row, column):
        return self.cells.get(f"{table.id}/{row}/{column}", self.others)


def _line(texts):
    return f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in texts)}</tr>"


@dataclass(frozen=True)
class Visit:
    """One attempt of a run; without a body there is no capture. ``file:`` is handed in."""

    url: str
    body: bytes | None = b""
    site: str | None = "qinghe"
    kind: str = "article"
    outcome: str = "ok"
    detail: str = ""
    evidence: str | None = None
    """Address whose capture is the evidence where the attempt itself brought none."""
    lists: tuple = ()
    """Addresses and titles the page lists, as the crawler keeps them."""
    strays: tuple = ()
    """Address, title and reason of the links on it that may not be followed."""

    @property
    def handed_in(self):
        return self.kind == "ingest"


def listing(*rows, url=HOME, site="qinghe", **changes):
    """Return the visit to a list page that lists ``rows``, each an address and a title."""
    return Visit(url, b"<p>a list</p>", site, "list", lists=rows, **changes)


def handed_in(url, body):
    return Visit(url, body, None, "ingest")


def run(data, *visits, late=0, sites=SITES, agencies=AGENCIES):
    """Add one run of ``visits`` to the archive in ``data``, ``late`` days after the first."""
    with Catalogue(data) as catalogue:
        catalogue.mirror_registry(sites, agencies)
        number = catalogue.start_run("crawl", "a test")
        with Store(data / "warc", str(number), catalogue.first_with_digest) as store:
            for minutes, visit in enumerate(visits):
                at = AT + timedelta(days=late, minutes=minutes)
                with catalogue.atomic():
                    _visit(catalogue, store, number, visit, at)
        catalogue.end_run(number)


def _visit(catalogue, store, number, visit, at):
    capture = None
    if visit.body is not None:
        if visit.handed_in:
            kept = store.keep_resource(visit.url, at, visit.body, "text/html", {}, "files")
        else:
            kept = store.keep(exchange(visit.url, visit.body, HTML, at=at), "pages")
        status = None if visit.handed_in else 200
        capture = catalogue.add_capture(
            number, visit.site, visit.url, at, visit.kind, status, "text/html", kept
        )
    elif visit.evidence:
        sql = "SELECT max(id) FROM captures WHERE url = ?"
        capture = catalogue.db.execute(sql, [visit.evidence]).fetchone()[0]
    told = (visit.kind, visit.outcome, visit.detail, at, capture)
    catalogue.add_fetch(number, visit.url, visit.site, *told)
    for stray in visit.strays:
        catalogue.add_lead(*stray, capture, at)
    if visit.lists:
        row = Row(visit.url, visit.site, f"{visit.site}/annual", "list", "", "registry")
        rows = tuple(Lead(url, title, visit.url, None) for url, title in visit.lists)
        Listings(catalogue).keep(number, row, rows)


def ask(data, sql, *values):
    """Return the rows of the published database; single columns as plain values."""
    with closing(sqlite3.connect(data / PUBLIC)) as db:
        rows = db.execute(sql, values).fetchall()
    return [row[0] if len(row) == 1 else row for row in rows]


def paper(**changes):
    return replace(Paper(), **changes)
