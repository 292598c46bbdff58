"""Which page of a list comes next: the ways portals of many systems say it.

Not a family: families call it. It never counts further than a page itself claims, and yields the
next page only, so that a list is walked no further than its rows are worth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scrapy.http import HtmlResponse

from crawler.lead import resolve

_NEXT = ("下一页", "下页", "后一页", "下一页>", "下一页>>")

_COUNTED_FROM_0 = re.compile(
    r"createPageHTML\s*\(\s*(?:\d+\s*,\s*)?(\d+)\s*,\s*(\d+)\s*,\s*[\"']([\w-]+)[\"']\s*,"
    r"\s*[\"'](\w+)[\"']"
)
"""TRS: ``(total, current, "index", "html")``; some sites put the number of rows in front."""

_COUNTED_FROM_1 = re.compile(
    r"createPageHTML\s*\(\s*[\"'][\w-]+[\"']\s*,\s*(\d+)\s*,\s*(\d+)\s*,\s*[\"']([\w-]+)[\"']\s*,"
    r"\s*[\"'](\w+)[\"']"
)
"""UCAP-type: ``('page_div', total, current, 'zwgklist', 'shtml', rows)``."""


def linked(page: HtmlResponse) -> Iterator[str]:
    """Yield the page behind a 下一页 link, if the page has one that leads elsewhere."""
    for link in page.css("a[href]"):
        words = link.xpath("normalize-space()").get("").replace(" ", "")
        if words in _NEXT or link.attrib.get("rel") == "next":
            url = resolve(page, link.attrib["href"])
            if url is not None and url != page.url:
                yield url
                return


def counted(page: HtmlResponse) -> Iterator[str]:
    """Yield the page a ``createPageHTML(…)`` call says comes next.

    Two systems share the name and number differently: pages 0, 1, 2 are ``index.html``,
    ``index_1.html``, ``index_2.html`` where the count comes first; pages 1, 2, 3 are ``x.shtml``,
    ``x_2.shtml``, ``x_3.shtml`` where a container's name comes first.
    """
    for call, first in ((_COUNTED_FROM_1, 1), (_COUNTED_FROM_0, 0)):
        if found := call.search(page.text):
            total, current = int(found[1]), int(found[2])
            if first <= current < total - 1 + first:
                url = resolve(page, f"./{found[3]}_{current + 1}.{found[4]}")
                if url is not None:
                    yield url
            return
