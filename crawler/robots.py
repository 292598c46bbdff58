"""robots.txt, by RFC 9309 and a little stricter: what may not be asked is never asked.

An answer 4xx means there are no rules. 5xx, silence and 429 mean no: nothing may be fetched. A page
served in the place of rules is no rules, and said so. It fetches nothing: robots.txt is an address
in the frontier like any other, captured like any other, once a run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, Literal

from protego import Protego

from crawler.lead import origin_of

AGENT: Final = "nianbao"
"""The product token rules are matched by, and the beginning of our User-Agent."""

LIMIT: Final = 500 * 1024
"""Bytes of rules read (RFC 9309 2.5 asks for at least this much)."""

REDIRECTS: Final = 5
"""How far a redirected robots.txt is followed (RFC 9309 2.3.1.2)."""


@dataclass(frozen=True, slots=True)
class Robots:
    """What one robots.txt address answered in this run."""

    outcome: str
    status: int | None
    content: bytes
    target: str | None
    """Where it redirects, when that is a registered host."""
    capture: int | None
    """The evidence; none when nothing came."""


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether an address may be fetched, by which evidence, and how slowly."""

    outcome: Literal["ok", "robots_disallow", "robots_unavailable"]
    detail: str
    capture: int | None
    delay: float = 0.0
    """Seconds between requests the rules ask for; 0 when they ask for none."""


def robots_url(url: str) -> str:
    """Return the address of the robots.txt that speaks for an address."""
    return f"{origin_of(url)}/robots.txt"


def wanted(url: str, known: Mapping[str, Robots]) -> str | None:
    """Return the robots.txt address that must be fetched before ``url`` can be decided, if any."""
    asked = robots_url(url)
    for _ in range(REDIRECTS + 1):
        if asked not in known:
            return asked
        target = known[asked].target
        if target is None:
            return None
        asked = target
    return None


def permission(url: str, known: Mapping[str, Robots], at: datetime) -> Permission:
    """Decide whether an address may be fetched at a moment; ``wanted`` must have returned none."""
    robots = known[robots_url(url)]
    for _ in range(REDIRECTS):
        if robots.target is None:
            break
        robots = known[robots.target]
    if robots.outcome == "redirect":
        return _unavailable(robots, "it redirects to a host we may not ask, or too often")
    if robots.status is None or robots.status >= 500 or robots.outcome in _NO_ANSWER:
        return _unavailable(robots, f"it answered {robots.outcome}")
    if robots.status != 200 or not _are_rules(robots.content):
        return Permission("ok", "no rules", robots.capture)
    return _by_rules(url, robots, at)


_NO_ANSWER = frozenset({"throttled", "timeout", "truncated", "undecodable", "too_large"})


def _unavailable(robots: Robots, why: str) -> Permission:
    return Permission("robots_unavailable", f"robots.txt is unavailable: {why}", robots.capture)


_RULE_LINE = re.compile(
    rb"^[ \t]*(?:user-agent|disallow|allow|sitemap|crawl-delay)[ \t]*:", re.I | re.M
)


def _are_rules(content: bytes) -> bool:
    return _RULE_LINE.search(content[:LIMIT]) is not None


@lru_cache(maxsize=64)
def _parsed(content: bytes) -> Protego:
    """Parse rules once for all the addresses of a site, not once for each."""
    return Protego.parse(content.decode("utf-8", "replace"))


def _by_rules(url: str, robots: Robots, at: datetime) -> Permission:
    rules = _parsed(robots.content[:LIMIT])
    if not rules.can_fetch(url, AGENT):
        return Permission("robots_disallow", "robots.txt disallows this address", robots.capture)
    hours = rules.visit_time(AGENT)
    if hours is not None and not hours.start_time <= at.astimezone(UTC).time() <= hours.end_time:
        detail = f"robots.txt asks for visits from {hours.start_time} to {hours.end_time} UTC"
        return Permission("robots_disallow", detail, robots.capture)
    rate = rules.request_rate(AGENT)
    delay = max(rules.crawl_delay(AGENT) or 0.0, rate.seconds / rate.requests if rate else 0.0)
    return Permission("ok", "", robots.capture, delay)
