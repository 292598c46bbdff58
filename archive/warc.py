"""One exchange or one file, spelt as WARC/1.1 records (ISO 28500:2017), each its own gzip member.

The framing and compression are warcio's. The blocks are built here byte for byte, because
warcio percent-encodes header bytes that are not ASCII, and what a portal sent is kept as sent.
It writes to no file and reads none.
"""

import hashlib
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from io import BytesIO
from urllib.parse import urlsplit

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.errors import StoreError

WARC_VERSION = "1.1"
REVISIT_PROFILE = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
HTTP_RESPONSE = "application/http; msgtype=response"
HTTP_REQUEST = "application/http; msgtype=request"
FIELDS = "application/warc-fields"

ALTERED = "X-Archive-Orig-"
"""Put before the name of a header that no longer describes the body as it is stored."""

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP exchange as it was on the wire: de-chunked, Content-Encoding untouched.

    Header text is the header's bytes read as latin-1, as HTTP libraries hand it out, so that
    it goes back to the same bytes.
    """

    url: str
    at: datetime
    """UTC, when the response came."""
    method: str
    request_headers: Headers
    status: int
    reason: str
    headers: Headers
    body: bytes
    address: str | None
    """The peer's IP address."""
    facts: Mapping[str, str]
    """Goes to the metadata record: outcome, site, found_on, tls."""


@dataclass(frozen=True, slots=True)
class Records:
    """The gzip members of one exchange, ready to be appended to a file."""

    main: bytes
    """The response, resource or revisit record."""
    others: bytes
    """What goes with it: the request, the metadata."""
    record_id: str
    """WARC-Record-ID of ``main``."""


@dataclass(frozen=True, slots=True)
class Refers:
    """What a revisit record refers to: the first record with the same payload."""

    url: str
    at: datetime
    record_id: str


def stamp(at: datetime) -> str:
    """Spell a moment as WARC-Date and the catalogue do: UTC, whole seconds, ``Z``.

    Raises :class:`StoreError` for a moment without a time zone: it could mean any hour.
    """
    if at.tzinfo is None:
        raise StoreError(f"{at} has no time zone; give UTC")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def digest_of(body: bytes) -> str:
    """Return ``sha256:<hex>``, the form in which WARC headers and the catalogue hold digests."""
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def file_opening(name: str, run: str) -> bytes:
    """Return the warcinfo record that opens the file ``name`` of a run."""
    fields = {
        "software": f"nianbao/{version('nianbao')}",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "isPartOf": run,
    }
    named = (("WARC-Filename", name), ("WARC-Date", stamp(datetime.now(UTC))))
    return _member("warcinfo", _new_id(), named, FIELDS, _fields(fields))


def exchange_records(exchange: Exchange, digest: str, refers: Refers | None) -> Records:
    """Spell an exchange as response (or revisit), request and metadata records.

    Transfer-Encoding and a Content-Length that is not the body's would break any reader of
    the record, so they stay only under a name beginning ``X-Archive-Orig-``.

    Raises :class:`StoreError` for a URL no WARC header can hold.
    """
    record_id = _new_id()
    about = _about(exchange.url, exchange.at)
    peer = () if exchange.address is None else (("WARC-IP-Address", exchange.address),)
    start = f"HTTP/1.1 {exchange.status} {exchange.reason}"
    head = _http_head(start, _as_stored(exchange.headers, len(exchange.body)))
    main = (*about, *peer, ("WARC-Payload-Digest", digest))
    if refers is None:
        response = _member("response", record_id, main, HTTP_RESPONSE, head + exchange.body)
    else:
        revisit = (*main, *_refers(refers))
        response = _member("revisit", record_id, revisit, HTTP_RESPONSE, head)
    beside = (*about, ("WARC-Concurrent-To", record_id))
    asked = _http_head(_request_line(exchange), _request_headers(exchange))
    request = _member("request", _new_id(), (*beside, *peer), HTTP_REQUEST, asked)
    metadata = _member("metadata", _new_id(), beside, FIELDS, _fields(exchange.facts))
    return Records(response, request + metadata, record_id)


def resource_records(
    url: str,
    at: datetime,
    body: bytes,
    media_type: str,
    facts: Mapping[str, str],
    digest: str,
    refers: Refers | None,
) -> Records:
    """Spell a file that came by no HTTP exchange of ours as resource (or revisit) and metadata.

    Raises :class:`StoreError` for a URL no WARC header can hold.
    """
    record_id = _new_id()
    about = _about(url, at)
    main = (*about, ("WARC-Payload-Digest", digest))
    if refers is None:
        resource = _member("resource", record_id, main, media_type, body)
    else:
        resource = _member("revisit", record_id, (*main, *_refers(refers)), None, b"")
    beside = (*about, ("WARC-Concurrent-To", record_id))
    # A revisit of a resource has no place for the media type but here.
    told = _fields({"media_type": media_type, **facts})
    return Records(resource, _member("metadata", _new_id(), beside, FIELDS, told), record_id)


def _member(
    kind: str, record_id: str, named: Headers, content_type: str | None, block: bytes
) -> bytes:
    typed = () if content_type is None else (("Content-Type", _one_line(content_type)),)
    headers = (
        ("WARC-Type", kind),
        ("WARC-Record-ID", record_id),
        *named,
        ("WARC-Block-Digest", digest_of(block)),
        *typed,
    )
    # Given a record of any other type warcio would add a SHA-1 payload digest, or, for a
    # revisit, leave out the block; the type a reader sees is the header above.
    record = ArcWarcRecord(
        "warc",
        "warcinfo",
        StatusAndHeaders("", list(headers), protocol=f"WARC/{WARC_VERSION}"),
        BytesIO(block),
        None,
        None,
        len(block),
    )
    out = BytesIO()
    WARCWriter(out, gzip=True, warc_version=WARC_VERSION).write_record(record)
    return out.getvalue()


def _new_id() -> str:
    return f"<urn:uuid:{uuid.uuid4()}>"


def _about(url: str, at: datetime) -> Headers:
    if not url.isprintable() or " " in url or not urlsplit(url).scheme:
        raise StoreError(f"{url!r} cannot be written as a WARC-Target-URI; percent-encode it")
    return (("WARC-Target-URI", url), ("WARC-Date", stamp(at)))


def _refers(refers: Refers) -> Headers:
    return (
        ("WARC-Profile", REVISIT_PROFILE),
        ("WARC-Refers-To", refers.record_id),
        ("WARC-Refers-To-Target-URI", refers.url),
        ("WARC-Refers-To-Date", stamp(refers.at)),
    )


def _as_stored(headers: Headers, size: int) -> Headers:
    stored = []
    length = ("Content-Length", str(size))
    for name, value in headers:
        misleading = name.lower() == "transfer-encoding" or (
            name.lower() == "content-length" and value.strip() != str(size)
        )
        stored.append((ALTERED + name if misleading else name, value))
    if not any(name.lower() == "content-length" for name, _ in stored):
        stored.append(length)
    return tuple(stored)


def _request_line(exchange: Exchange) -> str:
    target = urlsplit(exchange.url)
    query = f"?{target.query}" if target.query else ""
    return f"{exchange.method} {target.path or '/'}{query} HTTP/1.1"


def _request_headers(exchange: Exchange) -> Headers:
    """Put first the Host header that the HTTP client adds below our sight (RFC 9112 3.2)."""
    if any(name.lower() == "host" for name, _ in exchange.request_headers):
        return exchange.request_headers
    return (("Host", urlsplit(exchange.url).netloc), *exchange.request_headers)


def _http_head(start: str, headers: Headers) -> bytes:
    lines = [start, *(f"{name}: {value}" for name, value in headers)]
    return b"".join(_header_bytes(_one_line(line)) + b"\r\n" for line in lines) + b"\r\n"


def _header_bytes(line: str) -> bytes:
    try:
        return line.encode("latin-1")
    except UnicodeEncodeError:
        return line.encode("utf-8")  # handed over already decoded


def _fields(facts: Mapping[str, str]) -> bytes:
    return "".join(f"{_one_line(name)}: {_one_line(facts[name])}\r\n" for name in facts).encode()


def _one_line(text: str) -> str:
    return re.sub(r"[\r\n\0]+", " ", text)
