"""What ids are called on the pages: states, outcomes, lines of the form.

The words of the database are in ``words.toml``, those of the form in the form files; nothing is
named here.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from parsers.errors import FormError
from parsers.form import Form, forms


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


def cell_name(form: Form, sheet: str, row: str, column: str) -> str:
    """Return what one cell, section or title is called: ``申请 · 予以公开 · 总计``."""
    try:
        table = form.table(sheet)
        return f"表{table.section} · {table.row(row).zh} · {table.column(column).zh}"
    except FormError:  # prose and titles change too, and versions may follow two editions
        return " ".join(filter(None, (word("sheet", sheet), row)))


def moment(stamp: str) -> str:
    """Return a moment of the database, UTC, as a person reads it: ``2026-03-01 08:30 UTC``."""
    return f"{stamp[:10]} {stamp[11:16]} UTC"
