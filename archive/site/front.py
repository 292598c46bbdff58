"""The front page: what this is, one search box, and how much of what is owed is here."""

from __future__ import annotations

from datasette import Response
from datasette.app import Datasette
from datasette.utils.asgi import Request

from archive.metadata import questions, titles
from archive.site.page import DATABASE, rows, show

COUNTS = """
SELECT (SELECT count(*) FROM agencies) AS bodies,
       (SELECT count(*) FROM reports WHERE authentic = 1) AS reports,
       (SELECT count(*) FROM reports WHERE authentic = 0) AS copies,
       (SELECT min(year) FROM reports) AS first_year,
       (SELECT max(year) FROM reports) AS last_year,
       (SELECT count(*) FROM coverage) AS owed,
       (SELECT count(*) FROM coverage WHERE state = 'published') AS found,
       (SELECT sum(errors + warnings) FROM reports WHERE authentic = 1) AS flags,
       (SELECT substr(max(at), 1, 10) FROM captures) AS until
"""

BY_YEAR = """
SELECT year, count(*) AS owed, sum(state = 'published') AS found,
       100.0 * sum(state = 'published') / count(*) AS percent
FROM coverage GROUP BY year ORDER BY year DESC
"""

NEWEST = """
SELECT r.id, r.year, r.authentic, r.errors, a.name, v.first_seen
FROM reports r JOIN agencies a ON a.id = r.agency
JOIN versions v ON v.report = r.id AND v.number = 1
ORDER BY substr(v.first_seen, 1, 10) DESC, r.year DESC, r.id LIMIT 8
"""

CHANGED = """
SELECT c.report, r.year, a.name, c.to_version, v.first_seen,
       sum(c.sheet NOT IN ('section', 'title')) AS cells, sum(c.sheet = 'section') AS sections,
       sum(c.sheet = 'title') AS titles
FROM changes c JOIN reports r ON r.id = c.report JOIN agencies a ON a.id = r.agency
JOIN versions v ON v.report = c.report AND v.number = c.to_version
GROUP BY c.report, c.to_version ORDER BY v.first_seen DESC, c.report LIMIT 6
"""


async def front(datasette: Datasette, request: Request) -> Response:
    """Answer the front page."""
    counts = await datasette.get_database(DATABASE).table_counts()
    return await show(
        datasette,
        request,
        "front.html",
        counts=(await rows(datasette, COUNTS))[0],
        years=await rows(datasette, BY_YEAR),
        newest=await rows(datasette, NEWEST),
        changed=await rows(datasette, CHANGED),
        questions=questions(),
        tables=[(name, title, counts[name]) for name, title in titles().items() if name in counts],
    )
