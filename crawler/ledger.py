"""The ledger: one visit becomes a capture, a fetch row, frontier rows and leads, all or nothing.

Bytes go to the store first; when they are on disk, one transaction of the catalogue says so, marks
the address and queues what was found. A kill before that leaves the address waiting; a kill after
it leaves nothing to do. It decides nothing about pages or manners: it asks those who do.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from archive.catalogue import Catalogue
from archive.store import Exchange, Store
from crawler import manners
from crawler.frontier import Frontier, Row, Settled
from crawler.listings import Listings
from crawler.manners import Manners
from crawler.outcomes import OUTCOMES, TRIES
from crawler.page import header
from crawler.seasons import next_visit
from crawler.visit import Visit

LIST_PAGES: Final = 2000
"""Pages of one column read in one run; beyond that the portal is making them up."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How one attempt ended, as it is written down."""

    row: Row
    outcome: str
    detail: str
    at: datetime
    delay: float
    """The pace in force: the registry's, or the longer one robots.txt asks for."""
    retry_after: float | None = None
    capture: int | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """What one run writes to, and how."""

    catalogue: Catalogue
    store: Store
    frontier: Frontier
    manners: Manners
    listings: Listings
    run: int

    def answered(self, visit: Visit, exchange: Exchange, delay: float) -> tuple[Settled, int]:
        """Record an answer, whatever it was; return how the row stands and the capture's id."""
        row, verdict, at = visit.row, visit.verdict, exchange.at
        kept = self.store.keep(replace(exchange, facts=_facts(visit, exchange)), row.site)
        waits = manners.retry_after(header(exchange.headers, "retry-after"), at)
        media_type = header(exchange.headers, "content-type") or None
        with self.catalogue.atomic():
            capture = self.catalogue.add_capture(
                self.run, row.site, row.url, at, row.kind, exchange.status, media_type, kept
            )
            detail = verdict.detail + self._discover(visit, capture, at)
            settled = self._asked(
                Ended(row, verdict.outcome, detail, at, delay, waits, capture, kept.digest)
            )
        return settled, capture

    def unanswered(self, ended: Ended) -> Settled:
        """Record a request that brought no answer at all."""
        with self.catalogue.atomic():
            return self._asked(ended)

    def not_asked(self, ended: Ended) -> None:
        """Record an address that may not be asked, and on what evidence; no request was made."""
        with self.catalogue.atomic():
            self._write(ended)

    def note(self, row: Row, outcome: str, detail: str, at: datetime) -> None:
        """Say once a run, beside the address whose turn it was, why a site's addresses wait."""
        with self.catalogue.atomic():
            said = self.catalogue.db.execute(
                "SELECT 1 FROM fetches WHERE run = ? AND site = ? AND outcome = ?",
                [self.run, row.site, outcome],
            ).fetchone()
            if said is None:
                self.catalogue.add_fetch(
                    self.run, row.url, row.site, row.kind, outcome, detail, at, None
                )

    def settled_robots(self) -> list[tuple[Row, str, int | None]]:
        """Return the robots.txt rows this run is done with, how each ended and the evidence."""
        found = self.catalogue.db.execute(
            "SELECT frontier.url, frontier.site, fetches.outcome, fetches.capture"
            " FROM frontier JOIN fetches ON fetches.id = (SELECT max(id) FROM fetches"
            "  WHERE fetches.url = frontier.url AND fetches.run = frontier.run)"
            " WHERE frontier.kind = 'robots' AND state <> 'waiting' AND frontier.run = ?",
            [self.run],
        )
        return [
            (Row(url, site, "", "robots", "", "robots"), outcome, capture)
            for url, site, outcome, capture in found
        ]

    def _asked(self, ended: Ended) -> Settled:
        self.manners.keep(
            manners.after(
                self.manners.of(ended.row.site),
                ended.delay,
                OUTCOMES[ended.outcome],
                ended.retry_after,
                ended.at,
                random.random(),
            )
        )
        return self._write(ended)

    def _write(self, ended: Ended) -> Settled:
        row, settled = ended.row, settle(ended)
        self.catalogue.add_fetch(
            self.run,
            row.url,
            row.site,
            row.kind,
            ended.outcome,
            ended.detail,
            ended.at,
            ended.capture,
        )
        self.frontier.settle(row.url, settled, self.run)
        return settled

    def _discover(self, visit: Visit, capture: int, at: datetime) -> str:
        """Queue and keep what a page led to; return what there is to add to its detail."""
        row = visit.row
        for found in visit.queue:
            self.frontier.add(found, at)
        for stray in visit.strays:
            self.catalogue.add_lead(stray.url, stray.title, stray.reason, capture, at)
        fresh = self.listings.keep(self.run, row, visit.listed)
        if not visit.more:
            return ""
        if not fresh:
            return "; lists only what other pages list, so the next is not asked"
        if self.listings.pages(self.run, row.column) >= LIST_PAGES:
            return f"; {LIST_PAGES} pages read, so the next is not asked"
        for page in visit.more:
            self.frontier.add(page, at)
        return ""


def settle(ended: Ended) -> Settled:
    """Return how a row stands after an attempt: done, failed, or waiting for another."""
    row, outcome = ended.row, OUTCOMES[ended.outcome]
    if outcome.then == "retry" and row.tries + 1 < TRIES:
        tries = row.tries + 1
        again = manners.try_again(tries, ended.delay, ended.retry_after, ended.at)
        return Settled("waiting", tries, again, outcome.name, ended.digest, row.first_at)
    if outcome.then == "done":
        first = row.first_at or ended.at
        due = next_visit(row.kind, first, ended.at)
        return Settled("done", 0, due, outcome.name, ended.digest, first)
    due = ended.at + (outcome.again or timedelta())
    return Settled("failed", 0, due, outcome.name, ended.digest, row.first_at)


def _facts(visit: Visit, exchange: Exchange) -> dict[str, str]:
    """Gather what the metadata record says about an exchange; empty facts are left out."""
    row, told = visit.row, visit.facts
    facts = {
        "outcome": visit.verdict.outcome,
        "detail": visit.verdict.detail,
        "site": row.site,
        "column": row.column,
        "kind": row.kind,
        "listed-as": row.title,
        "found-on": row.found_on,
        **exchange.facts,
    }
    if told is not None:
        facts |= {
            "article-title": told.title,
            "article-published": told.published,
            "article-source": told.source,
            "site-code": told.site_code,
        }
    return {name: value for name, value in facts.items() if value}
