"""What every page needs: rows of the database, a template filled, an answer for a wrong address."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from datasette import Response
from datasette.app import Datasette
from datasette.utils.asgi import Request

DATABASE = "nianbao"
"""Name of the published database, and so of its address below the root."""

Row = dict[str, Any]


async def rows(datasette: Datasette, sql: str, **values: object) -> list[Row]:
    """Return the rows of ``sql``, which names its parameters ``:like_this``.

    Raises Datasette's QueryInterrupted past the time limit.
    """
    found = await datasette.get_database(DATABASE).execute(sql, values)
    return [dict(row) for row in found.rows]


async def show(
    datasette: Datasette, request: Request, template: str, status: int = 200, **context: object
) -> Response:
    """Answer with ``template`` filled from ``context``; kept by caches as long as tables are."""
    body = await datasette.render_template(template, context, request=request)
    seconds = datasette.setting("default_cache_ttl") if status == 200 else 0
    return Response.html(body, status, {"Cache-Control": f"max-age={seconds}"})


async def missing(datasette: Datasette, request: Request, what: str) -> Response:
    """Answer 404, saying in Chinese what is not there."""
    return await show(datasette, request, "missing.html", 404, what=what)


def named(request: Request, variable: str = "id") -> str:
    """Return the part of the address called ``variable``, percent-encoding undone."""
    return unquote(request.url_vars[variable])
