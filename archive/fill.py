"""Fill an empty public database from the archive: reports one by one, and all that goes with them.

Everything is written in a fixed order, so that the same archive gives the same file. It judges
through the rules and decides nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import version
from urllib.parse import urlsplit

import sqlite_utils

from archive import coverage, inventory
from archive.catalogue import Catalogue
from archive.gather import Gathered, Hosts, gather
from archive.placing import Placed, Registry, Unplaced
from archive.record import Row, address
from archive.report import Report, read_report
from archive.report import rows as report_rows
from archive.rules import RULES
from archive.schema import tables
from archive.versions import Document
from parsers import VERSION
from parsers.form import forms

RENDITION = "rendition"
"""Reason of a document that is a report in another form; the detail is the report's id."""


def fill(db: sqlite_utils.Database, catalogue: Catalogue) -> None:
    """Write every public table but the search index. Call inside a transaction."""
    registry = Registry(inventory.agencies(catalogue))
    hosts = Hosts(frozenset(host for site in inventory.sites(catalogue) for host in site.hosts))
    gathered = gather(catalogue, registry)
    _insert(db, "captures", _captures(catalogue))
    _insert(db, "rules", _rules())
    found: dict[Placed, coverage.Found] = {}
    named: dict[str, str] = {}
    unread = list(gathered.unread)
    for placed, documents in gathered.reports.items():
        report = read_report(catalogue, hosts, placed, documents)
        unread += ((document, Unplaced(RENDITION, placed.report)) for document in report.renditions)
        for table, rows in report_rows(report):
            _insert(db, table, rows)
        found[placed] = _found(report)
        named[placed.agency] = report.reading.publisher or ""
    _insert(db, "agencies", _agencies(registry, named))
    _insert(db, "unread", _unread(unread))
    _insert(db, "leads", _leads(catalogue))
    _insert(db, "coverage", coverage.rows(registry, _evidence(catalogue, gathered, found)))
    _insert(db, "codebook", codebook())
    _insert(db, "facts", _facts())


def _insert(db: sqlite_utils.Database, table: str, rows: Iterable[Row]) -> None:
    """Insert rows by one statement; a column that a row leaves out is null."""
    columns, sql = _statement(table)
    db.conn.executemany(sql, ([row.get(name) for name in columns] for row in rows))


@cache
def _statement(table: str) -> tuple[tuple[str, ...], str]:
    columns = next(tuple(c.id for c in spec.columns) for spec in tables() if spec.id == table)
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" for _ in columns)
    return columns, f'INSERT INTO "{table}" ({names}) VALUES ({marks})'


def _agencies(registry: Registry, named: Mapping[str, str]) -> Iterator[Row]:
    """Yield registered bodies, then those that only documents name."""
    for agency_id, agency in registry.agencies.items():
        yield {
            "id": agency_id,
            "name": agency.name,
            "level": agency.level,
            "kind": agency.kind,
            "division": agency.division,
            "credit_code": agency.credit_code or None,
            "site": agency.site,
            "registered": 1,
        }
    for agency_id in sorted(named.keys() - registry.agencies.keys()):
        yield {"id": agency_id, "name": named[agency_id], "registered": 0}


def _captures(catalogue: Catalogue) -> Iterator[Row]:
    for row in inventory.captures(catalogue):
        url = str(row["url"])
        outcome = row["outcome"] or "unknown"
        yield {**row, "url": address(url), "host": urlsplit(url).hostname or "", "outcome": outcome}


def _rules() -> Iterator[Row]:
    for rule in RULES:
        yield {
            "id": rule.id,
            "title_zh": rule.title_zh,
            "title_en": rule.title_en,
            "severity": rule.severity,
            "page": rule.page,
        }


# ------------------------------------------------------------------ what was not a report


def _unread(documents: Iterable[tuple[Document, Unplaced]]) -> Iterator[Row]:
    for document, why in documents:
        yield {
            "capture": document.first.capture,
            "url": address(document.first.url),
            "reason": why.reason,
            "detail": why.detail,
        }


def _leads(catalogue: Catalogue) -> Iterator[Row]:
    """Yield the links that may not be followed; the others became captures."""
    yield from catalogue.db.query(
        "SELECT * FROM leads WHERE reason <> ? ORDER BY url", [coverage.LISTED]
    )


def _evidence(
    catalogue: Catalogue, gathered: Gathered, found: Mapping[Placed, coverage.Found]
) -> coverage.Evidence:
    return coverage.Evidence(
        reports={(placed.agency, placed.year): report for placed, report in found.items()},
        leads=tuple(inventory.leads(catalogue)),
        became=_became(gathered),
        lists=inventory.lists(catalogue),
        last_year=inventory.last_year_owed(catalogue),
    )


def _found(report: Report) -> coverage.Found:
    now = report.current
    url, authentic = address(now.first.url), now.authentic
    return coverage.Found(report.placed.report, now.first.capture, url, authentic)


def _became(gathered: Gathered) -> dict[str, str]:
    """Return by address what the last document found there was."""
    found = [(document.last, why.reason) for document, why in gathered.unread]
    for placed, documents in gathered.reports.items():
        found += [(document.last, placed.report) for document in documents]
    return {seen.url: what for seen, what in sorted(found, key=lambda one: one[0].order)}


# ------------------------------------------------------------------ what holds for every build


def codebook() -> Iterator[Row]:
    """Yield every figure of every edition of the form, with unit and legal basis."""
    for form in forms():
        for table in form.tables:
            for row_id, column_id in table.cells:
                row, column = table.row(row_id), table.column(column_id)
                yield {
                    "form": form.id,
                    "sheet": table.id,
                    "row": row_id,
                    "column": column_id,
                    "zh": f"{row.printed} · {column.zh}{column.note}",
                    "en": f"{row.en} · {column.en}",
                    "unit": column.unit,
                    "law": row.law,
                }


def _facts() -> Iterator[Row]:
    yield {"name": "nianbao", "value": version("nianbao")}
    yield {"name": "reader", "value": VERSION}
    yield {"name": "forms", "value": "、".join(form.document for form in forms())}
