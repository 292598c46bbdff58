"""The national reference design: ``div.zfxxgk_zdgkc > ul > li``, a link and a date in ``<b>``.

The page design annexed to 国办公开办函〔2019〕61号 was pasted by many vendors, so this one selector
reads lists of several systems. Know it by: that container, a heading ``.zfxxgk_zdgktit``, a left
column ``.sideMenu`` or ``.dl_nav01``. How such a list goes on is the vendor's: a 下一页 link, or a
``createPageHTML(…)`` call of either kind. It is not: every page with a ``ul``; without the
container there are no rows, which is a finding and not an empty list.
"""

from __future__ import annotations

from collections.abc import Iterator

from scrapy.http import HtmlResponse

from crawler.families import pager, rows
from crawler.lead import Lead


def leads(page: HtmlResponse) -> Iterator[Lead]:
    """Yield the rows of the container, in the order of the page."""
    yield from rows.once(
        [
            rows.lead(page, row, link)
            for row in page.css("div.zfxxgk_zdgkc > ul > li")
            for link in row.css("a[href]")[:1]
        ]
    )


def next_pages(page: HtmlResponse) -> Iterator[str]:
    """Yield the page linked as next, else the one ``createPageHTML`` counts next."""
    yield from list(pager.linked(page)) or pager.counted(page)
