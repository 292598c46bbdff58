"""Make the public database from the archive, and swap it in.

Reads what is new, places every document, judges it, writes ``public/nianbao.db`` beside the old
one and replaces it in one step: readers see the old database or the new one, never half of one. The
result depends on the archive and the code alone, and holds no fact that cannot be derived again.
It fetches nothing and never changes a capture.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import sqlite_utils

from archive import schema, search
from archive.catalogue import Catalogue
from archive.content_hash import content_hash
from archive.errors import CatalogueError
from archive.fill import fill
from archive.inventory import last_fetch
from archive.readings import Progress, read_new
from parsers import VERSION

PUBLIC = Path("public") / "nianbao.db"
"""The published database, below the data directory."""


@dataclass(frozen=True, slots=True)
class BuildSummary:
    """What a build did: documents read anew, and what the public database now holds."""

    read: int
    reports: int
    versions: int
    flags: dict[str, int]
    """Flags that fail, by severity, and those that cannot tell."""
    unread: dict[str, int]
    """Documents that became no report, by reason."""
    changes: int
    coverage: dict[str, int]
    """Owed reports by state."""
    content_hash: str


def build(data: Path, *, rebuild: bool = False, progress: Progress | None = None) -> BuildSummary:
    """Bring the public database up to date with the archive in ``data``.

    Args:
        data: the data directory; it must hold an archive.
        rebuild: read every document again, even those this reader has read.
        progress: told (done, of) while documents are read.

    Raises:
        CatalogueError: there is no archive in ``data``.
    """
    if not (data / "archive.db").exists():
        raise CatalogueError(
            f"there is no archive in {data}; crawl or ingest first, or name another with --data"
        )
    with Catalogue(data) as catalogue:
        read = read_new(catalogue, progress, again=rebuild)
        after = last_fetch(catalogue)
        (data / PUBLIC).parent.mkdir(exist_ok=True)
        draft = data / PUBLIC.with_suffix(".draft")
        summary = _write(catalogue, draft, read)
        draft.replace(data / PUBLIC)
        catalogue.add_build(after, VERSION, summary.content_hash)
    return summary


def is_built(catalogue: Catalogue) -> bool:
    """Say whether the last build took in everything fetched so far, by this reader."""
    last = catalogue.last_build()
    return last is not None and (last.after_fetch, last.reader) == (last_fetch(catalogue), VERSION)


def _write(catalogue: Catalogue, draft: Path, read: int) -> BuildSummary:
    draft.unlink(missing_ok=True)
    db = sqlite_utils.Database(draft)
    try:
        db.execute("PRAGMA journal_mode = OFF")  # a draft that is cut short is thrown away
        with db.atomic():
            schema.create(db)
            fill(db, catalogue)
            search.index(db)
            digest = content_hash(db)
            db.table("facts").insert({"name": "content_hash", "value": digest})
        db.execute("PRAGMA foreign_key_check")
        db.vacuum()
        return _summary(db, read, digest)
    finally:
        db.conn.close()


def _summary(db: sqlite_utils.Database, read: int, digest: str) -> BuildSummary:
    def counted(sql: str) -> dict[str, int]:
        return Counter(dict(db.execute(sql).fetchall()))

    return BuildSummary(
        read=read,
        reports=db.table("reports").count,
        versions=db.table("versions").count,
        flags=counted(
            "SELECT CASE verdict WHEN 'fails' THEN severity ELSE verdict END AS k, count(*)"
            " FROM flags GROUP BY k"
        ),
        unread=counted("SELECT reason, count(*) FROM unread GROUP BY reason"),
        changes=db.table("changes").count,
        coverage=counted("SELECT state, count(*) FROM coverage GROUP BY state"),
        content_hash=digest,
    )
