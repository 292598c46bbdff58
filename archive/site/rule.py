"""The page of one rule: what must hold, why, how a failure can be innocent, and where it fails."""

from __future__ import annotations

import re
from itertools import groupby
from operator import itemgetter

from datasette import Response
from datasette.app import Datasette
from datasette.utils.asgi import Request

from archive.site.page import missing, named, rows, show

HAN = re.compile("[\u4e00-\u9fff“]")

RULE = "SELECT * FROM rules WHERE id = :id"

RULES = """
SELECT u.id, u.title_zh, u.severity, count(f.id) FILTER (WHERE f.verdict = 'fails') AS fails
FROM rules u LEFT JOIN flags f ON f.rule = u.id GROUP BY u.id ORDER BY u.rowid
"""

COUNTS = """
SELECT count(*) FILTER (WHERE verdict = 'fails') AS fails,
       count(*) FILTER (WHERE verdict = 'cannot_tell') AS cannot_tell,
       count(DISTINCT report) FILTER (WHERE verdict = 'fails') AS reports
FROM flags WHERE rule = :id
"""

FLAGS = """
SELECT f.report, f.message_zh, f.suspect, f.severity, r.year, a.name
FROM flags f JOIN reports r ON r.id = f.report JOIN agencies a ON a.id = r.agency
WHERE f.rule = :id AND f.verdict = 'fails' ORDER BY r.year DESC, a.name, f.id LIMIT 50
"""


async def rule(datasette: Datasette, request: Request) -> Response:
    """Answer the page of a rule, or 404 where no rule has this id."""
    wanted = named(request)
    found = await rows(datasette, RULE, id=wanted)
    if not found:
        return await missing(datasette, request, f"没有编号为“{wanted[:80]}”的规则")
    return await show(
        datasette,
        request,
        "rule.html",
        rule=found[0],
        paragraphs=paragraphs(found[0]["page"]),
        counts=(await rows(datasette, COUNTS, id=wanted))[0],
        flags=await rows(datasette, FLAGS, id=wanted),
        others=await rows(datasette, RULES),
    )


def paragraphs(page: str) -> list[tuple[str, str]]:
    """Return the blocks of a rule's page as (kind, text): equation, chinese or english."""
    lines = ((_kind(line), line.strip()) for line in page.splitlines())
    runs = groupby(lines, key=itemgetter(0))
    return [(kind, " ".join(text for _, text in run)) for kind, run in runs if kind]


def _kind(line: str) -> str:
    if not line.strip():
        return ""
    if line.startswith("    "):
        return "equation"
    return "chinese" if HAN.match(line) else "english"
