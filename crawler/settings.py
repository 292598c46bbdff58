"""Scrapy's settings for a crawl, one reason per line.

Pace, back-off and rest are not here: ``crawler/manners.py`` decides when a request may leave, and
Scrapy is only ever handed one request per site. These settings take away what would act on its own.
"""

from __future__ import annotations

import re
from importlib.metadata import version
from ipaddress import ip_address
from urllib.parse import urlsplit

from crawler.errors import ContactError, GatewayError
from crawler.robots import AGENT
from parsers.formats import LIMIT

TIMEOUT = 60
"""Seconds for a whole answer; county portals take up to 20."""

_CONTACT = re.compile(r"(?:https?://|mailto:)?[\x21-\x27\x2a-\x7e]+")
_MAIL = re.compile(r"(?:mailto:)?([^@\s/]+@[^@\s/]+\.[^@\s/]+)")


def settings(agent: str, sender: str | None) -> dict[str, object]:
    """Return the settings of a crawl that introduces itself as ``agent``, mail to ``sender``."""
    headers = {
        "Accept": "text/html,application/xhtml+xml,application/pdf;q=0.9,*/*;q=0.8",
        "Accept-Language": "zh-CN,zh;q=0.9",  # some portals answer in English otherwise
        "Accept-Encoding": "gzip, deflate",  # what every reader of an archive can undo
    }
    if sender is not None:
        headers["From"] = sender  # RFC 9110 10.1.2: a robot says who answers for it
    return {
        "USER_AGENT": agent,
        "DEFAULT_REQUEST_HEADERS": headers,
        "DOWNLOAD_TIMEOUT": TIMEOUT,
        "DOWNLOAD_MAXSIZE": LIMIT,  # more than this is no report
        "DOWNLOAD_WARNSIZE": 0,  # a large report is no news
        "DOWNLOAD_FAIL_ON_DATALOSS": False,  # a body cut short is kept, and named truncated
        "DOWNLOAD_HANDLERS": {
            "http": "crawler.wire.AskOnce",
            "https": "crawler.wire.AskOnce",
            **dict.fromkeys(("data", "file", "ftp", "s3")),  # no other way in
        },
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,  # true already, by one walk per site
        "DOWNLOAD_DELAY": 0,  # manners.py counts, from the end of an exchange
        "RETRY_ENABLED": False,  # tries are rows of the frontier, and survive a kill
        "REDIRECT_ENABLED": False,  # a redirect is an outcome with a capture of its own
        "METAREFRESH_ENABLED": False,  # the same
        "COMPRESSION_ENABLED": False,  # the archive keeps bytes as they were sent
        "COOKIES_ENABLED": False,  # no session is ours to keep
        "HTTPCACHE_ENABLED": False,  # the archive is the only copy
        "HTTPPROXY_ENABLED": False,  # a proxy of the environment would hide who is asking
        "ROBOTSTXT_OBEY": False,  # robots.py obeys; Scrapy's own allows what it cannot read
        "TELNETCONSOLE_ENABLED": False,  # opens a port
        "REMOTE_CONTROL_ENABLED": False,  # opens a port that runs code
        "TWISTED_DNS_RESOLVER": "scrapy.resolver.CachingHostnameResolver",  # IPv6-only portals
        "STATS_DUMP": False,  # the summary says it in fewer words
        "LOG_LEVEL": "WARNING",  # every exchange is a row already
    }


def introduce(contact: str | None, gateway: str | None) -> tuple[str, str | None]:
    """Return our User-Agent and, when the contact is a mail address, the From header.

    Raises ContactError when real hosts would be asked without a contact, or with one that
    cannot stand in a header.
    """
    if contact is None and gateway is None:
        raise ContactError(
            "a crawl of real hosts says who asks: give an address or a page where you can be "
            "reached, with --contact you@example.org or NIANBAO_CONTACT"
        )
    if contact is not None and not _CONTACT.fullmatch(contact):
        raise ContactError(
            f"{contact!r} cannot stand in a User-Agent: give a mail address or the address of "
            "a page, without spaces or parentheses, with --contact"
        )
    mail = _MAIL.fullmatch(contact or "")
    agent = f"{AGENT}/{version('nianbao')} (+{contact or 'bundled sample, on loopback'})"
    return agent, mail[1] if mail else None


def checked_gateway(gateway: str | None) -> str | None:
    """Return the gateway if it is plain http on a loopback address; raises GatewayError if not.

    It exists for the bundled sample, whose hosts do not; a real page fetched through somebody
    else's machine would not be evidence.
    """
    if gateway is None:
        return None
    parts = urlsplit(gateway)
    try:
        loopback = ip_address(parts.hostname or "").is_loopback
    except ValueError:
        loopback = False
    if parts.scheme != "http" or not loopback or parts.path not in ("", "/"):
        raise GatewayError(f"gateway {gateway} is not http://127.0.0.1:PORT, and is not used")
    return gateway
