"""TRS WCM 拓尔思: static columns whose articles are named ``t<date>_<id>.html``.

Know it by: links like ``./202401/t20240124_12860407.html`` (or, newer, ``./t15699357.shtml``)
in a folder's ``index.html``; a script element with one ``createPageHTML(total, current, "index",
"html")``, sometimes with the number of rows in front; ``TRS_Editor`` on articles. Attachments
are ``P0<14 digits of upload time><n>.<ext>`` beside the article, and a list may link one
directly. Further pages are ``index_1.html``, ``index_2.html`` …; deep ones are sometimes stubs
without rows. It is not: UCAP pages, which call ``createPageHTML('page_div', …)``.

The date in an address is the date of a migration as often as of publication, so it is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scrapy.http import HtmlResponse

from crawler.families import pager, rows
from crawler.lead import Lead

_DOCUMENT = re.compile(r"(?:^|/)(?:t\d{8}_\d+|t\d{6,})\.s?html?$|(?:^|/)P0\d{14,}\.\w+$")


def leads(page: HtmlResponse) -> Iterator[Lead]:
    """Yield every link to a TRS document, in the order of the page."""
    links = [
        link for link in page.css("a[href]") if _DOCUMENT.search(link.attrib["href"].split("?")[0])
    ]
    yield from rows.once([rows.lead(page, row, link) for link, row in rows.alone(links)])


def next_pages(page: HtmlResponse) -> Iterator[str]:
    """Yield the page that ``createPageHTML`` counts next, else the one linked as next."""
    yield from list(pager.counted(page)) or pager.linked(page)
