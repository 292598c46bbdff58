"""What a visit brought: its outcome, the addresses to queue, the links that may not be followed.

A pure function of the row, the answer and the registry. Every link on a page ends in one of three
ways: queued, because its host is registered; kept as a lead with the reason it is not followed;
or passed over, because no family calls it a row.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from lxml.etree import LxmlError
from scrapy.http import HtmlResponse

from crawler.article import ArticleFacts, article_facts, attachments
from crawler.families import FAMILIES, FAMILY_NAMES
from crawler.frontier import Row
from crawler.lead import Lead, host_of
from crawler.page import is_html, page_of
from crawler.registry import Column, Registry
from crawler.titles import is_annual_report
from crawler.verdict import Answer, Verdict, judge

REDIRECTS: Final = 5
"""Redirects in a row that are followed."""


NOT_UNDERSTOOD: Final = (ValueError, LookupError, RecursionError, LxmlError)
"""What parsing raises on a page nobody foresaw. One such page must not end the crawl, and at each
resumption again; it is kept, and its outcome asks for a case in the tests."""


@dataclass(frozen=True, slots=True)
class Stray:
    """A link that is not followed, and why."""

    url: str
    title: str
    reason: str
    """``offsite_link``, ``offsite_redirect`` or ``not_a_report`` (by its title)."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What one answered request brought."""

    row: Row
    verdict: Verdict
    queue: tuple[Row, ...] = ()
    more: tuple[Row, ...] = ()
    """Further pages of the same list: queued only if this one lists what no other did."""
    strays: tuple[Stray, ...] = ()
    listed: tuple[Lead, ...] = ()
    """The rows of a list page, as printed."""
    facts: ArticleFacts | None = None


def examine(row: Row, answer: Answer, registry: Registry) -> Visit:
    """Judge an answer and sort out every link of the page it brought."""
    try:
        return _examine(row, answer, registry)
    except NOT_UNDERSTOOD as error:
        return Visit(row, Verdict("not_understood", f"{type(error).__name__}: {error}"[:300]))


def _examine(row: Row, answer: Answer, registry: Registry) -> Visit:
    verdict = judge(answer)
    if verdict.outcome == "redirect" and verdict.target is not None:
        return _redirected(row, verdict, verdict.target, registry)
    if verdict.outcome != "ok" or not is_html(verdict.content):
        return Visit(row, verdict)
    page = page_of(answer.url, verdict.content, answer.headers)
    if row.kind == "list":
        return _listing(row, verdict, page, registry)
    if row.kind == "article":
        files = [_sorted(row, lead, "attachment", registry) for lead in attachments(page)]
        return _visit(row, verdict, files, facts=article_facts(page))
    return Visit(row, verdict)


def column_of(row: Row, registry: Registry) -> Column | None:
    """Return the registry column that led to a row, if the registry still has it."""
    return next(
        (
            column
            for site in registry.sites
            for column in site.columns
            if f"{site.id}/{column.id}" == row.column
        ),
        None,
    )


def _redirected(row: Row, verdict: Verdict, target: str, registry: Registry) -> Visit:
    site = registry.site_of(host_of(target))
    if site is None:
        return Visit(row, verdict, strays=(Stray(target, row.title, "offsite_redirect"),))
    if row.kind == "robots":
        return Visit(row, verdict)  # turns.py asks for the rest of the chain, if it is wanted
    if row.hops >= REDIRECTS:
        detail = f"{verdict.detail}, after {row.hops} redirects in a row: not followed"
        return Visit(row, replace(verdict, detail=detail, target=None))
    onward = Row(target, site.id, row.column, row.kind, row.title, row.url, row.hops + 1)
    return Visit(row, verdict, queue=(onward,))


def _listing(row: Row, verdict: Verdict, page: HtmlResponse, registry: Registry) -> Visit:
    column = column_of(row, registry)
    if column is None:
        return Visit(row, Verdict("unregistered", f"column {row.column}", content=verdict.content))
    family = FAMILIES[FAMILY_NAMES.index(column.family)]
    listed = tuple(family.leads(page))
    if not listed:
        detail = f"the family {column.family} finds no row"
        return Visit(row, Verdict("no_rows", detail, content=verdict.content))
    reports = [lead for lead in listed if is_annual_report(lead.title)]
    others = [Stray(lead.url, lead.title, "not_a_report") for lead in listed if lead not in reports]
    more = [
        Row(url, row.site, row.column, "list", row.title, row.url)
        for url in family.next_pages(page)
        if registry.site_of(host_of(url)) is not None and url != page.url
    ]
    detail = f"{len(listed)} rows, {len(reports)} reports by title"
    found = [_sorted(row, lead, "article", registry) for lead in reports]
    return _visit(row, replace(verdict, detail=detail), [*found, *others], tuple(more), listed)


def _sorted(row: Row, lead: Lead, kind: str, registry: Registry) -> Row | Stray:
    site = registry.site_of(host_of(lead.url))
    if site is None:
        return Stray(lead.url, lead.title, "offsite_link")
    return Row(lead.url, site.id, row.column, kind, lead.title, row.url)


def _visit(
    row: Row,
    verdict: Verdict,
    found: list[Row | Stray],
    more: tuple[Row, ...] = (),
    listed: tuple[Lead, ...] = (),
    facts: ArticleFacts | None = None,
) -> Visit:
    queue = tuple(each for each in found if isinstance(each, Row))
    strays = tuple(each for each in found if isinstance(each, Stray))
    return Visit(row, verdict, queue, more, strays, listed, facts)
