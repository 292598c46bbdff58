"""Go through every document once: which report it belongs to, or why it belongs to none.

The first pass of a build. It asks of a reading only what it claims to be and keeps one small value
a document, however often the document was captured, so that a hundred thousand reports and their
visits fit on a laptop; the second pass reads each report's own documents whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from archive import inventory
from archive.catalogue import Catalogue
from archive.placing import Placed, Registry, Unplaced, place
from archive.rules.model import Record
from archive.versions import Document
from parsers import VERSION
from parsers.contract import from_json
from parsers.sheet import Reading


@dataclass(frozen=True, slots=True)
class Gathered:
    """What one pass over the documents found."""

    reports: Mapping[Placed, list[Document]]
    """By report, in the order of their ids."""
    unread: tuple[tuple[Document, Unplaced], ...]


@dataclass(frozen=True, slots=True)
class Hosts:
    """The registry's hosts, to tell a body's own publication from a copy."""

    registered: frozenset[str]

    def record(self, reading: Reading, url: str) -> Record:
        """Return what the rules look at: the reading and where it came from."""
        host = urlsplit(url).hostname
        known = None if host is None else host in self.registered
        return Record(reading, host, known, self.registered)


def reading_of(catalogue: Catalogue, digest: str) -> Reading:
    """Return the reading of a payload that ``read_new`` has read; raise KeyError otherwise."""
    text = catalogue.reading(digest, VERSION)
    if text is None:
        raise KeyError(f"{digest} has not been read by reader {VERSION}")
    return from_json(text)


def gather(catalogue: Catalogue, registry: Registry) -> Gathered:
    """Place every document of the archive."""
    claims = inventory.claims(catalogue, VERSION)
    reports: dict[Placed, list[Document]] = {}
    unread: list[tuple[Document, Unplaced]] = []
    for document in inventory.documents(catalogue):
        placed = place(claims[document.digest], registry, document.site)
        if isinstance(placed, Unplaced):
            unread.append((document, placed))
        else:
            reports.setdefault(placed, []).append(document)
    by_id = sorted(reports, key=lambda placed: placed.report)
    return Gathered({placed: reports[placed] for placed in by_id}, tuple(unread))
