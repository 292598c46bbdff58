"""The rules, in the order they run. To add one, write it in the module of its kind and list it."""

from __future__ import annotations

from archive.rules.identities import identity_rules
from archive.rules.model import Flag, Record, Rule
from archive.rules.provenance import PROVENANCE, foreign_host
from archive.rules.shape import (
    cell_without_number,
    figure_not_printed,
    figure_unplaced,
    row_not_found,
    table_is_picture,
    table_missing,
    unknown_row,
)

RULES: tuple[Rule, ...] = (
    *identity_rules(),
    table_missing,
    table_is_picture,
    row_not_found,
    figure_unplaced,
    figure_not_printed,
    cell_without_number,
    unknown_row,
    *PROVENANCE,
)


def check(record: Record) -> tuple[Flag, ...]:
    """Return every flag the rules raise on one record, in the order of ``RULES``."""
    return tuple(
        Flag(rule.id, rule.severity if finding.verdict == "fails" else "notice", finding)
        for rule in RULES
        for finding in rule.check(record)
    )


def is_authentic(record: Record) -> bool:
    """Say whether no rule of provenance speaks against the document being the body's own.

    Only then are its figures published as the body's. A foreign address in the text is flagged
    but no objection where a registered host serves it: bodies do point to commercial platforms.
    """
    objections = (rule for rule in PROVENANCE if rule is not foreign_host or not record.registered)
    found = (finding for rule in objections for finding in rule.check(record))
    return all(finding.verdict != "fails" for finding in found)
