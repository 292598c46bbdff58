"""The bytes of the archive: WARC files under one root, append-only, one writer per file.

Layout, below the data directory::

    archive.db                                 the catalogue (archive/catalogue.py): the commit log
    warc/<run>-<group>-<seq>.warc.gz           closed, never touched again
    warc/<run>-<group>-<seq>.warc.gz.open      being written by a run, or left by a dead one
    warc/.lock                                 held (flock) by every run that writes

A file begins with a warcinfo record. Each exchange adds, in this order and in one write, a
``response`` (``resource`` for a local file, ``revisit`` when the catalogue already has the same
payload), the ``request`` and a ``metadata`` record with the facts of the fetch. Every record is
a gzip member of its own, so any WARC reader can start at any catalogued offset. A file is closed
when its run ends, or, once past 1 GB, when its group next keeps something.

What one exchange wrote is its *span*: from ``span_from`` to ``span_to``, the file's warcinfo
belonging to the first. Spans follow each other without gaps, and the catalogue holds the
SHA-256 of each (``seal``), so that no byte of a file can change unnoticed, not even those gzip
itself does not check.

*Success.* When :meth:`Store.keep` returns, the span is on disk (fsync of the file, and of the
directory for a new file). It counts as kept once the catalogue has committed its row.
*Failure.* When it raises, the file is as long as it was before.
*After a kill* the files are still ``.open`` and may end in spans that were never catalogued or
are torn. :func:`recover` cuts each after its last catalogued span and closes it; what goes was
never acknowledged to anybody.

The store knows no database, never changes or deletes what is catalogued, and never overwrites.
Needs flock and directory fsync: Linux, macOS, BSD.
"""

import os
import re
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType

from archive.errors import StoreError
from archive.files import OPEN, Recovered, append, finish, recover, shared_lock
from archive.payload import Payload, payload
from archive.warc import (
    Exchange,
    Records,
    Refers,
    digest_of,
    exchange_records,
    file_opening,
    resource_records,
)

__all__ = ["Exchange", "First", "Kept", "Payload", "Recovered", "Store", "payload", "recover"]

ROTATE = 1_000_000_000
"""Bytes after which a file is closed and the next begun: the customary size of a WARC file."""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the bytes of one exchange are; on disk (fsynced) when this is returned."""

    file: str
    """Name below the root, without ``.open``."""
    offset: int
    """Of the response, resource or revisit record."""
    length: int
    """Bytes of that record in the file."""
    record_id: str
    digest: str
    """``sha256:<hex>`` of the payload as stored."""
    size: int
    """Payload bytes."""
    revisit: bool
    """True when the payload is in an earlier record, and this one only refers to it."""
    span_from: int
    """First byte of everything written for this exchange (and a new file's warcinfo)."""
    span_to: int
    """Just past its last byte."""
    seal: str
    """``sha256:<hex>`` of the file's bytes from ``span_from`` to ``span_to``."""


@dataclass(frozen=True, slots=True)
class First:
    """The first record that holds a payload, for a revisit record to refer to."""

    kept: Kept
    url: str
    at: datetime


@dataclass(frozen=True, slots=True)
class _Growing:
    """The file a group is being written to."""

    name: str
    size: int


class Store:
    """The writing side of one run. Close it, or use it in a ``with`` block."""

    def __init__(
        self, root: Path, run: str, known: Callable[[str], First | None], rotate: int = ROTATE
    ) -> None:
        """Begin or resume writing for ``run`` below ``root``, which is created if need be.

        ``known`` finds the first catalogued record with a payload digest. It alone decides
        whether a revisit record is written: what this run has kept but not catalogued might
        still be cut away, and a revisit of it would then stand for nothing.

        Raises :class:`StoreError` for a name that cannot be part of a file name.
        """
        self._run = _name(run)
        self._root = root
        self._known = known
        self._rotate = rotate
        self._growing: dict[str, _Growing] = {}
        root.mkdir(parents=True, exist_ok=True)
        self._release = weakref.finalize(self, os.close, shared_lock(root))

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close after success; after an error leave the files to :func:`recover`, as a kill does.

        What was kept last may not be catalogued then, and only recovery knows where to cut.
        """
        if error is None:
            self.close()
        else:
            self._growing.clear()
            self._release()

    def keep(self, exchange: Exchange, group: str) -> Kept:
        """Keep one HTTP exchange in the group's file, and say where.

        Raises :class:`StoreError` when it cannot be written; then nothing was.
        """
        digest = digest_of(exchange.body)
        refers = self._refers(digest, exchange.body)
        records = exchange_records(exchange, digest, refers)
        return self._append(group, records, digest, len(exchange.body), refers is not None)

    def keep_resource(
        self,
        url: str,
        at: datetime,
        body: bytes,
        media_type: str,
        facts: Mapping[str, str],
        group: str,
    ) -> Kept:
        """Keep a local file that somebody handed in, under the URL it is known by.

        Raises :class:`StoreError` when it cannot be written; then nothing was.
        """
        digest = digest_of(body)
        refers = self._refers(digest, body)
        records = resource_records(url, at, body, media_type, facts, digest, refers)
        return self._append(group, records, digest, len(body), refers is not None)

    def close(self) -> None:
        """Drop the ``.open`` suffix from this run's files. Closing twice does no harm."""
        for growing in self._growing.values():
            finish(self._root, growing.name)
        self._growing.clear()
        self._release()

    def _refers(self, digest: str, body: bytes) -> Refers | None:
        # An empty payload has nothing to save, and empty revisits confuse replay tools.
        first = self._known(digest) if body else None
        return None if first is None else Refers(first.url, first.at, first.kept.record_id)

    def _append(self, group: str, records: Records, digest: str, size: int, revisit: bool) -> Kept:
        if not self._release.alive:
            raise StoreError("the store is closed; open another for the next run")
        growing = self._turn(group)
        opening = b"" if growing.size else file_opening(growing.name, self._run)
        offset = growing.size + len(opening)
        span = opening + records.main + records.others
        append(self._root / (growing.name + OPEN), growing.size, span)
        end = growing.size + len(span)
        self._growing[group] = _Growing(growing.name, end)
        return Kept(
            growing.name,
            offset,
            len(records.main),
            records.record_id,
            digest,
            size,
            revisit,
            growing.size,
            end,
            digest_of(span),
        )

    def _turn(self, group: str) -> _Growing:
        """Return the file to append to, closing a full one first.

        Not sooner: only now is its last span catalogued, and recovery cuts no closed file.
        """
        growing = self._growing.get(group)
        if growing is not None and growing.size < self._rotate:
            return growing
        if growing is not None:
            finish(self._root, growing.name)
            del self._growing[group]
        return self._begin(group)

    def _begin(self, group: str) -> _Growing:
        stem = f"{self._run}-{_name(group)}"
        pattern = re.compile(rf"{re.escape(stem)}-(\d+)\.warc\.gz(\.open)?")
        found = (pattern.fullmatch(path.name) for path in self._root.iterdir())
        last = max((int(match[1]) for match in found if match), default=0)
        return _Growing(f"{stem}-{last + 1:05d}.warc.gz", 0)


def _name(text: str) -> str:
    if not NAME.fullmatch(text):
        raise StoreError(f"{text!r} cannot be part of a file name; use letters, digits, . _ -")
    return text
