"""What the catalogue knows, asked the way a build needs it. Reads only."""

from __future__ import annotations

import json
from collections.abc import Iterator

from archive.catalogue import Catalogue
from archive.coverage import Lead
from archive.tables import AgencyRow, SiteRow

NOT_ASKED = ("host_resting", "daily_cap")
"""Outcomes that only say why an address waits; what the last real attempt met stays the state."""
_ASKED = f"outcome NOT IN {NOT_ASKED}"


def sites(catalogue: Catalogue) -> list[SiteRow]:
    """Return every mirrored site, by id."""
    rows = catalogue.db.query("SELECT * FROM sites ORDER BY id")
    return [SiteRow(**{**row, "hosts": tuple(json.loads(row["hosts"]))}) for row in rows]


def agencies(catalogue: Catalogue) -> list[AgencyRow]:
    """Return every mirrored body, by id."""
    rows = catalogue.db.query("SELECT * FROM agencies ORDER BY id")
    return [AgencyRow(**{**row, "aliases": tuple(json.loads(row["aliases"]))}) for row in rows]


def captures(catalogue: Catalogue) -> Iterator[dict[str, object]]:
    """Yield every capture with the outcome of the fetch that made it, by id."""
    return catalogue.db.query(
        "SELECT c.*, (SELECT f.outcome FROM fetches f WHERE f.capture = c.id AND f.url = c.url"
        " ORDER BY f.id LIMIT 1) AS outcome FROM captures c ORDER BY c.id"
    )


def leads(catalogue: Catalogue) -> list[Lead]:
    """Return every link seen on a list, with how the last attempt at it ended, by address."""
    rows = catalogue.db.query(
        "SELECT l.url, l.title, l.reason, l.found_on, f.outcome, f.detail, f.capture"
        " FROM leads l LEFT JOIN fetches f ON f.id ="
        f" (SELECT max(id) FROM fetches WHERE fetches.url = l.url AND {_ASKED}) ORDER BY l.url"
    )
    return [
        Lead(
            row["url"],
            row["title"],
            row["reason"],
            row["outcome"],
            row["detail"] or "",
            row["capture"] or row["found_on"],
        )
        for row in rows
    ]


def lists(catalogue: Catalogue) -> dict[str, tuple[str, int | None]]:
    """Return for each site how the last visit to one of its lists ended, and its capture."""
    rows = catalogue.db.query(
        "SELECT site, outcome, capture FROM fetches WHERE id IN (SELECT max(id) FROM fetches"
        f" WHERE kind = 'list' AND site IS NOT NULL AND {_ASKED} GROUP BY site)"
    )
    return {row["site"]: (row["outcome"], row["capture"]) for row in rows}


def last_fetch(catalogue: Catalogue) -> int:
    """Return the number of the latest attempt, 0 before any: a build's watermark."""
    found: int = catalogue.db.execute("SELECT coalesce(max(id), 0) FROM fetches").fetchone()[0]
    return found


def last_year_owed(catalogue: Catalogue) -> int:
    """Return the year before the latest run: the newest year for which a report can be owed."""
    row = catalogue.db.execute("SELECT max(substr(started, 1, 4)) FROM runs").fetchone()
    return int(row[0]) - 1 if row[0] else 0
