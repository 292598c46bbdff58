"""Whose report on which year is this document? Decided from what it says and the registry.

A name is matched as written, spaces and width aside, against official names and aliases; there is
no guessing by likeness. A body the registry does not have gets an id made from its name, so that
its reports stay citable, and is marked as not registered.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from archive.tables import AgencyRow

SECTIONS_OF_A_REPORT = 3
"""Statutory headings from which a page without tables still counts as a report."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a document says it is: a reading without its text and figures."""

    refused: str | None
    detail: str
    """Why it was refused, in a sentence."""
    has_table: bool
    sections: int
    year: int | None
    publisher: str | None


@dataclass(frozen=True, slots=True)
class Placed:
    """The report a document belongs to."""

    agency: str
    year: int

    @property
    def report(self) -> str:
        """Return the report's stable id."""
        return f"{self.agency}-{self.year}"


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Why a document belongs to no report: a word, and a sentence."""

    reason: str
    detail: str


class Registry:
    """Names of bodies to ids; made once for a build."""

    def __init__(self, agencies: Iterable[AgencyRow]) -> None:
        self.agencies = {agency.id: agency for agency in agencies}
        self._by_name: dict[str, set[str]] = {}
        for agency in self.agencies.values():
            for name in (agency.name, *agency.aliases):
                self._by_name.setdefault(_plain(name), set()).add(agency.id)

    def agency(self, publisher: str, site: str | None = None) -> str:
        """Return the id of the body called ``publisher``; one made from the name if unknown.

        A name that several registered bodies bear (鼓楼区…) is that of the one whose reports
        stand on ``site``; elsewhere it is nobody's and gets an id of its own.
        """
        named = self._by_name.get(_plain(publisher), set())
        if len(named) > 1:
            named = {agency for agency in named if site and self.agencies[agency].site == site}
        return next(iter(named)) if len(named) == 1 else unregistered_id(publisher)


def unregistered_id(publisher: str) -> str:
    """Return the id of a body that only documents name: the same for the same name, always."""
    return "x-" + hashlib.sha256(_plain(publisher).encode()).hexdigest()[:10]


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())


def place(claims: Claims, registry: Registry, site: str | None) -> Placed | Unplaced:
    """Return the report a document belongs to, or why it belongs to none.

    ``site`` is the registered site it was fetched from; None for what was handed in.
    """
    if claims.refused:
        return Unplaced(claims.refused, claims.detail)
    if not claims.has_table and claims.sections < SECTIONS_OF_A_REPORT:
        return Unplaced("not_a_report", "没有统计表，法定标题不足三个")
    if claims.year is None:
        return Unplaced("no_year", "标题和统计期限都没有写明年度")
    if not claims.publisher:
        return Unplaced("no_publisher", "标题、署名和正文都没有写明机关")
    return Placed(registry.agency(claims.publisher, site), claims.year)
