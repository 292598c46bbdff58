"""The page of one body: what it owed year by year, what is here, and its figures side by side."""

from __future__ import annotations

from datasette import Response
from datasette.app import Datasette
from datasette.utils.asgi import Request

from archive.site.page import Row, missing, named, rows, show
from archive.site.words import tone, word

BODY = "SELECT * FROM agencies WHERE id = :id"

YEARS = """
SELECT coalesce(c.year, r.year) AS year, c.state, c.detail, c.capture, r.id AS report,
       r.errors, r.warnings, r.versions, r.authentic
FROM coverage c LEFT JOIN reports r ON r.id = c.report WHERE c.agency = :id
UNION ALL
SELECT r.year, NULL, NULL, r.capture, r.id, r.errors, r.warnings, r.versions, r.authentic
FROM reports r WHERE r.agency = :id AND NOT EXISTS
  (SELECT 1 FROM coverage c WHERE c.agency = r.agency AND c.year = r.year)
ORDER BY 1
"""

# A sum is given only where every part has a number: a blank is not zero.
FIGURES = """
WITH a AS (SELECT report,
    max(total) FILTER (WHERE row = 'new_received') AS received,
    max(total) FILTER (WHERE row = 'carried_in') AS carried_in,
    max(total) FILTER (WHERE row = 'outcome_total') AS handled,
    max(total) FILTER (WHERE row = 'granted') AS granted,
    max(total) FILTER (WHERE row = 'granted_partial') AS partial,
    CASE WHEN count(total) FILTER (WHERE row LIKE 'refused.%') = sum(row LIKE 'refused.%')
         THEN sum(total) FILTER (WHERE row LIKE 'refused.%') END AS refused,
    max(total) FILTER (WHERE row = 'carried_out') AS carried_out
  FROM applications WHERE report IN (SELECT id FROM reports WHERE agency = :id) GROUP BY report),
m AS (SELECT report,
    max(total) FILTER (WHERE row = 'reconsideration') AS reconsideration,
    CASE WHEN count(total) FILTER (WHERE row LIKE 'suit_%') = 2
         THEN sum(total) FILTER (WHERE row LIKE 'suit_%') END AS suits
  FROM remedies WHERE report IN (SELECT id FROM reports WHERE agency = :id) GROUP BY report)
SELECT r.id AS report, r.year, r.errors, received, carried_in, handled, granted, partial, refused,
       carried_out, reconsideration, suits,
       CASE WHEN handled > 0 THEN round(100.0 * (granted + partial) / handled, 1) END AS share
FROM reports r LEFT JOIN a ON a.report = r.id LEFT JOIN m ON m.report = r.id
WHERE r.agency = :id AND r.authentic = 1 ORDER BY r.year DESC
"""

VERSIONS = """
SELECT v.*, r.year FROM versions v JOIN reports r ON r.id = v.report
WHERE r.agency = :id AND r.versions > 1 ORDER BY r.year DESC, v.number DESC
"""

FLAGS = """
SELECT f.*, r.year, u.title_zh FROM flags f JOIN reports r ON r.id = f.report
JOIN rules u ON u.id = f.rule
WHERE r.agency = :id AND r.authentic = 1 AND f.verdict = 'fails' AND f.severity <> 'notice'
ORDER BY r.year DESC, f.severity, f.rule, f.id
"""


async def body(datasette: Datasette, request: Request) -> Response:
    """Answer the page of a body, or 404 where no body has this id."""
    wanted = named(request)
    found = await rows(datasette, BODY, id=wanted)
    if not found:
        return await missing(datasette, request, f"本库没有编号为“{wanted[:80]}”的机关")
    years = [_worded(row) for row in await rows(datasette, YEARS, id=wanted)]
    return await show(
        datasette,
        request,
        "body.html",
        body=found[0],
        facts=_facts(found[0]),
        years=years,
        gaps=[row for row in years if row["tone"] != "found"],
        figures=await rows(datasette, FIGURES, id=wanted),
        versions=await rows(datasette, VERSIONS, id=wanted),
        flags=await rows(datasette, FLAGS, id=wanted),
    )


def _facts(body: Row) -> list[tuple[str, str]]:
    """Return what is known of a body, label and value."""
    known = (
        ("层级", word("level", body["level"])),
        ("类型", word("kind", body["kind"])),
        ("行政区划代码", body["division"]),
        ("统一社会信用代码", body["credit_code"]),
        ("编号", body["id"]),
    )
    return [(label, value) for label, value in known if value]


def _worded(row: Row) -> Row:
    state = row["state"] or ("published" if row["authentic"] else "copy_only")
    return row | {"word": word("coverage", state), "tone": tone(state), "owed": bool(row["state"])}
