"""One digest of what the published database says, whenever and however it was built.

Two archives that saw the same documents have the same content hash. Left out, because they tell
when and in what order things were fetched and not what was published: capture numbers, times, WARC
files, offsets and record ids, and the table ``facts`` that carries the hash itself. Which of two
contents of one report came first stays in: it says what was changed into what.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Final

import sqlite_utils

from archive.schema import TableSpec, tables

VOLATILE: Final[dict[str, frozenset[str]]] = {
    "captures": frozenset({"id", "at", "file", "offset", "record_id"}),
    "reports": frozenset({"capture"}),
    "versions": frozenset({"capture", "first_seen", "last_seen"}),
    "coverage": frozenset({"capture"}),
    "unread": frozenset({"capture"}),
    "leads": frozenset({"found_on", "at"}),
    "sections": frozenset({"id"}),
}
"""Columns that depend on when and in what order documents were fetched."""

UNCOUNTED: Final = frozenset({"facts"})


def content_hash(db: sqlite_utils.Database) -> str:
    """Return ``sha256:<hex>`` over the distinct rows of every table, volatile columns left out."""
    digest = hashlib.sha256()
    for spec in sorted(tables(), key=lambda spec: spec.id):
        if spec.id not in UNCOUNTED:
            digest.update(f"{spec.id}\n".encode())
            for row in db.execute(_in_order(spec)):
                digest.update(json.dumps(row, ensure_ascii=False).encode() + b"\n")
    return f"sha256:{digest.hexdigest()}"


def _in_order(spec: TableSpec) -> str:
    left_out = VOLATILE.get(spec.id, frozenset())
    names = _listed(column.id for column in spec.columns if column.id not in left_out)
    if left_out.isdisjoint(spec.pk):  # the key's index spares the sort
        return f'SELECT {names} FROM "{spec.id}" ORDER BY {_listed(spec.pk)}'
    return f'SELECT DISTINCT {names} FROM "{spec.id}" ORDER BY {names}'


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
