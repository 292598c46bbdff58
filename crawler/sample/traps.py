"""The traps of the sample, loaded from ``traps.toml``: what is wrong on purpose, where and why.

A trap is data that the report or page it names looks up; nothing here knows how a page is made.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from crawler.sample.bodies import HERE
from crawler.sample.errors import SampleError

PAGES = ("report", "gbk", "images", "soft_404", "hard_404", "fenced", "mirror", "absent")
"""What can stand at a report's address; ``traps.toml`` explains the words."""


@dataclass(frozen=True, slots=True)
class Trap:
    """One thing wrong with one report; the keys are explained in ``traps.toml``."""

    id: str
    report: str
    why: str
    page: str = "report"
    folder: str = ""
    host: str = ""
    edition: int = 1
    modified: datetime | None = None
    """When the server's copy changed, Beijing time, for a trap of a later edition."""
    attachment: bool = False
    in_data: bool = False
    cells: Mapping[str, str] = field(default_factory=dict)
    zeros: Mapping[str, str] = field(default_factory=dict)
    figures: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A whole site that answers with a challenge."""

    id: str
    site: str
    why: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A page among the reports of a list that is no report."""

    id: str
    site: str
    column: str
    serial: int
    title: str
    published: datetime
    why: str
    text: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Traps:
    """Everything ``traps.toml`` declares."""

    reports: Mapping[str, Trap]
    refusals: tuple[Refusal, ...]
    notices: tuple[Notice, ...]

    @property
    def whys(self) -> Mapping[str, str]:
        """Return the sentence why of every trap, by its id."""
        every: tuple[Trap | Refusal | Notice, ...]
        every = (*self.reports.values(), *self.refusals, *self.notices)
        return {trap.id: trap.why for trap in every}


@cache
def traps() -> Traps:
    """Return the declared traps.

    Raises:
        SampleError: a key or kind of page nobody knows, or two traps on one report.
    """
    raw = tomllib.loads((HERE / "traps.toml").read_text(encoding="utf-8"))
    try:
        found = [Trap(**entry) for entry in raw["traps"]]
        refusals = tuple(Refusal(**entry) for entry in raw["refusals"])
        notices = tuple(_notice(entry) for entry in raw["notices"])
    except TypeError as error:
        raise SampleError(f"traps.toml: {error}") from error
    for trap in found:
        if trap.page not in PAGES:
            raise SampleError(f"traps.toml, {trap.id}: page {trap.page!r} is not one of {PAGES}")
    by_report = {trap.report: trap for trap in found}
    if len(by_report) < len(found):
        raise SampleError("traps.toml: two traps on one report")
    return Traps(by_report, refusals, notices)


def _notice(entry: Mapping[str, Any]) -> Notice:
    return Notice(**{**entry, "text": tuple(entry["text"])})
