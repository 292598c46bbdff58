"""A lead: an address and a title found on a page, which may be a report. It fetches nothing.

Also the one place that decides when two spellings of an address are the same address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urljoin, urlsplit, urlunsplit

from scrapy.http import HtmlResponse
from scrapy.utils.response import get_base_url
from w3lib.url import safe_url_string

_DEFAULT_PORTS = {"http": 80, "https": 443}
_SESSION = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Lead:
    """One row of a list: where a document is said to be, and what the list calls it."""

    url: str
    title: str
    found_on: str
    listed: date | None
    """The date the list prints beside it; never the one in the address (migrations re-date it)."""


def canonical(url: str) -> str | None:
    """Return the one spelling of a web address, or none for what is not one.

    Lower-case host, no default port, no fragment, no session id, bytes escaped (RFC 3986
    section 6.2). The order of a query is kept: some portals' file names are their query.
    """
    try:
        parts = urlsplit(safe_url_string(url.strip()))
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        return None
    host = parts.hostname.rstrip(".")
    if port is not None and port != _DEFAULT_PORTS[parts.scheme]:
        host = f"{host}:{port}"
    path = _SESSION.sub("", parts.path) or "/"
    return urlunsplit((parts.scheme, host, path, parts.query, ""))


def host_of(url: str) -> str:
    """Return the host name of a canonical address, without the port."""
    return urlsplit(url).hostname or ""


def origin_of(url: str) -> str:
    """Return scheme, host and port of a canonical address: what one robots.txt speaks for."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def resolve(page: HtmlResponse, href: str) -> str | None:
    """Return the canonical address a link on a page points to, or none if it is not one.

    Portals that write ``./t2024….html`` sometimes serve the folder without its trailing slash,
    which would send the link one level too high: there the last segment counts as a folder.
    """
    base = get_base_url(page)
    parts = urlsplit(base)
    last = parts.path.rsplit("/", 1)[-1]
    if base == page.url and href.startswith("./") and last and "." not in last:
        base = urlunsplit(parts._replace(path=parts.path + "/"))
    return joined(base, href)


def joined(base: str, href: str) -> str | None:
    """Return the canonical address of a reference (RFC 3986 section 5), or none."""
    try:
        return canonical(urljoin(base, href.strip()))
    except ValueError:
        return None
