"""Make the public database from the archive, and swap it in.

Reads what is new, places every document, judges it, writes ``public/nianbao.db`` beside the old
one and replaces it in one step: readers see the old database or the new one, never half of one, and
so does a power cut. The result depends on the archive at one moment and on the code alone, byte for
byte, and holds no fact that cannot be derived again. It fetches nothing and never changes a
capture; a crawl may go on meanwhile.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlite_utils

from archive import schema, search
from archive.catalogue import Catalogue
from archive.content_hash import content_hash
from archive.errors import BuildError, CatalogueError
from archive.files import sync_directory
from archive.fill import fill
from archive.inventory import last_fetch, not_read, one_moment
from archive.readings import Progress, read_new
from parsers import VERSION

LOCK = ".lock"
"""Held (flock) by the build at work, in the folder of the published database."""

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
        BuildError: another build is at work there, or the result contradicts itself.
    """
    if not (data / "archive.db").exists():
        raise CatalogueError(
            f"there is no archive in {data}; crawl or ingest first, or name another with --data"
        )
    public = data / PUBLIC
    public.parent.mkdir(exist_ok=True)
    draft = public.with_suffix(".draft")
    with _alone(public.parent), Catalogue(data) as catalogue:
        read = read_new(catalogue, progress, again=rebuild)
        while (drafted := _drafted(catalogue, draft, read)) is None:
            read += read_new(catalogue, progress)
        summary, after = drafted
        _swap(draft, public)
        catalogue.add_build(after, VERSION, summary.content_hash)
    return summary


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the lock on the published folder; the system lets go of it when we are killed."""
    lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BuildError(f"another build is at work in {folder}; wait for it to end") from error
        yield
    finally:
        os.close(lock)


def _drafted(catalogue: Catalogue, draft: Path, read: int) -> tuple[BuildSummary, int] | None:
    """Write the draft and return its summary and the last fetch it took in.

    None when a crawl went on while we read: there is more to read first.
    """
    with one_moment(catalogue):
        if not_read(catalogue, VERSION):
            return None
        return _write(catalogue, draft, read), last_fetch(catalogue)


def _swap(draft: Path, public: Path) -> None:
    """Put the draft in the place of the published database, bytes first, then the name."""
    handle = os.open(draft, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    draft.replace(public)
    sync_directory(public.parent)


def is_built(catalogue: Catalogue) -> bool:
    """Say whether the last build took in everything fetched so far, by this reader."""
    last = catalogue.last_build()
    return last is not None and (last.after_fetch, last.reader) == (last_fetch(catalogue), VERSION)


def _write(catalogue: Catalogue, draft: Path, read: int) -> BuildSummary:
    draft.unlink(missing_ok=True)
    db = sqlite_utils.Database(draft)
    try:
        # A draft that is cut short is thrown away; a whole one is synced before it is swapped in.
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        with db.atomic():
            schema.create(db)
            fill(db, catalogue)
            search.index(db)
            digest = content_hash(db)
            db.table("facts").insert({"name": "content_hash", "value": digest})
        _keys_hold(db)
        db.vacuum()
        return _summary(db, read, digest)
    finally:
        db.conn.close()


def _keys_hold(db: sqlite_utils.Database) -> None:
    broken = db.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        table, row, parent, _ = broken[0]
        raise BuildError(
            f"row {row} of {table} leads to no row of {parent} ({len(broken)} such rows); "
            "the old database stays: run nianbao verify and report this"
        )


def _summary(db: sqlite_utils.Database, read: int, digest: str) -> BuildSummary:
    def counted(sql: str) -> dict[str, int]:
        return dict(db.execute(sql).fetchall())

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
