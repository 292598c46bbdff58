"""The working catalogue, ``archive.db``: what was captured, attempted, found and registered.

One connection, one writer at a time, WAL, foreign keys on. The catalogue is the commit log of
the archive: bytes in ``warc/`` count as kept once their row is committed here, and recovery
cuts away what never was. It refuses a directory that is not one and a database that is not
ours. It never edits or deletes a capture or a fetch; only the registry mirror is replaced.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from archive.database import DATABASE, open_database
from archive.errors import CatalogueError
from archive.payload import CONTENT_LIMIT, Payload, payload
from archive.store import First, Kept
from archive.tables import (
    KINDS,
    RUN_KINDS,
    AgencyRow,
    BuildRow,
    CaptureRow,
    SiteRow,
    capture_row,
    moment,
)
from archive.warc import stamp

__all__ = ["AgencyRow", "BuildRow", "CaptureRow", "Catalogue", "SiteRow"]

PAGE = 500
"""Captures read per query, so that a caller may write while iterating."""


class Catalogue:
    """The open catalogue of one data directory."""

    def __init__(self, data: Path) -> None:
        """Open ``data/archive.db``, creating directory, file and tables where there are none.

        Raises :class:`CatalogueError` when ``data`` is not a directory, or the file is not a
        database, not ours, or written by a newer version.
        """
        if data.exists() and not data.is_dir():
            raise CatalogueError(f"{data} is not a directory; name the data directory with --data")
        data.mkdir(parents=True, exist_ok=True)
        self.data = data
        self.db = open_database(data / DATABASE)

    def __enter__(self) -> "Catalogue":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; open transactions are rolled back by SQLite."""
        self.db.conn.close()

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """Make everything in the block one transaction: all of it is kept, or none of it.

        Takes the write lock at once (BEGIN IMMEDIATE), so the block never fails halfway
        because another process wrote in between. Inside another block it is a savepoint.
        """
        if self.db.conn.in_transaction:
            with self.db.atomic():
                yield
            return
        self.db.conn.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.db.conn.execute("COMMIT")
        finally:
            self.db.rollback()  # does nothing once committed

    def start_run(self, kind: str, detail: str) -> int:
        """Open a run and return its id; ``kind`` is ``crawl`` or ``ingest``."""
        _one_of(kind, RUN_KINDS, "run")
        return self._insert("runs", kind=kind, detail=detail, started=stamp(datetime.now(UTC)))

    def end_run(self, run: int) -> None:
        """Mark a run as finished now. Raises :class:`CatalogueError` for an unknown run."""
        ended = stamp(datetime.now(UTC))
        done = self.db.execute("UPDATE runs SET ended = ? WHERE id = ?", [ended, run])
        if done.rowcount != 1:
            raise CatalogueError(f"there is no run {run} to end")

    def open_run(self, kind: str) -> int | None:
        """Return the latest run of this kind that never ended (it was killed), if any."""
        _one_of(kind, RUN_KINDS, "run")
        sql = "SELECT max(id) FROM runs WHERE kind = ? AND ended IS NULL"
        found: int | None = self.db.execute(sql, [kind]).fetchone()[0]
        return found

    def add_capture(
        self,
        run: int,
        site: str | None,
        url: str,
        at: datetime,
        kind: str,
        status: int | None,
        media_type: str | None,
        kept: Kept,
    ) -> int:
        """Catalogue bytes that :class:`archive.store.Store` has kept, and return the row's id.

        Raises :class:`CatalogueError` for a revisit of a payload that is not catalogued: the
        row would stand for bytes nobody can find.
        """
        _one_of(kind, KINDS, "capture")
        if kept.revisit and self.first_with_digest(kept.digest) is None:
            raise CatalogueError(f"{url} revisits {kept.digest}, which was never catalogued")
        return self._insert(
            "captures",
            run=run,
            site=site,
            url=url,
            at=stamp(at),
            kind=kind,
            status=status,
            media_type=media_type,
            **{**asdict(kept), "revisit": int(kept.revisit)},
        )

    def add_fetch(
        self,
        run: int,
        url: str,
        site: str | None,
        kind: str,
        outcome: str,
        detail: str,
        at: datetime,
        capture: int | None,
    ) -> int:
        """Record one attempt with its named outcome and the capture that is its evidence."""
        _one_of(kind, KINDS, "fetch")
        return self._insert(
            "fetches",
            run=run,
            url=url,
            site=site,
            kind=kind,
            outcome=outcome,
            detail=detail,
            at=stamp(at),
            capture=capture,
        )

    def add_lead(
        self, url: str, title: str, reason: str, found_on: int | None, at: datetime
    ) -> None:
        """Record a link we may not follow. The first sighting of a URL stays as it was."""
        self.db.execute(
            "INSERT INTO leads (url, title, reason, found_on, at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (url) DO NOTHING",
            [url, title, reason, found_on, stamp(at)],
        )

    def mirror_registry(self, sites: Iterable[SiteRow], agencies: Iterable[AgencyRow]) -> None:
        """Replace the mirrored registry rows by these, all or nothing."""
        with self.atomic():
            self.db.execute("DELETE FROM agencies")
            self.db.execute("DELETE FROM sites")
            for site in sites:
                self._insert("sites", **asdict(site) | {"hosts": _listed(site.hosts)})
            for agency in agencies:
                self._insert("agencies", **asdict(agency) | {"aliases": _listed(agency.aliases)})

    def _insert(self, table: str, **values: object) -> int:
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join("?" for _ in values)
        done = self.db.execute(
            f'INSERT INTO "{table}" ({names}) VALUES ({marks})', list(values.values())
        )
        return done.lastrowid or 0

    def captures(self, kind: str | None = None, outcome: str | None = "ok") -> Iterator[CaptureRow]:
        """Yield captures by ascending id: of one kind, or all; evidence of an outcome, or all.

        A capture counts under an outcome when some fetch with it names the capture. Writing
        while iterating is safe.
        """
        if kind is not None:
            _one_of(kind, KINDS, "capture")
        sql = (
            "SELECT * FROM captures WHERE id > :after AND (:kind IS NULL OR kind = :kind)"
            " AND (:outcome IS NULL OR EXISTS (SELECT 1 FROM fetches"
            "  WHERE fetches.capture = captures.id AND fetches.outcome = :outcome))"
            " ORDER BY id LIMIT :page"
        )
        after = 0
        while rows := self._rows(
            sql, {"after": after, "kind": kind, "outcome": outcome, "page": PAGE}
        ):
            yield from map(capture_row, rows)
            after = rows[-1]["id"]

    def captures_in(self, file: str) -> Iterator[CaptureRow]:
        """Yield the captures of one WARC file in the order of their bytes."""
        cursor = self.db.conn.cursor()
        cursor.row_factory = sqlite3.Row
        sql = "SELECT * FROM captures WHERE file = ? ORDER BY span_from, id"
        yield from map(capture_row, cursor.execute(sql, [file]))

    def first_with_digest(self, digest: str) -> First | None:
        """Return the first catalogued record that holds this payload, if there is one."""
        sql = "SELECT * FROM captures WHERE digest = ? AND revisit = 0 ORDER BY id LIMIT 1"
        for row in self._rows(sql, [digest]):
            found = capture_row(row)
            kept = Kept(**{name: getattr(found, name) for name in Kept.__dataclass_fields__})
            return First(kept, found.url, found.at)
        return None

    def committed_ends(self) -> dict[str, int]:
        """Return, by WARC file, the offset just past its last catalogued exchange."""
        sql = "SELECT file, max(span_to) AS span_to FROM captures GROUP BY file"
        return {row["file"]: row["span_to"] for row in self._rows(sql, [])}

    def payload_of(self, capture: CaptureRow, limit: int = CONTENT_LIMIT) -> Payload:
        """Read a capture's bytes, taking a revisit's from the first record that holds them.

        Status and headers are always the capture's own. ``limit`` bounds the decoded
        ``content``. Raises :class:`archive.errors.PayloadError` where the bytes are damaged,
        :class:`CatalogueError` where a revisit leads nowhere.
        """
        root = self.data / "warc"
        own = payload(root, capture.file, capture.offset, limit)
        if not own.revisit:
            return own
        first = self.first_with_digest(capture.digest)
        if first is None:
            raise CatalogueError(f"capture {capture.id} revisits {capture.digest}, kept nowhere")
        held = payload(root, first.kept.file, first.kept.offset, limit)
        # A revisit of a resource keeps no headers; its media type is in the row.
        typed = () if capture.media_type is None else (("Content-Type", capture.media_type),)
        headers = own.headers if own.status is not None else typed
        return replace(own, headers=headers, body=held.body, revisit=False)

    def _rows(self, sql: str, values: list[object] | dict[str, object]) -> list[sqlite3.Row]:
        cursor = self.db.conn.cursor()
        cursor.row_factory = sqlite3.Row
        return cursor.execute(sql, values).fetchall()

    def add_reading(self, digest: str, reader: str, json: str) -> None:
        """Keep what one version of the reader made of one payload; the same again is the same."""
        self.db.execute("INSERT OR REPLACE INTO readings VALUES (?, ?, ?)", [digest, reader, json])

    def reading(self, digest: str, reader: str) -> str | None:
        """Return the reading's JSON, if this reader has read this payload."""
        sql = "SELECT json FROM readings WHERE digest = ? AND reader = ?"
        row = self.db.execute(sql, [digest, reader]).fetchone()
        return None if row is None else str(row[0])

    def add_build(self, after_fetch: int, reader: str, content_hash: str) -> int:
        """Record a finished build of the public database, and return its id."""
        return self._insert(
            "builds",
            after_fetch=after_fetch,
            reader=reader,
            content_hash=content_hash,
            ended=stamp(datetime.now(UTC)),
        )

    def last_build(self) -> BuildRow | None:
        """Return the latest build, if any."""
        for row in self._rows("SELECT * FROM builds ORDER BY id DESC LIMIT 1", []):
            values = {name: row[name] for name in row.keys()}  # noqa: SIM118 (Row iterates values)
            return BuildRow(**{**values, "ended": moment(row["ended"])})
        return None


def _one_of(kind: str, allowed: tuple[str, ...], what: str) -> None:
    if kind not in allowed:
        raise CatalogueError(f"{kind!r} is no kind of {what}; use one of {', '.join(allowed)}")


def _listed(values: tuple[str, ...]) -> str:
    return json.dumps(values, ensure_ascii=False)
