"""The working catalogue's tables: their columns, keys and indexes, and the rows that travel.

Data only. It knows how a moment is spelt in a column and how a row of ``captures`` becomes a
:class:`CaptureRow`; it opens nothing and writes nothing but the empty tables.
"""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlite_utils

from archive.errors import CatalogueError

APPLICATION_ID = 0x4E424152
"""``NBAR`` in the database header (PRAGMA application_id), so that a stranger is told apart."""

SCHEMA_VERSION = 1
"""PRAGMA user_version. Raise it together with a step that brings older files up."""

RUN_KINDS = ("crawl", "ingest")
KINDS = ("robots", "list", "article", "attachment", "ingest")


@dataclass(frozen=True, slots=True)
class Table:
    """One table: SQL types by column, what may be null, keys and indexes."""

    name: str
    columns: dict[str, type]
    pk: str | tuple[str, ...]
    nullable: tuple[str, ...] = ()
    foreign_keys: tuple[tuple[str, str, str], ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()


TABLES = (
    Table(
        "runs",
        {"id": int, "kind": str, "detail": str, "started": str, "ended": str},
        pk="id",
        nullable=("ended",),
        indexes=(("kind", "ended"),),
    ),
    Table(
        "captures",
        {
            "id": int,
            "run": int,
            "site": str,
            "url": str,
            "at": str,
            "kind": str,
            "status": int,
            "media_type": str,
            "digest": str,
            "size": int,
            "file": str,
            "offset": int,
            "length": int,
            "record_id": str,
            "revisit": int,
            "span_from": int,
            "span_to": int,
            "seal": str,
        },
        pk="id",
        # site has no foreign key: the registry is mirrored afresh each run, and a capture
        # outlives the registry entry it was made under.
        nullable=("site", "status", "media_type"),
        foreign_keys=(("run", "runs", "id"),),
        indexes=(("digest", "revisit"), ("file", "span_from"), ("url", "at"), ("run",)),
    ),
    Table(
        "fetches",
        {
            "id": int,
            "run": int,
            "url": str,
            "site": str,
            "kind": str,
            "outcome": str,
            "detail": str,
            "at": str,
            "capture": int,
        },
        pk="id",
        nullable=("site", "capture"),
        foreign_keys=(("run", "runs", "id"), ("capture", "captures", "id")),
        indexes=(("url", "at"), ("site", "at"), ("capture", "outcome"), ("run", "outcome")),
    ),
    Table(
        "leads",
        {"url": str, "title": str, "reason": str, "found_on": int, "at": str},
        pk="url",
        nullable=("found_on",),
        foreign_keys=(("found_on", "captures", "id"),),
        indexes=(("found_on",),),
    ),
    Table(
        "sites",
        {
            "id": str,
            "name": str,
            "hosts": str,
            "region": str,
            "level": str,
            "status": str,
            "evidence": str,
        },
        pk="id",
    ),
    Table(
        "agencies",
        {
            "id": str,
            "name": str,
            "aliases": str,
            "level": str,
            "kind": str,
            "division": str,
            "credit_code": str,
            "site": str,
            "owes_from": int,
            "owes_to": int,
            "evidence": str,
        },
        pk="id",
        nullable=("credit_code", "site", "owes_to"),
        foreign_keys=(("site", "sites", "id"),),
        indexes=(("site",), ("name",)),
    ),
    Table(
        "readings",
        {"digest": str, "reader": str, "json": str},
        pk=("digest", "reader"),
    ),
    Table(
        "builds",
        # after_fetch is a watermark (0 before any fetch), not a reference.
        {"id": int, "after_fetch": int, "reader": str, "content_hash": str, "ended": str},
        pk="id",
    ),
)


def create_tables(db: sqlite_utils.Database) -> None:
    """Create every table and index, and mark the file as ours. Call inside a transaction."""
    for table in TABLES:
        made = db.table(table.name).create(
            table.columns,
            pk=table.pk,
            not_null=[name for name in table.columns if name not in table.nullable],
            foreign_keys=list(table.foreign_keys),
            strict=True,
        )
        for columns in table.indexes:
            made.create_index(columns)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


@dataclass(frozen=True, slots=True)
class SiteRow:
    """One registered site, as mirrored from the registry."""

    id: str
    name: str
    hosts: tuple[str, ...]
    region: str
    level: str
    status: str
    evidence: str


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """One body that owes a report, as mirrored from the registry."""

    id: str
    name: str
    aliases: tuple[str, ...]
    level: str
    kind: str
    division: str
    credit_code: str | None
    site: str | None
    """Site its reports are published on; none while nobody knows it."""
    owes_from: int
    """First year a report is owed for."""
    owes_to: int | None
    """Last year, or none while it is still owed."""
    evidence: str


@dataclass(frozen=True, slots=True)
class CaptureRow:
    """One row of ``captures``: what was captured, and where its bytes are."""

    id: int
    run: int
    site: str | None
    url: str
    at: datetime
    kind: str
    status: int | None
    media_type: str | None
    digest: str
    size: int
    file: str
    offset: int
    length: int
    record_id: str
    revisit: bool
    span_from: int
    span_to: int
    seal: str


@dataclass(frozen=True, slots=True)
class BuildRow:
    """One build of the public database."""

    id: int
    after_fetch: int
    """The highest ``fetches.id`` the build took in; 0 before any."""
    reader: str
    content_hash: str
    ended: datetime


def moment(text: str) -> datetime:
    """Read a moment back from its column (the reverse of :func:`archive.warc.stamp`).

    Raises :class:`CatalogueError` for a column that something else has written.
    """
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise CatalogueError(f"{text!r} in the catalogue is no moment in UTC") from error


def capture_row(row: sqlite3.Row) -> CaptureRow:
    """Turn a full row of ``captures`` into its dataclass."""
    values = {name: row[name] for name in row.keys()}  # noqa: SIM118 (Row iterates values)
    return CaptureRow(**{**values, "at": moment(row["at"]), "revisit": bool(row["revisit"])})
