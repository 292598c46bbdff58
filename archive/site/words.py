"""What ids are called on the pages: states, outcomes, lines of the form.

The words of the database are in ``words.toml``, those of the form in the form files; nothing is
named here.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from parsers.errors import FormError
from parsers.form import Form, Group, Table, forms

_NUMBERING = re.compile(r"^[一二三四五六七八]、|^（[一二三四五六七八]）")


@cache
def words() -> dict[str, dict[str, str]]:
    """Return every word with its Chinese name, by the column it stands in."""
    text = (files("archive.site") / "words.toml").read_text(encoding="utf-8")
    loaded: dict[str, dict[str, str]] = tomllib.loads(text)
    return loaded


def word(column: str, value: str | None) -> str:
    """Return what ``value`` is called; itself where ``words.toml`` does not know it."""
    return words()[column].get(value or "", value or "")


def tone(state: str) -> str:
    """Return how a coverage state looks: found, doubtful, absent, waiting or refused."""
    return words()["tone"].get(state, "refused")


def form_or_newest(form_id: str | None) -> Form:
    """Return the edition called ``form_id``, the newest where there is none by that name."""
    return next((form for form in forms() if form.id == form_id), forms()[0])


def cell_name(table: Table, row: str, column: str) -> str:
    """Return what one cell is called: ``不予公开 属于国家秘密，自然人``."""
    rows, columns = [line.id for line in table.rows], [line.id for line in table.columns]
    down = _within(row, table.row(row).zh, table.groups, len(rows))
    across = _within(column, table.column(column).zh, table.column_groups, len(columns))
    return f"{down}，{across}"


def _within(line: str, label: str, groups: Sequence[Group], every: int) -> str:
    """Return a line's label after that of the closest group that has it, but not all lines."""
    over = [group for group in groups if line in group.members and len(group.members) < every]
    closest = min(over, key=lambda group: len(group.members), default=None)
    return f"{_NUMBERING.sub('', closest.zh)} {label}" if closest else label


def place_name(form: Form, sheet: str, row: str, column: str) -> str:
    """Return where something changed: a cell with its table, a section, the title."""
    try:
        table = form.table(sheet)
        return f"表{table.section} {cell_name(table, row, column)}"
    except FormError:  # prose and titles change too, and versions may follow two editions
        return " ".join(filter(None, (word("sheet", sheet), row)))


def moment(stamp: str) -> str:
    """Return a moment of the database, UTC, as a person reads it: ``2026-03-01 08:30 UTC``."""
    return f"{stamp[:10]} {stamp[11:16]} UTC"
