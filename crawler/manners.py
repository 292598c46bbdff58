"""How fast a site may be asked: the one place that decides when the next request may leave.

A site, not a host, is the unit: a site's hosts commonly share one machine, so one walk asks them
one after the other. The state is a row per site, kept in the catalogue's database, so that a
killed crawl does not come back early. Nothing here sends, waits or solves anything.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from archive.catalogue import Catalogue
from crawler.entries import Pace
from crawler.outcomes import DAY, MONTH, Outcome
from crawler.seasons import CHINA

JITTER: Final = 0.5
"""A delay is lengthened by up to half, at random, and never shortened: the pace is a promise."""

SLOWER: Final = 2.0
"""Half speed, for a day after a site throttled us or failed."""

BACK_OFF: Final = 12
"""Delays between attempts at one address: a minute at 5 s. Each further attempt waits 5 times
as long."""

THROTTLED: Final = 120
"""Delays a site rests when it throttles without Retry-After: ten minutes at 5 s."""

STRIKES: Final = 3
"""Refusals in a row after which a site rests for a day, even where one alone would not do."""

RETRY_AFTER_LIMIT: Final = MONTH
"""A longer Retry-After is read as this long; the site is asked again then, and may repeat it."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a site stands with us; moments are seconds since the epoch."""

    site: str
    free_at: float = 0.0
    """No request before."""
    slow_until: float = 0.0
    day: str = ""
    """The day in China that ``asked`` counts."""
    asked: int = 0
    strikes: int = 0


def must_wait(manner: Manner, pace: Pace, now: datetime) -> tuple[float, str]:
    """Return the seconds until the next request may leave, and the note to make if it is long."""
    wait = max(0.0, manner.free_at - now.timestamp())
    if manner.day == _day(now) and manner.asked >= pace.max_per_day:
        midnight = now.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
        return max(wait, (midnight + DAY - now).total_seconds()), "daily_cap"
    return wait, "host_resting"


def after(
    manner: Manner,
    delay: float,
    outcome: Outcome,
    retry_after: float | None,
    now: datetime,
    jitter: float,
) -> Manner:
    """Return how a site stands after an exchange that ended ``now``.

    ``delay`` is the registry's, or the longer one robots.txt asks for; ``retry_after`` the seconds
    of that header if it came; ``jitter`` a number from 0 to 1.
    """
    moment = now.timestamp()
    slow_until = moment + DAY.total_seconds() if outcome.slow else manner.slow_until
    strikes = manner.strikes + 1 if outcome.strike else 0
    wait = delay * (SLOWER if slow_until > moment else 1.0) * (1 + JITTER * jitter)
    if outcome.name == "throttled":
        wait = max(wait, delay * THROTTLED if retry_after is None else retry_after)
    if outcome.rest is not None:
        wait = max(wait, outcome.rest.total_seconds())
    if strikes >= STRIKES:
        wait = max(wait, DAY.total_seconds())
    today = _day(now)
    asked = manner.asked + 1 if manner.day == today else 1
    return replace(
        manner,
        free_at=moment + wait,
        slow_until=slow_until,
        day=today,
        asked=asked,
        strikes=strikes,
    )


def try_again(tries: int, delay: float, retry_after: float | None, now: datetime) -> datetime:
    """Return when an address whose ``tries``-th attempt failed may be tried again."""
    seconds = delay * BACK_OFF * 5 ** (tries - 1) if retry_after is None else retry_after
    return now + timedelta(seconds=seconds)


def retry_after(value: str, now: datetime) -> float | None:
    """Read a Retry-After header (RFC 9110 10.2.3) as seconds from now; none if it says nothing."""
    if value.strip().isdecimal():
        seconds = float(value)
    else:
        try:
            seconds = (parsedate_to_datetime(value) - now).total_seconds()
        except (ValueError, TypeError):
            return None
    return min(max(seconds, 0.0), RETRY_AFTER_LIMIT.total_seconds())


class Manners:
    """The table ``manners``: one row per site."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._db = catalogue.db
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS manners (site TEXT PRIMARY KEY, free_at REAL NOT NULL,"
            " slow_until REAL NOT NULL, day TEXT NOT NULL, asked INTEGER NOT NULL,"
            " strikes INTEGER NOT NULL) STRICT"
        )

    def of(self, site: str) -> Manner:
        """Return how a site stands; a new one is free."""
        row = self._db.execute(
            "SELECT site, free_at, slow_until, day, asked, strikes FROM manners WHERE site = ?",
            [site],
        ).fetchone()
        return Manner(*row) if row else Manner(site)

    def start_again(self, site: str, delay: float, now: datetime) -> None:
        """Wait a delay from now: a killed crawl cannot tell when its last request left."""
        manner = self.of(site)
        self.keep(replace(manner, free_at=max(manner.free_at, now.timestamp() + delay)))

    def keep(self, manner: Manner) -> None:
        """Write how a site stands; inside the transaction that records the exchange."""
        self._db.execute(
            "INSERT OR REPLACE INTO manners VALUES (?, ?, ?, ?, ?, ?)",
            [
                manner.site,
                manner.free_at,
                manner.slow_until,
                manner.day,
                manner.asked,
                manner.strikes,
            ],
        )


def _day(now: datetime) -> str:
    return now.astimezone(CHINA).date().isoformat()
