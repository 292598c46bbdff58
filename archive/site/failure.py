"""What a person sees when something went wrong: a sentence in Chinese and the way back.

Takes the place of Datasette's own handler, which prints every local variable to the log for each
address that does not exist. A fault of ours is logged with its traceback; a wrong address is not.
"""

from __future__ import annotations

import logging

from datasette import Response
from datasette.app import Datasette
from datasette.database import QueryInterrupted
from datasette.utils.asgi import Base400, Request
from datasette.views.base import DatasetteError

from archive.site.page import show

LOG = logging.getLogger("nianbao.site")

SAID = {
    400: "这个请求不完整或有误",
    403: "这里不对外开放",
    404: "没有找到这个页面",
    405: "这个页面不接受这种请求",
    500: "本站出错了",
    503: "这个查询太慢，已经停下",
}


async def failure(datasette: Datasette, request: Request, exception: Exception) -> Response:
    """Answer ``exception``: as JSON where JSON was asked for, else as a page."""
    status, detail = _status(exception)
    if status == 500:
        LOG.error("%s failed", request.path, exc_info=exception)
    if request.path.endswith(".json"):
        told = {"ok": False, "error": detail, "status": status, "title": None}
        return Response.json(told, status=status)
    said = SAID.get(status, SAID[500])
    return await show(datasette, request, "error.html", status, said=said, detail=detail)


def _status(exception: Exception) -> tuple[int, str]:
    """Return the status for ``exception``, and its own words."""
    if isinstance(exception, QueryInterrupted) or _is_slow(exception):
        return 503, "The query took longer than the time limit"
    if isinstance(exception, DatasetteError):
        # Its HTML is a page of Datasette's own; the sentence before it says enough.
        plain = "" if exception.message_is_html else str(exception.message)
        return exception.status, plain or str(exception.title or "")
    if isinstance(exception, Base400):
        return exception.status, str(exception.args[0]) if exception.args else ""
    return 500, type(exception).__name__


def _is_slow(exception: Exception) -> bool:
    """Tell Datasette's word for a query past its time from its other complaints."""
    return isinstance(exception, DatasetteError) and exception.title == "SQL Interrupted"
