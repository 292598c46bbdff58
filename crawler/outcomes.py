"""Every way an attempt can end, what it means, and what the crawler does next.

One table, read by the ledger, the manners and the status page; a name that is not in it cannot be
recorded. Nothing here looks at a page: that is ``crawler/verdict.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Final, Literal

Then = Literal["done", "retry", "failed", "note"]

TRIES: Final = 3
"""Attempts in one run before an outcome that may pass is taken as final."""

DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)
MONTH: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way an attempt ends."""

    name: str
    meaning: str
    then: Then
    """``done``: visited. ``retry``: waits and is tried again, TRIES in all, then failed.
    ``failed``: not again in this run. ``note``: no attempt was made; the row goes on waiting."""
    again: timedelta | None = None
    """How long a failed address is left alone; none where the seasons decide (see seasons.py)."""
    strike: bool = False
    """The site refuses us. Three in a row, and it rests; see ``rest``."""
    rest: timedelta | None = None
    """How long the whole site rests at once."""
    slow: bool = False
    """The site is asked at half speed for a day."""


_ALL = (
    Outcome("ok", "A page or file came, whole, and looks like what was asked for.", "done"),
    Outcome(
        "no_rows",
        "A list page came, but its family finds no row on it: the portal was redesigned, the "
        "registry names the wrong family, or the list is empty.",
        "done",
    ),
    Outcome(
        "redirect",
        "The answer points elsewhere. A target on a registered host is queued; any other is "
        "kept as a lead and not followed.",
        "done",
    ),
    Outcome("not_found", "404: there is no such page now.", "failed", WEEK),
    Outcome("gone", "410: the page was taken away on purpose.", "failed", MONTH),
    Outcome(
        "soft_404",
        "The status says 200, the page says that there is no such page, and nothing of a report "
        "is on it.",
        "failed",
        WEEK,
    ),
    Outcome("robots_disallow", "robots.txt asks us not to fetch this.", "failed", DAY),
    Outcome(
        "robots_unavailable",
        "robots.txt could not be had, and an unreachable robots.txt means no (RFC 9309 2.3.1.4).",
        "failed",
        DAY,
    ),
    Outcome(
        "waf_challenge:jsl",
        "加速乐 answers with a script that must be run; it is not run.",
        "failed",
        DAY,
        strike=True,
        rest=DAY,
    ),
    Outcome(
        "waf_challenge:ruishu",
        "瑞数 answers with a script that must be run; it is not run.",
        "failed",
        DAY,
        strike=True,
        rest=DAY,
    ),
    Outcome(
        "waf_challenge:safeline",
        "雷池 SafeLine answers with a challenge; it is not solved.",
        "failed",
        DAY,
        strike=True,
        rest=DAY,
    ),
    Outcome(
        "waf_challenge:other",
        "Some gate before the site answers in its place.",
        "failed",
        DAY,
        strike=True,
        rest=DAY,
    ),
    Outcome(
        "throttled",
        "429, or 503 with Retry-After: too fast. The site rests as long as it says.",
        "retry",
        DAY,
        slow=True,
    ),
    Outcome("forbidden", "401, 403, 407 or 451: refused.", "failed", WEEK, strike=True),
    Outcome("server_error", "The server failed (5xx).", "retry", DAY, slow=True),
    Outcome("timeout", "No whole answer within the time allowed.", "retry", DAY),
    Outcome("unreachable:dns", "The host name does not resolve.", "retry", DAY),
    Outcome("unreachable:connect", "No connection: refused, or no route.", "retry", DAY),
    Outcome("unreachable:tls", "No TLS connection could be agreed on.", "retry", DAY),
    Outcome("unreachable:reset", "The connection was cut before a whole answer.", "retry", DAY),
    Outcome(
        "too_large",
        "More bytes than we take. What was received until then is kept.",
        "failed",
        MONTH,
    ),
    Outcome("truncated", "The body ended before its end. What came is kept.", "retry", DAY),
    Outcome("undecodable", "The body is under a Content-Encoding we cannot undo.", "failed", MONTH),
    Outcome("empty", "A successful answer without a body.", "retry", DAY),
    Outcome("not_html", "A list should have come, and it is not a page.", "failed", WEEK),
    Outcome("not_a_file", "A file should have come, and it is a page.", "failed", WEEK),
    Outcome(
        "not_understood",
        "The answer came and is kept, and our own code failed on it: a mistake of ours to report.",
        "failed",
        WEEK,
    ),
    Outcome("unexpected_status", "A status that none of the above stands for.", "failed", WEEK),
    Outcome(
        "unregistered",
        "The host has left the registry since this address was queued; it is not asked.",
        "failed",
        MONTH,
    ),
    Outcome("host_resting", "The site rests; its other addresses wait. Said once a run.", "note"),
    Outcome(
        "daily_cap", "The day's requests are used up; the rest waits. Said once a run.", "note"
    ),
)

OUTCOMES: Final[Mapping[str, Outcome]] = MappingProxyType({each.name: each for each in _ALL})
