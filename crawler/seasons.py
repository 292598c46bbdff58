"""When is an address worth another visit? Reports have a season, and are revised after it.

Departments publish by 31 January and governments by 31 March (条例 articles 49 and 50); portals'
lists are watched accordingly, and a report once seen is visited again ever more rarely, because
a silent revision or disappearance is itself a finding.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

CHINA: Final = ZoneInfo("Asia/Shanghai")

LISTS: Final = (
    # (from this month and day on, days between visits)
    ((1, 1), 7),
    ((1, 10), 2),  # departments publish from mid-January
    ((2, 11), 7),
    ((3, 11), 2),  # governments publish until 31 March, and late ones just after
    ((4, 8), 30),
    ((12, 10), 7),  # the first bureau seen published on 13 December
)

DOCUMENTS: Final = (1, 7, 30, 90, 365)
"""Days after the first capture on which a document is visited again; then every 365."""


def next_visit(kind: str, first: datetime, last: datetime) -> datetime:
    """Return when an address that answered is due again.

    ``first`` and ``last`` are the first and the latest capture. The result is a midnight in
    China, so that a crawl started weekly at the same hour finds last week's pages due.
    """
    today = last.astimezone(CHINA).date()
    due = _next_list(today) if kind == "list" else _next_document(first, today)
    return datetime.combine(due, time(), CHINA)


def _next_list(today: date) -> date:
    day = today + timedelta(days=1)
    while (day - today).days < _interval(day):
        day += timedelta(days=1)
    return day


def _interval(day: date) -> int:
    return [days for since, days in LISTS if since <= (day.month, day.day)][-1]


def _next_document(first: datetime, today: date) -> date:
    start = first.astimezone(CHINA).date()
    for days in DOCUMENTS:
        if start + timedelta(days=days) > today:
            return start + timedelta(days=days)
    return today + timedelta(days=DOCUMENTS[-1])
