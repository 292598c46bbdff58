"""Floors: what a reading of the suite's sample may not fall below, and what was let fall, and why.

Counts, not shares: the sample is the same documents every time, so the count of right cells and
whole reports may only rise, and that of silently wrong cells only fall.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.renderings.score import Tally

PATH = Path(__file__).parent / "floors.toml"
HEAD = """# Floors of the sample that tests/test_renderings.py reads; written by
#     python -m benchmarks.renderings --write
# They rise by themselves; they fall only with --allow-regression "why", which is kept below.
"""


@dataclass(frozen=True, slots=True)
class Floor:
    """The least a rendering has reached: whole reports, right cells; the most silent cells."""

    exact: int
    right: int
    silent: int

    def broken(self, tally: Tally) -> list[str]:
        """Return how ``tally`` falls short, in words; nothing where it does not."""
        found = []
        if tally.exact < self.exact:
            found.append(f"{tally.exact} reports exact, {self.exact} before")
        if tally.right < self.right:
            found.append(f"{tally.right} cells right, {self.right} before")
        if tally.silent > self.silent:
            found.append(f"{tally.silent} cells silently wrong, {self.silent} before")
        return found


def load() -> tuple[dict[str, Floor], list[str]]:
    """Return the floors by rendering, and the reasons for which floors were lowered."""
    if not PATH.exists():
        return {}, []
    raw = tomllib.loads(PATH.read_text(encoding="utf-8"))
    floors = {name: Floor(**entry) for name, entry in raw["floors"].items()}
    return floors, raw["regressions"]


def broken(sums: Mapping[str, Tally]) -> dict[str, list[str]]:
    """Return the renderings whose sample fell below its floor, with what fell."""
    floors, _ = load()
    found = {name: floor.broken(sums.get(name, Tally())) for name, floor in floors.items()}
    return {name: short for name, short in found.items() if short}


def write(sums: Mapping[str, Tally], reason: str | None) -> None:
    """Write the floors that the sample reached; ``reason`` is kept when some of them fell."""
    _, reasons = load()
    if reason:
        names = ", ".join(sorted(broken(sums)))
        reasons = [*reasons, f"{reason} ({names})"]
    lines = [HEAD, "regressions = ["]
    lines += [f"    {json.dumps(each, ensure_ascii=False)}," for each in reasons]
    lines += ["]", "", "[floors]"]
    lines += [
        f'"{name}" = {{ exact = {t.exact}, right = {t.right}, silent = {t.silent} }}'
        for name, t in sums.items()
    ]
    PATH.write_text("\n".join(lines) + "\n", encoding="utf-8")
