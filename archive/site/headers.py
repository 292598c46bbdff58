"""What every answer forbids the browser: the outside world, above all.

The pages load nothing from elsewhere and run no script at all, and say so in their headers, so
that no archived text and no plugin of tomorrow can change it unnoticed. An answer that brings a
policy of its own, as archived bytes do, keeps it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlencode

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

HEADERS = {
    "content-security-policy": "default-src 'self'; script-src 'none'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'self'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}

RAW = "_searchmode"
"""Datasette's way round ``match_query``; it would look for words that no index has, silently."""


def guarded(app: App) -> App:
    """Return ``app`` with ``HEADERS`` on every answer, deaf to ``?_searchmode=raw``."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _with_policy(message.get("headers", []))}
            await send(message)

        if scope["type"] == "http" and RAW.encode() in scope["query_string"]:
            scope = {**scope, "query_string": _without_raw(scope["query_string"])}
        await app(scope, receive, send_with_headers)

    return wrapped


def _with_policy(sent: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    has = {name.lower() for name, _ in sent}
    added = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
    return [*sent, *(pair for pair in added if pair[0] not in has)]


def _without_raw(query: bytes) -> bytes:
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
    kept = [(name, value) for name, value in pairs if name != RAW]
    return urlencode(kept, encoding="latin-1").encode("ascii")
