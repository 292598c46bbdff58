"""One capture: its facts, and the archived bytes behind glass.

The bytes come from the WARC files beside the published database. They are shown as they were
received, in a sandbox of their own: no script runs, no form is sent, nothing is fetched. What is
neither page, text nor picture is offered for download.
"""

from __future__ import annotations

import re
from pathlib import Path

from datasette import Response
from datasette.app import Datasette
from datasette.utils.asgi import Request

from archive.errors import PayloadError
from archive.payload import Payload, payload
from archive.site.page import DATABASE, Row, missing, named, rows, show
from archive.site.words import word
from parsers.decode import decode
from parsers.formats import REASONS

CAPTURE = "SELECT * FROM captures WHERE id = :id"

SAME = "SELECT * FROM captures WHERE digest = :digest AND id <> :id ORDER BY id"

USES = """
SELECT v.report, v.number, r.year, a.name FROM versions v JOIN reports r ON r.id = v.report
JOIN agencies a ON a.id = r.agency WHERE v.capture = :id
"""

UNREAD = "SELECT reason, detail FROM unread WHERE capture = :id"

OWED = """
SELECT c.agency, c.year, c.state, a.name FROM coverage c JOIN agencies a ON a.id = c.agency
WHERE c.capture = :id AND c.state <> 'published' ORDER BY c.year DESC LIMIT 20
"""

GLASS = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""Content-Security-Policy of archived bytes: a picture of a page, nothing that acts."""

LIMIT = 32 * 1024 * 1024
"""Bytes shown; the crawler keeps no larger file."""

PICTURES = {
    b"\x89PNG": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
}

_MARKUP = re.compile(r"<(?:!doctype|html|head|body|meta|table|div|p|h1|span)[\s>]", re.I)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w-]+)", re.I)
_NUMBER = re.compile(r"[0-9]{1,18}")


async def capture(datasette: Datasette, request: Request) -> Response:
    """Answer the page of a capture, or 404 where there is none of this number."""
    row = await _capture(datasette, request)
    if row is None:
        return await missing(datasette, request, "没有这个编号的存档")
    return await show(
        datasette,
        request,
        "capture.html",
        capture=row,
        outcome=word("coverage", row["outcome"]),
        kind=word("capture", row["kind"]),
        uses=await rows(datasette, USES, id=row["id"]),
        unread=[
            why | {"word": REASONS.get(why["reason"]) or word("unread", why["reason"])}
            for why in await rows(datasette, UNREAD, id=row["id"])
        ],
        owed=await rows(datasette, OWED, id=row["id"]),
        same=await rows(datasette, SAME, id=row["id"], digest=row["digest"]),
    )


async def capture_bytes(datasette: Datasette, request: Request) -> Response:
    """Answer the bytes of a capture, Content-Encoding undone, behind glass."""
    row = await _capture(datasette, request)
    if row is None:
        return _told("没有这个编号的存档", 404)
    same = [row, *await rows(datasette, SAME, id=row["id"], digest=row["digest"])]
    try:
        content, headers = _content(_warc(datasette), same)
    except PayloadError as error:
        return _told(f"存档的字节无法取出 · the archived bytes cannot be had: {error}", 404)
    return _shown(content, headers)


async def _capture(datasette: Datasette, request: Request) -> Row | None:
    wanted = named(request)
    if not _NUMBER.fullmatch(wanted):
        return None
    found = await rows(datasette, CAPTURE, id=int(wanted))
    return found[0] if found else None


def _warc(datasette: Datasette) -> Path:
    """Return where the WARC files are: beside the directory of the published database."""
    return Path(datasette.get_database(DATABASE).path).parent.parent / "warc"


def _content(root: Path, same: list[Row]) -> tuple[bytes, dict[str, str]]:
    """Return content and headers of the first capture; ``same`` are all that hold its payload.

    A revisit record holds headers and no body: the body is in one of the others.
    """
    own = payload(root, same[0]["file"], same[0]["offset"], LIMIT)
    headers = {name.lower(): value for name, value in own.headers}
    return _body(root, own, same[1:]).content, headers


def _body(root: Path, held: Payload, others: list[Row]) -> Payload:
    for row in others:
        if not held.revisit:
            break
        held = payload(root, row["file"], row["offset"], LIMIT)
    return held


def _shown(content: bytes, headers: dict[str, str]) -> Response:
    media_type = next((kind for magic, kind in PICTURES.items() if content.startswith(magic)), None)
    if media_type is None:
        media_type = _text_type(content, headers.get("content-type", ""))
    told = {"Content-Security-Policy": GLASS, "X-DNS-Prefetch-Control": "off"}
    if media_type == "application/octet-stream":
        told["Content-Disposition"] = 'attachment; filename="capture"'
    return Response(content, 200, told, media_type)


def _text_type(content: bytes, declared: str) -> str:
    """Return the type to show text under: its bytes decide the charset, not what was declared."""
    charset = _CHARSET.search(declared)
    text, codec = decode(content, charset[1] if charset else None)
    if "\x00" in text or content.startswith(b"%PDF"):
        return "application/octet-stream"
    kind = "text/html" if _MARKUP.search(text[:20_000]) else "text/plain"
    return f"{kind}; charset={codec.removesuffix('-sig')}"


def _told(message: str, status: int) -> Response:
    policy = {"Content-Security-Policy": GLASS}
    return Response(message, status, policy, "text/plain; charset=utf-8")
