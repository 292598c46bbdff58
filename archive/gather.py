"""Go through every document once: which report it belongs to, whether its origin is in doubt.

The first pass of a build. It keeps one small sighting a capture in memory and no readings, so that
a hundred thousand reports fit on a laptop; the second pass reads each report's own versions again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.catalogue import CaptureRow, Catalogue
from archive.placing import Registry, Unplaced, place
from archive.readings import documents
from archive.record import content_of
from archive.rules import is_authentic
from archive.rules.model import Record
from archive.versions import Sighting
from parsers import VERSION
from parsers.contract import from_json
from parsers.sheet import Reading


@dataclass(frozen=True, slots=True)
class Gathered:
    """What one pass over the documents found."""

    sightings: tuple[Sighting, ...]
    unread: Mapping[CaptureRow, Unplaced]


@dataclass(frozen=True, slots=True)
class Hosts:
    """The registry's hosts, to tell a body's own publication from a copy."""

    registered: frozenset[str]

    def record(self, reading: Reading, url: str) -> Record:
        """Return what the rules look at: the reading and where it came from."""
        host = urlsplit(url).hostname
        known = None if host is None else host in self.registered
        return Record(reading, host, known, self.registered)


def reading_of(catalogue: Catalogue, capture: CaptureRow) -> Reading:
    """Return the reading of a capture that ``read_new`` has read; raise KeyError otherwise."""
    text = catalogue.reading(capture.digest, VERSION)
    if text is None:
        raise KeyError(f"capture {capture.id} has not been read by reader {VERSION}")
    return from_json(text)


def gather(catalogue: Catalogue, registry: Registry, hosts: Hosts) -> Gathered:
    """Place every document of the archive."""
    sightings: list[Sighting] = []
    unread: dict[str, tuple[CaptureRow, Unplaced]] = {}
    for capture in documents(catalogue):
        reading = reading_of(catalogue, capture)
        placed = place(reading, registry, capture.site)
        if isinstance(placed, Unplaced):
            unread.setdefault(capture.url + capture.digest, (capture, placed))
            continue
        sightings.append(
            Sighting(
                report=placed.report,
                agency=placed.agency,
                year=placed.year,
                capture=capture,
                content=content_of(reading),
                authentic=is_authentic(hosts.record(reading, capture.url)),
                publisher=reading.publisher or "",
            )
        )
    return Gathered(tuple(sightings), dict(unread.values()))
