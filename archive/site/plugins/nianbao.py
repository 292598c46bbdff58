"""What Nianbao hangs into Datasette: pages, Chinese search, links, headers. Hooks only.

Datasette loads this file by its path; everything it does is in the modules of ``archive.site``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from datasette.app import Datasette
from markupsafe import Markup
from pluggy import HookimplMarker

from archive.metadata import titles
from archive.search import match_query, snippet_text
from archive.site.body import body
from archive.site.capture import capture, capture_bytes
from archive.site.failure import failure
from archive.site.find import find
from archive.site.front import front
from archive.site.headers import App, guarded
from archive.site.links import linked
from archive.site.report import report
from archive.site.rule import rule
from archive.site.words import moment, tone, word

# Datasette's own name for this marker has no types.
hookimpl = HookimplMarker("datasette")


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Serve the pages for people."""
    return [
        (r"^/$", front),
        (r"^/search$", find),
        (r"^/body/(?P<id>[^/]+)$", body),
        (r"^/report/(?P<id>[^/]+)$", report),
        (r"^/capture/(?P<id>[^/]+)$", capture),
        (r"^/capture/(?P<id>[^/]+)/bytes$", capture_bytes),
        (r"^/rule/(?P<id>[^/]+)$", rule),
    ]


# Last, or Datasette's own escape_fts would come after ours and take its place.
@hookimpl(trylast=True)
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Make every ``?_search=`` and every query know Chinese."""
    conn.create_function("escape_fts", 1, _query, deterministic=True)
    conn.create_function("match_query", 1, _query, deterministic=True)
    conn.create_function("snippet_zh", 2, _snippet, deterministic=True)


def _query(text: object) -> str:
    return match_query(str(text or ""))


def _snippet(text: object, query: object) -> str:
    return snippet_text(str(text or ""), str(query or ""))


@hookimpl
def render_cell(
    datasette: Datasette, value: object, column: str, table: str | None, database: str
) -> Markup | None:
    """Link ids to the pages that show them."""
    return linked(datasette, value, column, table, database)


@hookimpl
def extra_template_vars() -> dict[str, Any]:
    """Give every template the names of the words it meets."""
    return {"word": word, "tone": tone, "moment": moment, "titles": titles()}


@hookimpl
def handle_exception(datasette: Datasette, request: Any, exception: Exception) -> Any:
    """Say in Chinese what went wrong."""
    return failure(datasette, request, exception)


@hookimpl
def asgi_wrapper() -> Callable[[App], App]:
    """Put the security headers on every answer."""
    return guarded
