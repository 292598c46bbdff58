"""What a rendering is: a name, why it is tried, and a pure function from a report to a document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

from benchmarks.renderings.draft import Draft, draft
from benchmarks.renderings.truth import Report

Print: TypeAlias = Callable[[Draft, Random], bytes | str]


@dataclass(frozen=True, slots=True)
class Document:
    """One report as a file. Not ``decidable``: a person could not tell every figure from it."""

    name: str
    body: bytes
    decidable: bool


@dataclass(frozen=True, slots=True)
class Rendering:
    """One way a report is printed, or one damage done to it on the way."""

    id: str
    why: str
    draw: Print
    decidable: bool = True
    whole: bool = False
    """Whether a report with open cells cannot be told from this rendering: blanks vanish in it."""

    def __call__(self, report: Report, rng: Random) -> Document:
        """Return ``report`` as this rendering prints it."""
        drawn = self.draw(draft(report), rng)
        suffix = "html" if self.id.startswith("html") else "txt"
        return Document(
            f"{self.id}.{suffix}",
            drawn if isinstance(drawn, bytes) else drawn.encode(),
            self.decidable and (report.whole or not self.whole),
        )
