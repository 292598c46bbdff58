"""Serve the sample portal on loopback: all its hosts behind one port, as a gateway would see them.

A crawler names the host in an absolute-form target (RFC 9112 section 3.2.2) or in ``Host``; the
invented names are never resolved. The server answers what ``pages`` made, byte for byte, keeps a
log and notes bad manners. It does not act on them, listens on 127.0.0.1 alone and fetches nothing.

By hand: ``python -m crawler.sample.server --edition 1`` and use the printed address as a proxy.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, cast
from urllib.parse import urlsplit

import click

from crawler.sample.manners import Manners
from crawler.sample.pages import PLAIN, Page, World, world

_GUIDE = (
    b"This port serves the invented hosts of the sample portal.\n"
    b"Use its address as an HTTP proxy and ask for http://www.qinghe.example/\n"
)

_PATIENCE = 30.0
"""Seconds an open connection may say nothing before it is closed."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request as it was answered."""

    host: str
    path: str
    method: str
    status: int
    agent: str


@dataclass(frozen=True, slots=True)
class SamplePortal:
    """A portal being served."""

    address: str
    """What a crawler is told as its gateway: ``http://127.0.0.1:port``."""
    port: int
    log: list[Visit]
    manners: Manners = field(repr=False)

    def violations(self) -> list[str]:
        """Return the breaches of manners so far, in the order they happened."""
        return self.manners.violations()


@contextmanager
def serve(edition: int, min_gap: float = 0.0, hold: float = 0.01) -> Iterator[SamplePortal]:
    """Serve one edition of the portal (1, or 2 with the silent edit) while the context lasts.

    ``min_gap``: seconds due between exchanges with one host; less is noted as a violation.
    ``hold``: seconds every answer is held back, so that requests sent together do overlap.
    """
    if edition not in (1, 2):
        raise ValueError(f"there is no edition {edition} of the sample portal; there are 1 and 2")
    site = world(edition)
    with _Server(site, Manners(site.fenced, min_gap, time.monotonic), hold) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            port = server.server_address[1]
            yield SamplePortal(f"http://127.0.0.1:{port}", port, server.log, server.manners)
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, site: World, manners: Manners, hold: float) -> None:
        self.site = site
        self.manners = manners
        self.hold = hold
        self.log: list[Visit] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay quiet: a client that hangs up in mid-sentence is its own affair."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "sample"
    sys_version = ""
    timeout = _PATIENCE

    def do_GET(self) -> None:
        """Answer one request, watched."""
        server = cast(_Server, self.server)
        target = _target(self.path, self.headers.get_all("Host") or [])
        if target is None:
            self.close_connection = True
            self.send_error(HTTPStatus.BAD_REQUEST)
            return
        if "Content-Length" in self.headers or "Transfer-Encoding" in self.headers:
            self.close_connection = True  # the unread body would pass for the next request
        host, path = target
        if host in ("127.0.0.1", "localhost"):
            self._send(Page(_GUIDE, PLAIN, HTTPStatus.MISDIRECTED_REQUEST))
            return
        agent = self.headers.get("User-Agent", "")
        page = _answer(server.site, host, path)
        status = HTTPStatus.NOT_MODIFIED if self._unchanged(page) else HTTPStatus(page.status)
        server.manners.begin(host, path, agent)
        try:
            time.sleep(server.hold)
            self._send(page, status)
        finally:
            server.log.append(Visit(host, path, self.command, status, agent))
            server.manners.end(host, status)

    do_HEAD = do_GET

    def _send(self, page: Page, status: int | None = None) -> None:
        status = page.status if status is None else status
        self.send_response(status)
        if page.modified is not None:
            self.send_header("ETag", _etag(page))
            self.send_header("Last-Modified", format_datetime(page.modified, usegmt=True))
        if status == HTTPStatus.MOVED_PERMANENTLY:
            self.send_header("Location", page.body.decode())
        if status == HTTPStatus.NOT_MODIFIED:
            self.end_headers()
            return
        self.send_header("Content-Type", page.media_type)
        self.send_header("Content-Length", str(len(page.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(page.body)

    def _unchanged(self, page: Page) -> bool:
        """Apply the preconditions of RFC 9110 section 13.2.2 that a reader may send."""
        if page.modified is None:
            return False
        if tags := self.headers.get("If-None-Match"):
            return tags.strip() == "*" or _etag(page) in (
                tag.strip().removeprefix("W/") for tag in tags.split(",")
            )
        since = _date(self.headers.get("If-Modified-Since", ""))
        return since is not None and page.modified <= since

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the log is a list, not a stream."""


def _target(raw: str, hosts: list[str]) -> tuple[str, str] | None:
    """Return host and path a request line names; none when it names no page.

    An absolute-form target outranks ``Host``; the query is dropped, the portal is static.
    """
    try:
        parts = urlsplit(raw if not raw.startswith("//") else f"/{raw.lstrip('/')}")
        if parts.scheme == "http" and parts.hostname:
            return parts.hostname, parts.path or "/"
        if raw.startswith("/") and len(hosts) == 1:
            host = urlsplit(f"//{hosts[0].strip()}").hostname
            return (host, parts.path) if host else None
    except ValueError:
        pass
    return None


def _answer(site: World, host: str, path: str) -> Page:
    url = (
        f"http://{host}{path.removesuffix('index.html') if path.endswith('/index.html') else path}"
    )
    if url in site.pages:
        return site.pages[url]
    if host in site.challenges:
        return site.challenges[host]
    if f"{url}/" in site.pages:
        return Page(f"{url}/".encode(), PLAIN, HTTPStatus.MOVED_PERMANENTLY)
    return site.missing.get(host, Page(b"no such host here\n", PLAIN, 404))


def _etag(page: Page) -> str:
    return f'"{hashlib.sha256(page.body).hexdigest()[:20]}"'


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


@click.command()
@click.option("--edition", type=click.IntRange(1, 2), default=1, help="2 has the silent edit.")
def main(edition: int) -> None:
    """Serve the sample portal until interrupted; print the address to use as a proxy."""
    with serve(edition) as portal:
        click.echo(portal.address)
        click.echo(f"try: curl -x {portal.address} http://www.qinghe.example/", err=True)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            for wrong in portal.violations():
                click.echo(wrong, err=True)


if __name__ == "__main__":
    main()
