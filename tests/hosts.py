"""Invented hosts behind one loopback port, for tests of the crawl: real HTTP, answers as data.

It answers what a table says, byte for byte, and keeps what a server can see of manners.
"""

import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Says:
    """One answer: a status, headers, and the bytes after them, as they are."""

    status: int = 200
    body: bytes = b""
    headers: dict = field(default_factory=dict)
    length: int | None = None
    """Announced instead of the true length."""
    hang_up: bool = False
    """Close the connection without a word."""
    endless: bool = False
    """Go on sending zeros, without announcing a length."""
    once: "Says | None" = None
    """Said the first time only."""


@dataclass(frozen=True)
class Seen:
    host: str
    path: str
    headers: dict
    began: float
    ended: float
    meanwhile: int
    """Other requests to the host that were open when this one came."""


class Hosts(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, answers, hold=0.005, tls=None):
        self.answers = answers
        self.hold = hold
        self.seen = []
        self.lock = threading.Lock()
        self.open = Counter()
        self.asked = Counter()
        super().__init__(("127.0.0.1", 0), Handler)
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True)

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request, client_address):
        """Stay quiet: clients are killed here on purpose."""

    def violations(self, registered, delay, fenced=()):
        wrong = []
        last = {}
        for each in sorted(self.seen, key=lambda seen: seen.began):
            where = f"{each.host}{each.path}"
            if each.meanwhile:
                wrong.append(f"not alone: {where}")
            if each.host not in registered:
                wrong.append(f"not registered: {where}")
            if any(where.startswith(fence) for fence in fenced):
                wrong.append(f"disallowed: {where}")
            if each.began - last.get(each.host, -1e9) < delay:
                wrong.append(f"too soon: {where}")
            last[each.host] = each.ended
        return wrong


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body in one packet

    def do_GET(self):
        server, began = self.server, time.monotonic()
        target = urlsplit(self.path)
        host = target.hostname or self.headers["Host"].split(":")[0]
        path = target.path + (f"?{target.query}" if target.query else "")
        with server.lock:
            meanwhile = server.open[host]
            server.open[host] += 1
            server.asked[host, path] += 1
            times = server.asked[host, path]
        time.sleep(server.hold)
        said = server.answers.get((host, path), Says(404, b"<p>404</p>"))
        if said.once is not None and times == 1:
            said = said.once
        with server.lock:
            server.open[host] -= 1
            seen = Seen(host, path, dict(self.headers), began, time.monotonic(), meanwhile)
            server.seen.append(seen)
        self.say(said)

    def say(self, said):
        if said.hang_up:
            self.close_connection = True
            return
        self.send_response(said.status)
        for name, value in said.headers.items():
            self.send_header(name, value)
        if said.endless:
            self.close_connection = True
            self.end_headers()
            while True:
                self.wfile.write(bytes(1 << 20))
        # Connection: close is not honoured, as by some portals: what a client then does shows.
        length = len(said.body) if said.length is None else said.length
        self.close_connection = length != len(said.body)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(said.body)

    def log_message(self, format, *args):
        """Say nothing: ``seen`` is the log."""


@contextmanager
def serving(answers, **kwargs):
    with Hosts(answers, **kwargs) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
