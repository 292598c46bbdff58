"""What list pages printed, row by row and run by run: the evidence for what a list no longer has.

Also the answer to the one question a crawl asks of it: has this page rows that no other page of
the same column has? A portal that serves page 1 under every number is walked no further.
"""

from __future__ import annotations

from typing import Final

from archive.catalogue import Catalogue
from crawler.frontier import Row
from crawler.lead import Lead

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS listings (
    run INTEGER NOT NULL REFERENCES runs(id),
    "column" TEXT NOT NULL,
    page TEXT NOT NULL,
    place INTEGER NOT NULL,
    url TEXT NOT NULL,
    title TEXT NOT NULL,
    listed TEXT,
    PRIMARY KEY (run, page, place)
) STRICT
"""
_INDEX: Final = 'CREATE INDEX IF NOT EXISTS listings_rows ON listings (run, "column", url)'


class Listings:
    """The table ``listings``, on the catalogue's connection."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._db = catalogue.db
        self._db.execute(_SCHEMA)
        self._db.execute(_INDEX)

    def keep(self, run: int, row: Row, listed: tuple[Lead, ...]) -> int:
        """Keep a page's rows, and count those that no other page of its column had in this run."""
        fresh = sum(
            self._db.execute(
                'SELECT 1 FROM listings WHERE run = ? AND "column" = ? AND url = ? AND page <> ?',
                [run, row.column, lead.url, row.url],
            ).fetchone()
            is None
            for lead in listed
        )
        self._db.conn.executemany(
            "INSERT OR REPLACE INTO listings VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    run,
                    row.column,
                    row.url,
                    place,
                    lead.url,
                    lead.title,
                    lead.listed and lead.listed.isoformat(),
                )
                for place, lead in enumerate(listed, start=1)
            ],
        )
        return fresh

    def pages(self, run: int, column: str) -> int:
        """Count the pages of a column this run has read."""
        found: int = self._db.execute(
            'SELECT count(DISTINCT page) FROM listings WHERE run = ? AND "column" = ?',
            [run, column],
        ).fetchone()[0]
        return found
