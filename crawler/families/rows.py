"""What every family needs to read a row: its link, its title, the date beside it.

Not a family: it knows no system and finds no rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from parsel import Selector
from scrapy.http import HtmlResponse

from crawler.lead import Lead, resolve

_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)")


def lead(page: HtmlResponse, row: Selector, link: Selector) -> Lead | None:
    """Make a lead of a link and the row it stands in; none when it leads nowhere.

    The title is the link's ``title``, because its text is often cut short with an ellipsis.
    """
    url = resolve(page, link.attrib.get("href", ""))
    if url is None:
        return None
    written = link.attrib.get("title", "").strip() or str(link.xpath("normalize-space()").get(""))
    beside = " ".join(row.xpath(".//text()[not(ancestor::a)]").getall())
    return Lead(url, " ".join(written.split()), page.url, first_date(beside))


def alone(links: Iterable[Selector]) -> Iterator[tuple[Selector, Selector]]:
    """Pair each link with the row it stands in: the widest element around it that holds no other.

    At most ``li``, ``tr`` or ``dd``, or three levels: a list laid out as one cell of a table has
    rows all the same, and a page with a single link is not a row.
    """
    found = list(links)
    holds: dict[Any, set[str]] = {}
    for link in found:
        for up in link.root.iterancestors():
            holds.setdefault(up, set()).add(link.attrib["href"])
    for link in found:
        row = link.root
        for level, up in enumerate(link.root.iterancestors()):
            if len(holds[up]) > 1 or level == 3 or row.tag in ("li", "tr", "dd"):
                break
            row = up
        yield link, Selector(root=row)


def first_date(text: str) -> date | None:
    """Return the first date a text prints, or none; the epoch (a migration's debris) is none."""
    for found in _DATE.finditer(text):
        try:
            day = date(*map(int, found.groups()))
        except ValueError:
            continue
        if day != date(1970, 1, 1):
            return day
    return None


def once(leads: list[Lead | None]) -> list[Lead]:
    """Drop what led nowhere, and rows a page repeats (icon and text link to the same document)."""
    kept: dict[str, Lead] = {}
    for found in leads:
        if found is not None and (found.url not in kept or not kept[found.url].title):
            kept[found.url] = found
    return list(kept.values())
