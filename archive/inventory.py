"""What the catalogue knows, asked the way a build needs it. Reads only."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from archive.catalogue import Catalogue
from archive.coverage import LISTED, Lead
from archive.placing import Claims
from archive.tables import AgencyRow, CaptureRow, SiteRow, capture_row
from archive.versions import Document, Seen

# Kinds of capture that may hold a report, whole and as asked for.
_DOCUMENT = (
    "kind IN ('article', 'attachment', 'ingest') AND EXISTS (SELECT 1 FROM fetches"
    " WHERE fetches.capture = captures.id AND fetches.outcome = 'ok')"
)
# Two outcomes only say why an address waits; what the last real attempt met stays the state.
_ASKED = "outcome NOT IN ('host_resting', 'daily_cap')"


@contextmanager
def one_moment(catalogue: Catalogue) -> Iterator[None]:
    """See the archive in the block as it is now, whatever a crawl adds to it meanwhile."""
    catalogue.db.conn.execute("BEGIN")
    try:
        yield
    finally:
        catalogue.db.conn.rollback()


def sites(catalogue: Catalogue) -> list[SiteRow]:
    """Return every mirrored site, by id."""
    rows = catalogue.db.query("SELECT * FROM sites ORDER BY id")
    return [SiteRow(**{**row, "hosts": tuple(json.loads(row["hosts"]))}) for row in rows]


def agencies(catalogue: Catalogue) -> list[AgencyRow]:
    """Return every mirrored body, by id."""
    rows = catalogue.db.query("SELECT * FROM agencies ORDER BY id")
    return [AgencyRow(**{**row, "aliases": tuple(json.loads(row["aliases"]))}) for row in rows]


def documents(catalogue: Catalogue) -> Iterator[Document]:
    """Yield every payload that may hold a report, once for each address it was found at."""
    found: dict[tuple[str, str], Document] = {}
    for capture, run, url, at, digest, site, kind in catalogue.db.execute(
        f"SELECT id, run, url, at, digest, site, kind FROM captures WHERE {_DOCUMENT}"
        " ORDER BY run, url, id"
    ):
        seen = Seen(capture, run, url, at)
        before = found.get((digest, url))
        first = before.first if before else seen
        found[digest, url] = Document(digest, site, kind == "attachment", first, seen)
    yield from found.values()


def claims(catalogue: Catalogue, reader: str) -> dict[str, Claims]:
    """Return by payload digest what ``reader`` found each document to be."""
    rows = catalogue.db.execute(
        "SELECT digest, json_extract(json, '$.refused'),"
        " json_extract(json, '$.more.refused_detail'),"
        " json_extract(json, '$.form') IS NOT NULL, json_array_length(json, '$.more.sections'),"
        " json_extract(json, '$.year'), json_extract(json, '$.publisher')"
        " FROM readings WHERE reader = ?",
        [reader],
    )
    return {
        digest: Claims(refused, detail, bool(has_table), sections, year, publisher)
        for digest, refused, detail, has_table, sections, year, publisher in rows
    }


def not_read(catalogue: Catalogue, reader: str) -> list[int]:
    """Return for each payload that ``reader`` has not read its first capture's number."""
    rows = catalogue.db.execute(
        f"SELECT min(id) FROM captures WHERE {_DOCUMENT} AND NOT EXISTS (SELECT 1 FROM readings"
        " WHERE readings.digest = captures.digest AND reader = ?) GROUP BY digest ORDER BY 1",
        [reader],
    )
    return [row[0] for row in rows]


def captures_numbered(catalogue: Catalogue, numbers: Sequence[int]) -> list[CaptureRow]:
    """Return the captures of these numbers, by number."""
    marks = ", ".join("?" for _ in numbers)
    sql = f"SELECT * FROM captures WHERE id IN ({marks}) ORDER BY id"
    cursor = catalogue.db.conn.cursor()
    cursor.row_factory = sqlite3.Row
    return [capture_row(row) for row in cursor.execute(sql, numbers)]


def captures(catalogue: Catalogue) -> Iterator[dict[str, object]]:
    """Yield every capture with the outcome of the fetch that made it, by id."""
    return catalogue.db.query(
        "SELECT c.*, (SELECT f.outcome FROM fetches f WHERE f.capture = c.id AND f.url = c.url"
        " ORDER BY f.id LIMIT 1) AS outcome FROM captures c ORDER BY c.id"
    )


_LISTED = (
    # SQLite takes the bare columns from the row that has the maximum: the latest listing.
    "SELECT url, title, ? AS reason, (SELECT max(id) FROM captures WHERE captures.url = page)"
    " AS found_on, max(run) FROM listings WHERE url NOT IN (SELECT url FROM leads) GROUP BY url"
)
_STRAY = "SELECT url, title, reason, found_on, NULL FROM leads"


def leads(catalogue: Catalogue) -> Iterator[Lead]:
    """Yield every link seen on a list, with how the last attempt at it ended, by address.

    The crawler keeps the rows of lists in ``listings``; an archive that never crawled has none.
    """
    crawled = "listings" in catalogue.db.table_names()
    seen = f"{_LISTED} UNION ALL {_STRAY}" if crawled else _STRAY
    rows = catalogue.db.query(
        "SELECT seen.url, title, reason, page.site, found_on, f.outcome, f.detail, f.capture"
        f" FROM ({seen}) seen LEFT JOIN captures page ON page.id = seen.found_on"
        " LEFT JOIN fetches f ON f.id ="
        f" (SELECT max(id) FROM fetches WHERE fetches.url = seen.url AND {_ASKED})"
        " ORDER BY seen.url",
        [LISTED] if crawled else [],
    )
    for row in rows:
        evidence = row["capture"] or row["found_on"]
        yield Lead(
            row["url"],
            row["title"],
            row["reason"],
            row["site"],
            row["outcome"],
            row["detail"] or "",
            evidence,
        )


def lists(catalogue: Catalogue) -> dict[str, tuple[str, int | None]]:
    """Return for each site how the visits to its lists ended, and the capture that shows it.

    One list page that failed speaks for the site: what it lists is unknown. A redirect says
    nothing beside the visit to where it led.
    """
    rows = catalogue.db.query(
        "SELECT site, outcome, capture FROM fetches WHERE id IN (SELECT max(id) FROM fetches"
        f" WHERE kind = 'list' AND site IS NOT NULL AND {_ASKED} GROUP BY url) ORDER BY id"
    )
    found: dict[str, tuple[str, int | None]] = {}
    for row in rows:
        known = found.get(row["site"])
        if known is None or _weight(row["outcome"]) >= _weight(known[0]):
            found[row["site"]] = row["outcome"], row["capture"]
    return found


def _weight(outcome: str) -> int:
    return {"redirect": 0, "ok": 1}.get(outcome, 2)


def last_fetch(catalogue: Catalogue) -> int:
    """Return the number of the latest attempt, 0 before any: a build's watermark."""
    found: int = catalogue.db.execute("SELECT coalesce(max(id), 0) FROM fetches").fetchone()[0]
    return found


def last_year_owed(catalogue: Catalogue) -> int:
    """Return the year before the latest run: the newest year for which a report can be owed."""
    row = catalogue.db.execute("SELECT max(substr(started, 1, 4)) FROM runs").fetchone()
    return int(row[0]) - 1 if row[0] else 0
