"""Which documents are the same report, and which of them are versions of it.

A sighting is one capture of one report. Sightings with the same content are one version; the
current version is that of the last authentic sighting, or of the last one where none is authentic.
Order follows runs and addresses, never the clock, so that a crawl that was interrupted gives the
same versions as one that was not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from archive.catalogue import CaptureRow


@dataclass(frozen=True, slots=True)
class Sighting:
    """One capture of a report: what it says (``content``) and whether its origin is in doubt."""

    report: str
    agency: str
    year: int
    capture: CaptureRow
    content: str
    authentic: bool
    publisher: str
    """Name the document gives the body."""


@dataclass(frozen=True, slots=True)
class Version:
    """One distinct content of a report: its number, first and last sighting."""

    number: int
    first: Sighting
    last: Sighting


@dataclass(frozen=True, slots=True)
class Report:
    """A report with its versions, oldest first."""

    id: str
    agency: str
    year: int
    versions: tuple[Version, ...]
    current: Version


def reports(sightings: Iterable[Sighting]) -> Iterator[Report]:
    """Yield every report by id, with its versions in the order they were first seen."""
    ordered = sorted(sightings, key=_order)
    for report_id, same in groupby(ordered, key=lambda sighting: sighting.report):
        seen = list(same)
        by_content: dict[tuple[str, bool], list[Sighting]] = {}
        for sighting in seen:
            by_content.setdefault((sighting.content, sighting.authentic), []).append(sighting)
        versions = tuple(
            Version(number, group[0], group[-1])
            for number, group in enumerate(by_content.values(), start=1)
        )
        yield Report(report_id, seen[0].agency, seen[0].year, versions, _current(versions))


def _order(sighting: Sighting) -> tuple[str, int, str, int]:
    capture = sighting.capture
    return sighting.report, capture.run, capture.url, capture.id


def _current(versions: tuple[Version, ...]) -> Version:
    authentic = [version for version in versions if version.last.authentic]
    return max(authentic or versions, key=lambda version: _order(version.last))
