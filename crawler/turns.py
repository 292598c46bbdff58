"""Whose turn is it? The next address of a site that may be asked, or how long to wait for one.

Here the frontier, robots.txt and the manners meet. It sends nothing: what may not be asked is
written down on the spot, with its evidence, and passed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from crawler.frontier import Row
from crawler.lead import host_of
from crawler.ledger import Ended, Ledger
from crawler.manners import must_wait
from crawler.registry import Registry, Site
from crawler.robots import Robots, permission, wanted
from crawler.verdict import Answer, Verdict, judge

PATIENCE: Final = 600.0
"""Seconds a walk waits for its next turn; beyond that the rest is left to the next crawl."""

_A_PAGE: Final = Robots("ok", 200, b"", None, None)
"""An address that robots.txt redirects to and that is known as a page: it holds no rules."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What a walk does next: ask ``row``, or wait and look again."""

    row: Row | None
    wait: float
    """Seconds."""
    delay: float
    """Seconds between requests that hold for this row."""


class Turns:
    """Decides for every site of one run."""

    def __init__(self, registry: Registry, ledger: Ledger) -> None:
        self._registry = registry
        self._ledger = ledger
        self._known: dict[str, Robots] = {}

    def next(self, site: Site, now: datetime) -> Turn | None:
        """Return what the site's walk does next; none when it is over."""
        row = self._ledger.frontier.take(site.id, now)
        if row is None:
            soonest = self._ledger.frontier.soonest(site.id)
            return None if soonest is None else _patiently((soonest - now).total_seconds())
        owner = self._registry.site_of(host_of(row.url))
        if owner is None or owner.id != site.id:
            return self._pass_over(row, "unregistered", "", None, now)
        if row.kind == "robots":
            return self._paced(site, row, site.pace.delay, now)
        rules = wanted(row.url, self._known)
        if rules is not None:
            return self._await_rules(rules, site, now)
        may = permission(row.url, self._known, now)
        if may.outcome != "ok":
            return self._pass_over(row, may.outcome, may.detail, may.capture, now)
        return self._paced(site, row, max(site.pace.delay, may.delay), now)

    def learn(self, row: Row, verdict: Verdict, status: int | None, capture: int | None) -> None:
        """Remember what a robots.txt address answered, once it is settled for this run."""
        owner = None if verdict.target is None else self._registry.site_of(host_of(verdict.target))
        # Another site's host is asked by that site's walk only.
        target = verdict.target if owner is not None and owner.id == row.site else None
        self._known[row.url] = Robots(verdict.outcome, status, verdict.content, target, capture)

    def recall(self) -> None:
        """Learn again, from the captures, what this run had learnt when it was killed."""
        catalogue, run = self._ledger.catalogue, self._ledger.run
        kept = {each.id: each for each in catalogue.captures("robots", None) if each.run == run}
        for row, outcome, capture in self._ledger.settled_robots():
            if capture is None:
                self.learn(row, Verdict(outcome), None, None)
            else:
                held = catalogue.payload_of(kept[capture])
                answer = Answer(row.url, row.kind, held.status or 0, held.headers, held.body)
                self.learn(row, judge(answer), held.status, capture)

    def _await_rules(self, rules: str, site: Site, now: datetime) -> Turn | None:
        with self._ledger.catalogue.atomic():
            due = self._ledger.frontier.want_robots(rules, site.id, self._ledger.run, now)
        if due is None:
            self._known[rules] = _A_PAGE
            return Turn(None, 0.0, site.pace.delay)
        return _patiently((due - now).total_seconds())

    def _paced(self, site: Site, row: Row, delay: float, now: datetime) -> Turn | None:
        wait, why = must_wait(self._ledger.manners.of(site.id), site.pace, now)
        if wait > PATIENCE:
            _, waiting = self._ledger.frontier.counts(site.id, self._ledger.run)
            detail = f"not asked for {wait / 3600:.1f} h; {waiting} addresses wait"
            self._ledger.note(row, why, detail, now)
            return None
        return Turn(None, wait, delay) if wait else Turn(row, 0.0, delay)

    def _pass_over(
        self, row: Row, outcome: str, detail: str, capture: int | None, now: datetime
    ) -> Turn:
        self._ledger.not_asked(Ended(row, outcome, detail, now, 0.0, capture=capture))
        return Turn(None, 0.0, 0.0)


def _patiently(seconds: float) -> Turn | None:
    return Turn(None, max(0.0, seconds), 0.0) if seconds <= PATIENCE else None
