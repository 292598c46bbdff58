"""Between Scrapy and the archive: one request made, one exchange as it was, or one named silence.

Scrapy downloads and nothing more: no cookies, no following, no retrying, no decoding, so that what
comes back here is what was on the wire. Two things of the wire its client does not hand out: how
the server capitalised header names, and its reason phrase, for which the standard one stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from OpenSSL import SSL
from scrapy import Request, signals
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler, TunnelError
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    StopDownload,
)
from scrapy.http import Headers as ScrapyHeaders
from scrapy.http import Response
from twisted.internet.error import ConnectError, ConnectionClosed
from twisted.web._newclient import (
    ParseError,
    RequestGenerationFailed,
    RequestTransmissionFailed,
)
from twisted.web.client import ResponseFailed

from archive.store import Exchange
from crawler.frontier import Row
from crawler.page import Headers
from crawler.verdict import Answer
from parsers.formats import LIMIT

SILENCES: Final = (
    DownloadTimeoutError,
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadCancelledError,
    TunnelError,
    ConnectError,
    ConnectionClosed,
    RequestGenerationFailed,
    RequestTransmissionFailed,
    SSL.Error,
)
"""What the client raises when no answer came; ``silence`` names each."""


def request_for(row: Row, gateway: str | None) -> Request:
    """Return the request for a row: through the sample's gateway, if there is one."""
    meta = {} if gateway is None else {"proxy": gateway}
    return Request(row.url, meta=meta)


def exchange_of(row: Row, request: Request, response: Response) -> Exchange:
    """Return what was on the wire, with what is known about it beside."""
    sent = _headers(request.headers)
    return Exchange(
        url=row.url,
        at=datetime.now(UTC),
        method=request.method,
        # The client writes these two itself, for every request.
        request_headers=(("Connection", "close"), *sent, ("Host", urlsplit(row.url).netloc)),
        status=response.status,
        reason=_reason(response.status),
        headers=_headers(response.headers),
        body=response.body,
        address=None if response.ip_address is None else str(response.ip_address),
        facts=_tls(response),
    )


def answer_of(row: Row, exchange: Exchange, response: Response) -> Answer:
    """Return the part of an exchange that is judged."""
    cut = "large" if "download_stopped" in response.flags else ""
    if "dataloss" in response.flags:
        cut = "short"
    return Answer(row.url, row.kind, exchange.status, exchange.headers, exchange.body, cut)


def silence(error: Exception) -> tuple[str, str]:
    """Return the outcome and detail of a request that brought no answer."""
    reasons = _reasons(error)
    detail = "; ".join(str(reason) or type(reason).__name__ for reason in reasons)[:300]
    if any(isinstance(reason, SSL.Error) for reason in reasons):
        return "unreachable:tls", detail or "the TLS handshake failed"
    if any(isinstance(reason, ParseError) for reason in reasons):
        return "server_error", f"the answer was not HTTP: {detail}"
    match error:
        case DownloadTimeoutError():
            return "timeout", detail
        case CannotResolveHostError():
            return "unreachable:dns", detail
        case DownloadConnectionRefusedError() | ConnectError() | TunnelError():
            return "unreachable:connect", detail
        case DownloadCancelledError():
            return "too_large", detail
    return "unreachable:reset", detail


class AskOnce:
    """Scrapy's HTTP handler, kept from asking twice.

    When a server drops a kept-alive connection, Twisted's pool sends the request again at once,
    behind everybody's back: without a pause, and without a row. Seen in tests/test_crawl.py.
    """

    lazy = True

    def __init__(self, handler: HTTP11DownloadHandler) -> None:
        handler._pool.retryAutomatically = False
        # Between two pages a connection would only idle, and servers that close it fail the next.
        handler._pool.persistent = False
        self._handler = handler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> AskOnce:
        """Build it for a crawl, as Scrapy asks of a handler."""
        return cls(HTTP11DownloadHandler(crawler))

    async def download_request(self, request: Request) -> Response:
        """Send a request, once."""
        return await self._handler.download_request(request)

    async def close(self) -> None:
        """Close idle connections."""
        await self._handler.close()


def limit_size(crawler: Crawler) -> SizeLimit:
    """Stop bodies that grow past the limit, keeping what came; hold on to the result."""
    limit = SizeLimit()
    crawler.signals.connect(limit.headers_received, signals.headers_received)
    crawler.signals.connect(limit.bytes_received, signals.bytes_received)
    return limit


class SizeLimit:
    """Stops a download without discarding what was received, which Scrapy's own limit would do."""

    def headers_received(self, body_length: object) -> None:
        """Stop before the body when it is announced to be too large."""
        if isinstance(body_length, int) and body_length > LIMIT:
            raise StopDownload(fail=False)

    def bytes_received(self, data: bytes, request: Request) -> None:
        """Stop when more came than was announced, or nothing was."""
        received = request.meta.get("received", 0) + len(data)
        request.meta["received"] = received
        if received > LIMIT:
            raise StopDownload(fail=False)


def _headers(headers: ScrapyHeaders) -> Headers:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in headers.items()
        for value in values
    )


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _reasons(error: Exception) -> list[BaseException]:
    cause = error.__cause__
    if isinstance(cause, ResponseFailed):
        return [failure.value for failure in cause.reasons]
    return [error]


def _tls(response: Response) -> Mapping[str, str]:
    """Return the certificate as it was shown; the chain is not verified, and the facts say so."""
    if response.certificate is None:
        return {}
    shown = response.certificate.original
    until = shown.get_notAfter()
    return {
        "tls-sha256": shown.digest("sha256").decode().replace(":", "").lower(),
        "tls-subject": shown.get_subject().CN or "",
        "tls-issuer": shown.get_issuer().CN or "",
        "tls-not-after": until.decode() if until else "",
        "tls-verified": "no",
    }
