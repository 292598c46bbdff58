"""What is owed, what was found, and what stood in the way: evidence of absence.

A row for every registered body and every year it owes. Nothing is inferred from silence: where no
list was ever read the state is ``not_tried``, not "no report".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from archive.placing import Registry
from archive.record import Row
from archive.tables import AgencyRow
from parsers.narrative import title_facts

LISTED = "listed"
"""Reason of a link that may be followed: it stands on a list of a registered site."""

ELSEWHERE = {
    "offsite_link": "列表指向未登记的主机",
    "offsite_redirect": "地址转向未登记的主机",
}
"""Reasons why a link to a report is no more than a lead, each with what is said of it."""


@dataclass(frozen=True, slots=True)
class Lead:
    """A link seen on a list: its title, and how the last attempt at it ended (None: never made)."""

    url: str
    title: str
    reason: str
    """``LISTED``, or why it may not be followed."""
    site: str | None
    """Site on whose page the link was seen."""
    outcome: str | None
    detail: str
    capture: int | None
    """Evidence: what the last attempt brought, else the page the link was seen on."""


@dataclass(frozen=True, slots=True)
class Found:
    """A report that is there: its id, capture, address, and whether its origin is in doubt."""

    report: str
    capture: int
    url: str
    authentic: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything coverage is decided from."""

    reports: Mapping[tuple[str, int], Found]
    leads: Sequence[Lead]
    became: Mapping[str, str]
    """By address of a document: the reason it became no report, or the report it became."""
    lists: Mapping[str, tuple[str, int | None]]
    """By site: how the visits to its lists ended, and the capture that shows it."""
    last_year: int
    """The latest year that anybody owes."""


def rows(registry: Registry, evidence: Evidence) -> Iterator[Row]:
    """Yield one row for each body and year owed, by body and year."""
    leads = _leads_by_report(registry, evidence.leads)
    for agency in sorted(registry.agencies.values(), key=lambda agency: agency.id):
        for year in range(agency.owes_from, (agency.owes_to or evidence.last_year) + 1):
            found = evidence.reports.get((agency.id, year))
            lead = leads.get((agency.id, year))
            state, detail, capture = _state(agency, found, lead, evidence)
            yield {
                "agency": agency.id,
                "year": year,
                "state": state,
                "detail": detail,
                "report": found.report if found else None,
                "capture": capture,
            }


def _leads_by_report(registry: Registry, leads: Iterable[Lead]) -> dict[tuple[str, int], Lead]:
    """Return the link that says most about each report.

    That is one that may be followed, then one that may not, then one that only led elsewhere.
    """
    named: dict[tuple[str, int], Lead] = {}
    for lead in sorted(leads, key=_says_less):
        facts = title_facts(lead.title)
        if facts and (lead.reason == LISTED or lead.reason in ELSEWHERE):
            agency = registry.agency(facts.publisher, lead.site)
            named.setdefault((agency, facts.year), lead)
    return named


def _says_less(lead: Lead) -> tuple[bool, bool, str]:
    return lead.outcome == "redirect", lead.reason != LISTED, lead.url


def _state(
    agency: AgencyRow, found: Found | None, lead: Lead | None, evidence: Evidence
) -> tuple[str, str, int | None]:
    """Return state, sentence and evidence for one body and year."""
    if found:
        if found.authentic:
            return "published", found.url, found.capture
        return "copy_only", f"只有来源存疑的副本：{found.url}", found.capture
    if lead:
        return _state_of_lead(lead, evidence)
    if agency.site is None:
        return "not_tried", "尚不知道这个机关的网站", None
    outcome, capture = evidence.lists.get(agency.site, (None, None))
    if outcome == "ok":
        return "not_listed", "已读年报列表，其中没有这一年的报告", capture
    if outcome:
        return outcome, "年报列表未能全部取得", capture
    return "not_tried", "尚未访问该网站", None


def _state_of_lead(lead: Lead, evidence: Evidence) -> tuple[str, str, int | None]:
    if lead.reason in ELSEWHERE:
        return "copy_only", f"{ELSEWHERE[lead.reason]}：{lead.url}", lead.capture
    if lead.outcome is None:
        return "not_tried", f"已列出，尚未取得：{lead.url}", lead.capture
    if lead.outcome == "ok":
        return "unread", f"{lead.url}：{evidence.became.get(lead.url, '')}", lead.capture
    return lead.outcome, f"{lead.url} {lead.detail}".strip(), lead.capture
