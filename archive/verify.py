"""Re-read the whole archive and say what is not as it was written.

Every byte of every WARC file is read twice: once against the seal the catalogue holds of each
span, once as records against their own digests and their catalogue row. So a changed byte
anywhere is found, also where gzip has no check of its own, and the record it sits in is named.
Memory stays bounded by one record's headers, however large the files.

It changes nothing and repairs nothing. While a run is writing, what it has not catalogued yet
is passed over.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from archive.catalogue import Catalogue
from archive.database import DATABASE
from archive.errors import CatalogueError, DamagedRecord
from archive.files import LOCK, OPEN, is_written_to
from archive.records import CHUNK, Record, locate, read_record
from archive.tables import CaptureRow, capture_row
from archive.warc import stamp

Progress = Callable[[int, int], None]
"""Called with the bytes read so far and the bytes there are."""

DANGLING = """
SELECT * FROM captures AS later WHERE revisit = 1 AND NOT EXISTS (
    SELECT 1 FROM captures AS first
    WHERE first.digest = later.digest AND first.revisit = 0
    AND first.size = later.size AND first.id < later.id
) ORDER BY id
"""
"""Revisits whose payload no earlier capture holds."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as it was written."""

    file: str | None
    """WARC file, or ``archive.db``."""
    offset: int | None
    record: str | None
    """WARC-Record-ID."""
    what: str
    """``damaged`` bytes changed or gone · ``missing`` file · ``mismatch`` of row and record ·
    ``dangling`` revisit · ``uncatalogued`` file or record · ``unclosed`` file · ``catalogue``."""
    sentence: str


def verify(data: Path, progress: Progress) -> Iterator[Problem]:
    """Yield every problem of the archive in ``data``, file by file, as it is found.

    Raises :class:`CatalogueError` when there is no archive at ``data``; whatever is wrong
    inside one is a :class:`Problem`.
    """
    if not (data / DATABASE).is_file():
        raise CatalogueError(f"there is no archive in {data}; name the right one with --data")
    try:
        with closing(Catalogue(data)) as catalogue:
            yield from _check_database(catalogue)
            yield from _check_directory(catalogue, progress)
    except (sqlite3.DatabaseError, CatalogueError) as error:
        yield _of_database(f"The catalogue cannot be read to its end: {error}.")


def _of_database(sentence: str) -> Problem:
    return Problem(DATABASE, None, None, "catalogue", sentence)


def _of_capture(row: CaptureRow, what: str, sentence: str) -> Problem:
    told = f"Capture {row.id} of {row.url}: {sentence}."
    return Problem(row.file, row.offset, row.record_id, what, told)


def _check_database(catalogue: Catalogue) -> Iterator[Problem]:
    for (said,) in catalogue.db.conn.execute("PRAGMA integrity_check"):
        if said != "ok":
            yield _of_database(f"SQLite finds the database damaged: {said}.")
    for table, row, parent, _ in catalogue.db.conn.execute("PRAGMA foreign_key_check"):
        yield _of_database(f"Row {row} of {table} refers to a row of {parent} that is not there.")
    cursor = catalogue.db.conn.cursor()
    cursor.row_factory = sqlite3.Row
    for capture in map(capture_row, cursor.execute(DANGLING)):
        yield _of_capture(capture, "dangling", f"no earlier capture holds {capture.digest}")


def _check_directory(catalogue: Catalogue, progress: Progress) -> Iterator[Problem]:
    root = catalogue.data / "warc"
    on_disk = {path.name: path.lstat().st_size for path in _files(root)}
    live = is_written_to(root)
    done, total = 0, sum(on_disk.values())
    progress(done, total)

    def read(size: int) -> None:
        nonlocal done
        done += size
        progress(done, total)

    for file in sorted(catalogue.committed_ends()):
        try:
            path = locate(root, file)
        except DamagedRecord:
            yield Problem(file, None, None, "missing", _missing(catalogue, file))
            continue
        on_disk.pop(path.name, None)
        if path.name.endswith(OPEN) and not live:
            yield Problem(file, None, None, "unclosed", _unclosed(file))
        yield from _readable(file, _check_file(path, catalogue.captures_in(file), live, read))
    for name in sorted(on_disk):
        if not (live and name.endswith(OPEN)):
            yield from _readable(name, _stray(root / name))
            read(on_disk[name])


def _readable(file: str, problems: Iterator[Problem]) -> Iterator[Problem]:
    """Pass on a file's problems; a disk that fails while it is read is one more."""
    try:
        yield from problems
    except OSError as error:
        yield Problem(file, None, None, "damaged", f"{file} cannot be read: {error.strerror}.")


def _files(root: Path) -> list[Path]:
    return [path for path in root.iterdir() if path.name != LOCK] if root.is_dir() else []


def _missing(catalogue: Catalogue, file: str) -> str:
    rows = sum(1 for _ in catalogue.captures_in(file))
    return f"{file} is gone, and with it {rows} captures; bring it back from a copy."


def _unclosed(file: str) -> str:
    return f"{file} was left open by a run that died; the next crawl or ingest closes it."


def _stray(path: Path) -> Iterator[Problem]:
    if ".warc.gz" in path.name and not path.is_dir():
        # It may be gone: a run that ended meanwhile has renamed it.
        with suppress(FileNotFoundError), path.open("rb") as stream:
            yield from _uncatalogued(stream, path.name, 0, stream.seek(0, 2))
    else:
        said = f"{path.name} is no part of the archive; move it away."
        yield Problem(path.name, None, None, "uncatalogued", said)


def _check_file(
    path: Path, rows: Iterator[CaptureRow], live: bool, read: Callable[[int], None]
) -> Iterator[Problem]:
    """Check that the spans of the rows fill the file without gaps, and each of them."""
    name = path.name.removesuffix(OPEN)
    at = 0
    with path.open("rb") as stream:
        for row in rows:
            if row.span_from > at:
                yield from _uncatalogued(stream, name, at, row.span_from)
            if row.span_from < at:
                yield _of_capture(row, "mismatch", "its row lays claim to another capture's bytes")
            yield from _check_span(stream, row)
            read(max(0, row.span_to - at))
            at = max(at, row.span_to)
        size = stream.seek(0, 2)
        if size > at and not live:
            yield from _uncatalogued(stream, name, at, size)


def _uncatalogued(stream: BinaryIO, file: str, at: int, end: int) -> Iterator[Problem]:
    """Name each record from ``at`` to ``end``, none of which any row speaks for."""
    while at < end:
        try:
            record = read_record(stream, at, end, len)
        except DamagedRecord as error:
            said = f"The {end - at} bytes from {at} in {file} are not catalogued: {error}."
            yield Problem(file, at, None, "uncatalogued", said)
            return
        about = record.headers.get("warc-target-uri", "the file")
        said = f"The {record.kind} record about {about} at {at} in {file} is not catalogued."
        yield Problem(file, at, record.id, "uncatalogued", said)
        at += record.length


def _check_span(stream: BinaryIO, row: CaptureRow) -> Iterator[Problem]:
    if _seal(stream, row.span_from, row.span_to) != row.seal:
        yield _of_capture(row, "damaged", f"its bytes have changed; {_damage(stream, row)}")
        return
    try:
        records = list(_records(stream, row))
    except DamagedRecord as error:
        yield _of_capture(row, "damaged", str(error))
        return
    yield from _judge(row, records)


def _seal(stream: BinaryIO, start: int, end: int) -> str:
    digest = hashlib.sha256()
    stream.seek(max(0, start))
    left = end - start
    while left > 0 and (piece := stream.read(min(left, CHUNK))):
        digest.update(piece)
        left -= len(piece)
    return f"sha256:{digest.hexdigest()}"


def _damage(stream: BinaryIO, row: CaptureRow) -> str:
    """Say whether the damage reaches the capture itself."""
    try:
        record = read_record(stream, row.offset, row.offset + row.length, len)
    except DamagedRecord as error:
        return f"the capture cannot be read: {error}"
    if record.intact and record.id == row.record_id:
        return "the capture itself can still be read: the damage is beside it"
    return "the capture fails its own digest"


def _records(stream: BinaryIO, row: CaptureRow) -> Iterator[Record]:
    at = row.span_from
    while at < row.span_to:
        record = read_record(stream, at, row.span_to, len)
        yield record
        at += record.length


def _judge(row: CaptureRow, records: list[Record]) -> Iterator[Problem]:
    """Compare the records of a span with their own digests and with the row."""
    for record in records:
        if not record.intact:
            yield _of_capture(row, "damaged", f"its {record.kind} record fails its own digest")
    mains = [record for record in records if record.offset == row.offset]
    if not mains:
        yield _of_capture(row, "mismatch", f"no record begins at {row.offset} in {row.file}")
    for record in mains:
        for name, (ours, theirs) in _facts(row, record).items():
            if ours != theirs:
                said = f"the row says {name} {ours}, the record {theirs}"
                yield _of_capture(row, "mismatch", said)
    for record in records:
        about = record.headers.get("warc-concurrent-to", row.record_id)
        if about != row.record_id:
            said = f"its {record.kind} record belongs to {about}"
            yield _of_capture(row, "mismatch", said)


def _facts(row: CaptureRow, record: Record) -> dict[str, tuple[object, object]]:
    """Lay side by side what row and record both state."""
    return {
        "id": (row.record_id, record.id),
        "length": (row.length, record.length),
        "url": (row.url, record.headers.get("warc-target-uri")),
        "date": (stamp(row.at), record.headers.get("warc-date")),
        "digest": (row.digest, record.headers.get("warc-payload-digest")),
        "revisit": (row.revisit, record.kind == "revisit"),
        # The size of a revisited payload is checked against the record that holds it.
        "size": (row.size, row.size if row.revisit else record.size),
    }
