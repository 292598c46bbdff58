"""What the sample portal holds, for whoever checks what was made of it.

One row for every body and year that owes a report, those without one included. The expected cells
are what the page prints, traps included: a right reading repeats a wrong sum.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from crawler.sample.bodies import sample_registry
from crawler.sample.portals import portals
from crawler.sample.prose import title
from crawler.sample.reports import Place, Report, reports
from crawler.sample.traps import traps
from parsers.numbers import UNITS
from parsers.sheet import State, TableState

_OUTCOMES = {
    # What stands at a report's address, and what an honest crawl of the portal ends with.
    "report": "published",
    "gbk": "published",
    "images": "published",
    "soft_404": "soft_404",
    "hard_404": "not_found",
    "fenced": "robots_disallow",
    "mirror": "lead_only",
    "absent": "absent",
}


@dataclass(frozen=True, slots=True)
class Known:
    """One cell as its page prints it; ``value`` only where a number is printed."""

    printed: str
    value: int | Decimal | None
    state: State


@dataclass(frozen=True, slots=True)
class Truth:
    """One body and year."""

    report: str
    """``<agency>-<year>``."""
    agency: str
    year: int
    outcome: str
    """``published``, ``soft_404``, ``not_found``, ``robots_disallow``, ``lead_only``, ``absent``
    or ``challenge``."""
    url: str | None
    """What the list links to; none where nothing is linked."""
    title: str | None
    published: datetime | None
    """Beijing time, as the page prints it."""
    form: str | None
    tables: Mapping[str, TableState]
    """Empty unless ``outcome`` is ``published``, as is ``cells``."""
    cells: Mapping[Place, Known]
    trap: str | None


def truths(edition: int = 1) -> tuple[Truth, ...]:
    """Return what the given edition of the portal holds, body by body and year by year."""
    challenged = {portal.site.id for portal in portals() if portal.refuses}
    refused = tuple(
        _refused(agency.id, year, agency.site)
        for agency in sample_registry().agencies
        if agency.site in challenged
        for year in range(agency.owes_from, (agency.owes_to or agency.owes_from) + 1)
    )
    return (*(_truth(report) for report in reports(edition)), *refused)


def _truth(report: Report) -> Truth:
    outcome = _OUTCOMES[report.page]
    there = outcome == "published"
    state = TableState.IMAGE if report.page == "images" else TableState.READ
    linked = report.linked
    return Truth(
        report=report.id,
        agency=report.body.agency.id,
        year=report.year.year,
        outcome=outcome,
        url=linked,
        title=title(report) if linked else None,
        published=report.year.published if linked else None,
        form=report.form.id if there else None,
        tables={table.id: state for table in report.form.tables} if there else {},
        cells={place: _known(report, place) for place in report.printed} if there else {},
        trap=report.trap.id if report.trap else None,
    )


def _refused(agency: str, year: int, site: str | None) -> Truth:
    trap = next(refusal.id for refusal in traps().refusals if refusal.site == site)
    report = f"{agency}-{year}"
    return Truth(report, agency, year, "challenge", None, None, None, None, {}, {}, trap)


def _known(report: Report, place: Place) -> Known:
    if report.page == "images":
        return Known("", None, State.NOT_FOUND)
    printed = report.printed[place]
    if printed == "":
        return Known(printed, None, State.BLANK)
    if printed == "/":
        return Known(printed, None, State.DASH)
    return Known(printed, _number(printed), State.NUMBER)


def _number(printed: str) -> int | Decimal:
    """Return the number of a cell; the unit the 2019 form lets one print inside it is dropped."""
    digits = printed
    for unit in UNITS:
        digits = digits.removesuffix(unit)
    return Decimal(digits) if "." in digits else int(digits)
