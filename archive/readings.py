"""Read what was captured: every document once for each version of the reader.

A reading depends on the payload and the reader alone, so it is kept by digest and made again only
when ``parsers.VERSION`` is raised. Reading is a pure function mapped over a pool of processes; one
process writes. It fetches nothing and judges nothing.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from archive.catalogue import CaptureRow, Catalogue
from archive.errors import CatalogueError, ContentTooLarge, PayloadError
from archive.inventory import captures_numbered, not_read
from archive.payload import Payload
from parsers import VERSION, read
from parsers.contract import to_json
from parsers.formats import LIMIT
from parsers.sheet import Reading

POOL_FROM = 200
"""Documents from which a second process pays for its start (about a second)."""
CHUNK = 16
FAULT = "reader_fault"
"""Reason of a document that our reader failed on: a fault of ours, not of the document."""

Progress = Callable[[int, int], None]
"""Told (done, of) after every document."""


def read_new(catalogue: Catalogue, progress: Progress | None = None, *, again: bool = False) -> int:
    """Read every document this reader has not read yet, or all ``again``; return how many.

    Readings are committed in chunks: a build that is killed goes on where it stopped.
    """
    waiting = not_read(catalogue, "" if again else VERSION)
    done = 0
    for readings in _mapped(catalogue.data, waiting):
        with catalogue.atomic():
            for digest, text in readings:
                catalogue.add_reading(digest, VERSION, text)
        done += len(readings)
        if progress:
            progress(done, len(waiting))
    return done


def _mapped(data: Path, captures: list[int]) -> Iterator[list[tuple[str, str]]]:
    chunks = [captures[at : at + CHUNK] for at in range(0, len(captures), CHUNK)]
    work = partial(read_captures, data)
    if len(captures) < POOL_FROM:
        yield from map(work, chunks)
        return
    spawn = multiprocessing.get_context("spawn")  # threads and SQLite handles do not survive a fork
    with ProcessPoolExecutor(mp_context=spawn) as pool:
        yield from pool.map(work, chunks)


def read_captures(data: Path, captures: list[int]) -> list[tuple[str, str]]:
    """Return (digest, reading as JSON) of each capture; bytes that fail are a refused reading."""
    with Catalogue(data) as catalogue:
        rows = captures_numbered(catalogue, captures)
        return [(each.digest, to_json(_reading(catalogue, each))) for each in rows]


def _reading(catalogue: Catalogue, capture: CaptureRow) -> Reading:
    try:
        payload = catalogue.payload_of(capture, LIMIT)
        content = payload.content
    except ContentTooLarge as error:
        return Reading(refused="too_large", refused_detail=str(error))
    except (PayloadError, CatalogueError) as error:
        return Reading(refused="damaged", refused_detail=str(error))
    try:
        return read(content, charset_of(payload))
    except Exception as error:  # noqa: BLE001
        # The one boundary: a document our reader stumbles over must not keep the other hundred
        # thousand from being published. It is listed as unread, with the fault by name.
        return Reading(refused=FAULT, refused_detail=f"{type(error).__name__}: {error}")


def charset_of(payload: Payload) -> str | None:
    """Return the charset of the payload's Content-Type, None when it names none."""
    for name, value in payload.headers:
        if name.lower() == "content-type" and "charset=" in value.lower():
            return value.lower().split("charset=", 1)[1].split(";")[0].strip(" \"'")
    return None
