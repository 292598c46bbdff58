"""The frontier: every address the crawler knows, and whether it is waiting, done or failed.

One SQLite table beside the catalogue's. It holds all that a crawl must remember, so a crawl that
is killed loses only what was in the air. It fetches and judges nothing, and knows no politeness.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from archive.catalogue import Catalogue
from archive.tables import moment
from archive.warc import stamp

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS frontier (
    url TEXT PRIMARY KEY,
    site TEXT NOT NULL,
    "column" TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('robots', 'list', 'article', 'attachment')),
    title TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'failed')),
    tries INTEGER NOT NULL,
    next_at TEXT NOT NULL,
    digest TEXT,
    outcome TEXT,
    found_on TEXT NOT NULL,
    hops INTEGER NOT NULL,
    first_at TEXT,
    run INTEGER NOT NULL
) STRICT
"""
_RANK: Final = "CASE kind WHEN 'robots' THEN 0 WHEN 'list' THEN 1 WHEN 'article' THEN 2 ELSE 3 END"
"""Rules before pages, lists before what they list; among equals, in the order found."""

_INDEXES: Final = (
    f"CREATE INDEX IF NOT EXISTS frontier_turn ON frontier (site, state, {_RANK})",
    "CREATE INDEX IF NOT EXISTS frontier_due ON frontier (site, state, next_at)",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One address."""

    url: str
    site: str
    column: str
    """``site/column`` of the registry column that led here."""
    kind: str
    title: str
    found_on: str
    """The page or registry entry that names it; never empty."""
    hops: int = 0
    """Redirects in a row that led here."""
    tries: int = 0
    first_at: datetime | None = None
    """When it was first captured well."""


@dataclass(frozen=True, slots=True)
class Settled:
    """How a visit to a row ended."""

    state: str
    tries: int
    next_at: datetime
    outcome: str
    digest: str | None
    first_at: datetime | None


class Frontier:
    """The table ``frontier``, on the catalogue's connection. Writers call inside its ``atomic``."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._db = catalogue.db
        for statement in (_SCHEMA, *_INDEXES):
            self._db.execute(statement)

    def begin(
        self, run: int, seeds: Iterable[Row], sites: Iterable[str], now: datetime, force: bool
    ) -> None:
        """Queue the seeds, and make what is due for these sites wait. Resuming changes nothing.

        ``force`` makes everything due that this run has not visited.
        """
        for seed in seeds:
            self.add(seed, now)
            self._db.execute(
                'UPDATE frontier SET site = ?, "column" = ?, kind = ? WHERE url = ?',
                [seed.site, seed.column, seed.kind, seed.url],
            )
        for site in sites:
            self._db.execute(
                "UPDATE frontier SET state = 'waiting', tries = 0, next_at = :now"
                " WHERE site = :site AND kind <> 'robots' AND run < :run"
                " AND (:force OR (state <> 'waiting' AND next_at <= :now))",
                {"site": site, "run": run, "now": stamp(now), "force": force},
            )

    def add(self, row: Row, now: datetime) -> bool:
        """Queue an address, and tell whether it is news: new, or renamed by its own column."""
        new = self._db.execute(
            'INSERT INTO frontier (url, site, "column", kind, title, state, tries, next_at,'
            " found_on, hops, run) VALUES (?, ?, ?, ?, ?, 'waiting', 0, ?, ?, ?, 0)"
            " ON CONFLICT (url) DO NOTHING",
            [
                row.url,
                row.site,
                row.column,
                row.kind,
                row.title,
                stamp(now),
                row.found_on,
                row.hops,
            ],
        ).rowcount
        if new:
            return True
        renamed = self._db.execute(
            "UPDATE frontier SET title = :title, state = 'waiting', tries = 0, next_at = :now"
            " WHERE url = :url AND title <> :title AND :title <> '' AND state <> 'waiting'"
            " AND kind = 'article' AND \"column\" = :column",
            {"url": row.url, "title": row.title, "column": row.column, "now": stamp(now)},
        ).rowcount
        return bool(renamed)

    def want_robots(self, url: str, site: str, run: int, now: datetime) -> datetime | None:
        """Queue a robots.txt for this run and return when it is due.

        None says that the address is known as a page of the site, so it holds no rules.
        """
        self.add(Row(url, site, "", "robots", "", "robots"), now)
        self._db.execute(
            "UPDATE frontier SET state = 'waiting', tries = 0, next_at = ?, site = ?"
            " WHERE url = ? AND kind = 'robots' AND state <> 'waiting' AND run < ?",
            [stamp(now), site, url, run],
        )
        found = self._db.execute(
            "SELECT next_at FROM frontier WHERE url = ? AND kind = 'robots' AND state = 'waiting'",
            [url],
        ).fetchone()
        return None if found is None else moment(found[0])

    def take(self, site: str, now: datetime) -> Row | None:
        """Return the site's row whose turn it is, if one is due; it stays waiting until settled."""
        found = self._db.execute(
            'SELECT url, site, "column", kind, title, found_on, hops, tries, first_at'
            " FROM frontier WHERE site = ? AND state = 'waiting' AND next_at <= ?"
            f" ORDER BY {_RANK}, rowid LIMIT 1",
            [site, stamp(now)],
        ).fetchone()
        if found is None:
            return None
        url, at, column, kind, title, found_on, hops, tries, first = found
        first_at = None if first is None else moment(first)
        return Row(url, at, column, kind, title, found_on, hops, tries, first_at)

    def soonest(self, site: str) -> datetime | None:
        """Return when the site's next row is due; none when nothing waits."""
        found = self._db.execute(
            "SELECT min(next_at) FROM frontier WHERE site = ? AND state = 'waiting'", [site]
        ).fetchone()[0]
        return None if found is None else moment(found)

    def settle(self, url: str, settled: Settled, run: int) -> None:
        """Write how a visit ended."""
        first = None if settled.first_at is None else stamp(settled.first_at)
        self._db.execute(
            "UPDATE frontier SET state = ?, tries = ?, next_at = ?, outcome = ?,"
            " digest = coalesce(?, digest), first_at = ?, run = ? WHERE url = ?",
            [
                settled.state,
                settled.tries,
                stamp(_later(settled.next_at)),
                settled.outcome,
                settled.digest,
                first,
                run,
                url,
            ],
        )

    def counts(self, site: str, run: int) -> tuple[int, int]:
        """Return how many of the site's rows this run has settled, and how many still wait."""
        found: tuple[int, int] = self._db.execute(
            "SELECT count(*) FILTER (WHERE state <> 'waiting' AND run = :run),"
            " count(*) FILTER (WHERE state = 'waiting') FROM frontier WHERE site = :site",
            {"site": site, "run": run},
        ).fetchone()
        return found


def _later(at: datetime) -> datetime:
    """Round up to the whole second a column holds, so that nothing comes early."""
    return datetime.fromtimestamp(math.ceil(at.timestamp()), UTC)
