"""The search page: bodies by name, prose by what it says, the best first.

Headings are the form's own words and count little. It says what was searched and what was left
out: copies of doubtful origin unless asked for, and figures, which are in the tables.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from urllib.parse import urlencode

from datasette import Response
from datasette.app import Datasette
from datasette.utils.asgi import Request

from archive.search import NOTHING, match_query, snippet, words
from archive.site.page import Row, rows, show

SIZE = 20
"""Sections on a page of results."""

RANKED = 5000
"""Sections from which a word is too common to be counted and ranked: bm25 would look at each, for
an order that means nothing."""

LAST_PAGE = 50
"""Pages that can be leafed through; who needs more wants the table."""

_YEAR = re.compile(r"\b(20\d\d)\s*年?度?(?=\s|$)")

SEARCHED = """
SELECT (SELECT count(*) FROM reports) AS reports, (SELECT count(*) FROM sections) AS sections,
       (SELECT count(*) FROM agencies) AS bodies
"""

CHOICES = "SELECT DISTINCT year, form FROM reports ORDER BY year DESC"

_WHERE = """
FROM sections_fts JOIN sections s ON s.id = sections_fts.rowid JOIN reports r ON r.id = s.report
WHERE sections_fts MATCH :match AND (:year = '' OR r.year = CAST(:year AS INTEGER))
AND (:form = '' OR r.form = :form)
"""

MATCHES = """
SELECT count(*) AS sections FROM
  (SELECT 1 FROM sections_fts WHERE sections_fts MATCH :match LIMIT :most)
"""

TOTALS = f"""
SELECT count(*) FILTER (WHERE r.authentic = 1) AS own,
       count(DISTINCT r.id) FILTER (WHERE r.authentic = 1) AS reports,
       count(*) FILTER (WHERE r.authentic = 0) AS copies {_WHERE}
"""

_FOUND = f"""
SELECT s.report, s.number, s.heading, s.text, r.year, r.authentic,
       (SELECT name FROM agencies WHERE id = r.agency) AS name {_WHERE}
AND (r.authentic = 1 OR :copies = '1') ORDER BY {{order}} LIMIT :size OFFSET :skip
"""

BEST = _FOUND.format(order="s.text = '', bm25(sections_fts, 0.2, 1.0), r.year DESC, s.id")

LATEST = _FOUND.format(order="sections_fts.rowid DESC")

BODIES = """
SELECT a.id, a.name, a.level,
       (SELECT json_group_array(json_array(id, year)) FROM
         (SELECT id, year FROM reports WHERE agency = a.id ORDER BY year)) AS reports
FROM agencies_fts JOIN agencies a ON a.rowid = agencies_fts.rowid
WHERE agencies_fts MATCH :match ORDER BY bm25(agencies_fts), length(a.name), a.id LIMIT 12
"""


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked: the words, and what the results are narrowed to."""

    text: str
    year: str
    form: str
    copies: str
    page: int

    def address(self, **changed: object) -> str:
        """Return the address of this query with some of it changed."""
        asked = {
            "q": self.text,
            "year": self.year,
            "form": self.form,
            "copies": self.copies,
            "page": "",
        } | {name: str(value) for name, value in changed.items()}
        return "/search?" + urlencode({name: value for name, value in asked.items() if value})


def asked(request: Request) -> Query:
    """Return the query in the address; a page that is no number is the first."""

    def said(name: str) -> str:
        return (request.args.get(name) or "").strip()

    page = int(said("page")) if re.fullmatch(r"[0-9]{1,3}", said("page")) else 1
    copies = "1" if said("copies") else ""
    return Query(said("q"), said("year"), said("form"), copies, min(max(page, 1), LAST_PAGE))


async def find(datasette: Datasette, request: Request) -> Response:
    """Answer the search page, empty or with what was found."""
    query = asked(request)
    choices = await rows(datasette, CHOICES)
    return await show(
        datasette,
        request,
        "search.html",
        query=query,
        years=list(dict.fromkeys(row["year"] for row in choices)),
        forms=sorted({row["form"] for row in choices if row["form"]}, reverse=True),
        searched=(await rows(datasette, SEARCHED))[0],
        results=await _results(datasette, query),
    )


async def _results(datasette: Datasette, query: Query) -> Row:
    match = match_query(query.text)
    narrowed = {"match": match, "year": query.year, "form": query.form}
    if match == NOTHING:
        return {"asked": False, "bodies": [], "found": [], "pages": 0, "total": None}
    common = (await rows(datasette, MATCHES, match=match, most=RANKED))[0]["sections"] == RANKED
    total = None if common else (await rows(datasette, TOTALS, **narrowed))[0]
    found = await rows(
        datasette,
        LATEST if common else BEST,
        **narrowed,
        copies=query.copies,
        size=SIZE,
        skip=(query.page - 1) * SIZE,
    )
    return {
        "asked": True,
        "bodies": await _bodies(datasette, query.text),
        "found": [_quoted(row, query.text) for row in found],
        "pages": _pages(query, total),
        "total": total,
        "common": RANKED if common else 0,
        "words": len(words(query.text)),
    }


def _pages(query: Query, total: Row | None) -> int:
    """Return how many pages there are; of words too common to be counted, as many as one may."""
    if total is None:
        return LAST_PAGE
    shown: int = total["own"] + (total["copies"] if query.copies else 0)
    return min(-(-shown // SIZE), LAST_PAGE)


def _quoted(row: Row, text: str) -> Row:
    return row | {"title": snippet(row["heading"], text), "snippet": snippet(row["text"], text)}


async def _bodies(datasette: Datasette, text: str) -> list[Row]:
    """Return the bodies whose name is searched for; a year beside it is no part of the name."""
    match = match_query(_YEAR.sub(" ", text))
    found = [] if match == NOTHING else await rows(datasette, BODIES, match=match)
    return [row | {"years": json.loads(row["reports"])} for row in found]
