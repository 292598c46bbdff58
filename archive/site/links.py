"""In tables and query results, turn an id into a link to the page that shows it to people."""

from __future__ import annotations

from datasette.app import Datasette
from markupsafe import Markup

PAGES = {"report": "report", "agency": "body", "capture": "capture", "rule": "rule"}
"""Columns that hold an id, and the page of each."""

FOUND_ON = {("leads", "found_on"): "capture"}


def linked(
    datasette: Datasette, value: object, column: str, table: str | None, database: str
) -> Markup | None:
    """Return the link for a cell that holds an id, None for any other cell."""
    page = FOUND_ON.get((table or "", column)) or PAGES.get(column)
    told = value["value"] if isinstance(value, dict) else value
    if page is None or told in (None, "") or database != "nianbao":
        return None
    label = value["label"] if isinstance(value, dict) else told
    address = datasette.urls.path(f"/{page}/{told}")
    return Markup('<a href="{}">{}</a>').format(address, label or told)
