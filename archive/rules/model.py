"""What a rule is, what it finds, and what a flag says. Values only; the rules are in their modules.

How grave a finding is follows from its rule and verdict, never from the author's mood: a rule
that *fails* has the severity declared for it; one that *cannot tell* is always a notice.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from parsers.sheet import Cell, Reading

Severity = Literal["error", "warning", "notice"]
Verdict = Literal["fails", "cannot_tell"]
Suspect = Literal["source", "extraction", "undecided"]
Number: TypeAlias = int | Decimal


@dataclass(frozen=True, slots=True)
class Record:
    """What a rule looks at: one reading, and where the document came from."""

    reading: Reading
    host: str | None = None
    """Host the document was fetched from or named as its source; None when nobody said."""
    registered: bool | None = None
    """Whether the registry has that host; None when there is no host."""
    own_hosts: frozenset[str] = frozenset()
    """Every host the registry knows."""


@dataclass(frozen=True, slots=True)
class CellName:
    """One cell of the form by name."""

    table: str
    row: str
    column: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: the words with their numbers, the cells, and who is suspect."""

    verdict: Verdict
    message: str
    message_zh: str
    cells: tuple[CellName, ...] = ()
    subject: str = ""
    """What the finding is about where that is no cell: a table, a label."""
    suspect: Suspect = "undecided"
    expected: Number | None = None
    found: Number | None = None

    @property
    def difference(self) -> Number | None:
        """Return found less expected, None where either is missing."""
        if self.expected is None or self.found is None:
            return None
        return self.found - self.expected


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: permanent id, what must hold in both languages, severity, public page, check."""

    id: str
    title_zh: str
    title_en: str
    severity: Severity
    page: str
    check: Callable[[Record], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Flag:
    """A finding with the rule that made it."""

    rule: str
    severity: Severity
    finding: Finding

    def fingerprint(self, report: str) -> str:
        """Return the flag's id: the same for rule, report and cells in every build."""
        cells = ",".join(f"{c.table}/{c.row}/{c.column}" for c in self.finding.cells)
        finding = self.finding
        text = "|".join((self.rule, report, finding.verdict, finding.subject, cells))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def rule(
    rule_id: str, title_zh: str, title_en: str, severity: Severity
) -> Callable[[Callable[[Record], Iterator[Finding]]], Rule]:
    """Make a Rule of a function; its docstring is the rule's public page. Registers nothing."""

    def made(check: Callable[[Record], Iterator[Finding]]) -> Rule:
        page = inspect.getdoc(check) or ""
        return Rule(rule_id, title_zh, title_en, severity, page, check)

    return made


def named(cell: Cell) -> CellName:
    """Return the name of ``cell``."""
    return CellName(cell.table, cell.row, cell.column)
