"""Fill an empty public database from the archive: the second pass of a build, report by report.

Everything is written in a fixed order, so that the same archive gives the same file. It judges
through the rules and decides nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.metadata import version
from itertools import pairwise
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import sqlite_utils

from archive import coverage, inventory
from archive.catalogue import Catalogue
from archive.gather import Gathered, Hosts, gather, reading_of
from archive.placing import Registry
from archive.record import Row, change_rows, flag_row, remark_rows, section_rows, sheet_rows
from archive.rules import RULES, check
from archive.rules.model import Flag
from archive.schema import tables
from archive.versions import Report, Version, reports
from archive.warc import stamp
from parsers import VERSION
from parsers.contract import TABLES
from parsers.form import forms
from parsers.sheet import Reading


def fill(db: sqlite_utils.Database, catalogue: Catalogue) -> None:
    """Write every public table but the search index. Call inside a transaction."""
    registry = Registry(inventory.agencies(catalogue))
    hosts = Hosts(frozenset(host for site in inventory.sites(catalogue) for host in site.hosts))
    gathered = gather(catalogue, registry, hosts)
    found = list(reports(gathered.sightings))
    _insert(db, "agencies", _agencies(registry, found))
    _insert(db, "captures", _captures(catalogue))
    _insert(db, "rules", _rules())
    for report in found:
        _report(db, catalogue, hosts, report)
    _insert(db, "unread", _unread(gathered))
    _insert(db, "leads", _leads(catalogue))
    _insert(db, "coverage", coverage.rows(registry, _evidence(catalogue, gathered, found)))
    _insert(db, "codebook", codebook())
    _insert(db, "facts", _facts())


def _insert(db: sqlite_utils.Database, table: str, rows: Iterable[Row]) -> None:
    """Insert rows by one statement; a column that a row leaves out is null."""
    columns = next([c.id for c in spec.columns] for spec in tables() if spec.id == table)
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" for _ in columns)
    db.conn.executemany(
        f'INSERT INTO "{table}" ({names}) VALUES ({marks})',
        ([row.get(name) for name in columns] for row in rows),
    )


def _agencies(registry: Registry, found: Iterable[Report]) -> Iterator[Row]:
    """Yield registered bodies, then those that only documents name."""
    named = {report.agency: report.current.first.publisher for report in found}
    for agency_id, agency in registry.agencies.items():
        yield {
            "id": agency_id,
            "name": agency.name,
            "level": agency.level,
            "kind": agency.kind,
            "division": agency.division,
            "credit_code": agency.credit_code or None,
            "site": agency.site or None,
            "registered": 1,
        }
    for agency_id in sorted(named.keys() - registry.agencies.keys()):
        yield {"id": agency_id, "name": named[agency_id], "registered": 0}


def address(url: str) -> str:
    """Return an address fit to publish: of a local file the name, not the path on our disk."""
    parts = urlsplit(url)
    return f"file:{PurePosixPath(unquote(parts.path)).name}" if parts.scheme == "file" else url


def _captures(catalogue: Catalogue) -> Iterator[Row]:
    for row in inventory.captures(catalogue):
        url = str(row["url"])
        outcome = row["outcome"] or "ok"
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


# ------------------------------------------------------------------ one report


def _report(db: sqlite_utils.Database, catalogue: Catalogue, hosts: Hosts, report: Report) -> None:
    readings = [reading_of(catalogue, version.first.capture) for version in report.versions]
    current = readings[report.current.number - 1]
    flags = check(hosts.record(current, report.current.first.capture.url))
    _insert(db, "reports", [_report_row(report, current, flags)])
    versions = zip(report.versions, readings, strict=True)
    _insert(db, "versions", (_version_row(report.id, v, reading) for v, reading in versions))
    _insert(db, "sections", section_rows(report.id, current))
    _insert(db, "flags", (flag_row(report.id, report.current.number, flag) for flag in flags))
    _insert(db, "changes", _changes(report, readings))
    if report.current.first.authentic:
        for sheet in current.sheets:
            _insert(db, sheet.table.id, sheet_rows(report.id, sheet))
        _insert(db, "remarks", remark_rows(report.id, current))


def _report_row(report: Report, reading: Reading, flags: Iterable[Flag]) -> Row:
    sighting = report.current.first
    failing = [flag.severity for flag in flags if flag.finding.verdict == "fails"]
    return {
        "id": report.id,
        "agency": report.agency,
        "year": report.year,
        "form": reading.form.id if reading.form else None,
        "title": reading.title,
        "published": reading.published,
        "url": address(sighting.capture.url),
        "version": report.current.number,
        "versions": len(report.versions),
        "authentic": int(sighting.authentic),
        "errors": failing.count("error"),
        "warnings": failing.count("warning"),
        "capture": sighting.capture.id,
    }


def _version_row(report: str, version: Version, reading: Reading) -> Row:
    first, last = version.first.capture, version.last.capture
    return {
        "report": report,
        "number": version.number,
        "content": version.first.content,
        "capture": first.id,
        "url": address(first.url),
        "first_seen": stamp(first.at),
        "last_seen": stamp(last.at),
        "title": reading.title,
        "publisher": reading.publisher,
        "published": reading.published,
        "format": reading.format,
        "charset": reading.charset,
        "form": reading.form.id if reading.form else None,
        **{
            table: str(sheet.state) if (sheet := reading.sheet(table)) else "missing"
            for table in TABLES
        },
        "authentic": int(version.first.authentic),
    }


def _changes(report: Report, readings: list[Reading]) -> Iterator[Row]:
    """Yield what each authentic version changed against the authentic one before it."""
    own = [version.number for version in report.versions if version.first.authentic]
    for old, new in pairwise(own):
        yield from change_rows(report.id, (old, new), readings[old - 1], readings[new - 1])


# ------------------------------------------------------------------ what was not a report


def _unread(gathered: Gathered) -> Iterator[Row]:
    for capture, why in gathered.unread.items():
        yield {
            "capture": capture.id,
            "url": address(capture.url),
            "reason": why.reason,
            "detail": why.detail,
        }


def _leads(catalogue: Catalogue) -> Iterator[Row]:
    """Yield the links that may not be followed; the others became captures."""
    yield from catalogue.db.query(
        "SELECT * FROM leads WHERE reason <> ? ORDER BY url", [coverage.LISTED]
    )


def _evidence(
    catalogue: Catalogue, gathered: Gathered, found: Iterable[Report]
) -> coverage.Evidence:
    by_body = {}
    for report in found:
        sighting = report.current.first
        by_body[report.agency, report.year] = coverage.Found(
            report.id, sighting.capture.id, address(sighting.capture.url), sighting.authentic
        )
    return coverage.Evidence(
        reports=by_body,
        leads=tuple(inventory.leads(catalogue)),
        became=_became(gathered),
        lists=inventory.lists(catalogue),
        last_year=inventory.last_year_owed(catalogue),
    )


def _became(gathered: Gathered) -> dict[str, str]:
    """Return by address what the last document found there was."""
    documents = [(capture, why.reason) for capture, why in gathered.unread.items()]
    documents += [(sighting.capture, sighting.report) for sighting in gathered.sightings]
    return {capture.url: what for capture, what in sorted(documents, key=lambda d: d[0].id)}


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
