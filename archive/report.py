"""One report whole: its documents read, put into versions, judged, and turned into rows.

The second pass of a build, one report after another. Rows come table by table, in a fixed order; it
writes nothing itself, and which documents belong to the report was decided before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from archive.catalogue import Catalogue
from archive.gather import Hosts, reading_of
from archive.placing import Placed
from archive.record import (
    Row,
    address,
    change_rows,
    content_of,
    flag_row,
    remark_rows,
    section_rows,
    sheet_rows,
)
from archive.rules import check, is_authentic
from archive.rules.model import Flag
from archive.versions import Document, Judged, Version, current, renditions, versions
from parsers.contract import TABLES
from parsers.sheet import Reading


@dataclass(frozen=True, slots=True)
class Report:
    """What the documents of one report say."""

    placed: Placed
    versions: tuple[Version, ...]
    current: Version
    readings: Mapping[int, Reading]
    """By number of the version."""
    flags: tuple[Flag, ...]
    """Of the current version."""
    renditions: tuple[Document, ...]
    """Documents that are this report in another form, and no version of it."""

    @property
    def reading(self) -> Reading:
        """Return the reading of the current version."""
        return self.readings[self.current.number]


def read_report(
    catalogue: Catalogue, hosts: Hosts, placed: Placed, documents: Iterable[Document]
) -> Report:
    """Read the documents of one report whole, each payload once, and judge them."""
    readings: dict[str, Reading] = {}
    contents: dict[str, str] = {}
    judged = []
    for document in documents:
        digest = document.digest
        if digest not in readings:
            readings[digest] = reading_of(catalogue, digest)
            contents[digest] = content_of(readings[digest])
        reading = readings[digest]
        authentic = is_authentic(hosts.record(reading, document.first.url))
        judged.append(Judged(document, contents[digest], authentic, reading.form is not None))
    aside = renditions(judged)
    found = versions(each for each in judged if each not in aside)
    now = current(found)
    return Report(
        placed,
        found,
        now,
        {version.number: readings[version.digest] for version in found},
        check(hosts.record(readings[now.digest], now.first.url)),
        tuple(each.document for each in aside),
    )


def rows(report: Report) -> Iterator[tuple[str, Iterable[Row]]]:
    """Yield the name of each table with the report's rows in it.

    The figures of a copy of doubtful origin are in no table.
    """
    name, now = report.placed.report, report.current
    yield "reports", [_report_row(report)]
    yield "versions", (_version_row(name, v, report.readings[v.number]) for v in report.versions)
    yield "sections", section_rows(name, report.reading)
    yield "flags", (flag_row(name, now.number, flag) for flag in report.flags)
    yield "changes", _changes(report)
    if now.authentic:
        for sheet in report.reading.sheets:
            yield sheet.table.id, sheet_rows(name, sheet)
        yield "remarks", remark_rows(name, report.reading)


def _report_row(report: Report) -> Row:
    placed, now, reading = report.placed, report.current, report.reading
    failing = [flag.severity for flag in report.flags if flag.finding.verdict == "fails"]
    return {
        "id": placed.report,
        "agency": placed.agency,
        "year": placed.year,
        "form": reading.form.id if reading.form else None,
        "title": reading.title,
        "published": reading.published,
        "url": address(now.first.url),
        "version": now.number,
        "versions": len(report.versions),
        "authentic": int(now.authentic),
        "errors": failing.count("error"),
        "warnings": failing.count("warning"),
        "capture": now.first.capture,
    }


def _version_row(report: str, version: Version, reading: Reading) -> Row:
    states = {sheet.table.id: str(sheet.state) for sheet in reading.sheets}
    return {
        "report": report,
        "number": version.number,
        "content": version.content,
        "capture": version.first.capture,
        "url": address(version.first.url),
        "first_seen": version.first.at,
        "last_seen": version.last.at,
        "title": reading.title,
        "publisher": reading.publisher,
        "published": reading.published,
        "format": reading.format,
        "charset": reading.charset,
        "form": reading.form.id if reading.form else None,
        **{table: states.get(table, "missing") for table in TABLES},
        "authentic": int(version.authentic),
    }


def _changes(report: Report) -> Iterator[Row]:
    """Yield what each authentic version changed against the authentic one before it."""
    own = [version.number for version in report.versions if version.authentic]
    for old, new in pairwise(own):
        before, after = report.readings[old], report.readings[new]
        yield from change_rows(report.placed.report, (old, new), before, after)
