"""Reading WARC records where they lie: one gzip member at one offset, streamed, every digest taken.

warcio reads these files too (the tests see to it). This reader exists because a damaged member
must end in one named exception saying what is wrong, where warcio falls back to reading it as
plain text, prints to stderr, or raises whatever the damage leads to. It never holds more of a
record than its headers: the payload goes to the caller piece by piece.
"""

import hashlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from archive.errors import DamagedRecord
from archive.files import OPEN

CHUNK = 1 << 16
HEAD_LIMIT = 1 << 20
"""No header block is longer; past it the end of the headers is missing."""

GZIP = zlib.MAX_WBITS + 16
BLANK = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Record:
    """What one record says of itself, and what its bytes say."""

    offset: int
    length: int
    """Bytes of its gzip member in the file."""
    headers: dict[str, str]
    """WARC headers, names in lower case."""
    http: bytes
    """Status line and HTTP headers; empty outside HTTP records."""
    size: int
    """Payload bytes in this record."""
    block_digest: str
    payload_digest: str

    @property
    def kind(self) -> str:
        """WARC-Type."""
        return self.headers.get("warc-type", "")

    @property
    def id(self) -> str:
        """WARC-Record-ID."""
        return self.headers.get("warc-record-id", "")

    @property
    def intact(self) -> bool:
        """True when the bytes match the record's own digests (a revisit holds no payload)."""
        told = self.headers.get("warc-payload-digest", self.payload_digest)
        return self.headers.get("warc-block-digest") == self.block_digest and (
            self.kind == "revisit" or told == self.payload_digest
        )


def locate(root: Path, file: str) -> Path:
    """Return where the WARC file of this name is now: closed, or still being written.

    Raises :class:`DamagedRecord` when it is in neither place, or the name leads elsewhere.
    """
    if Path(file).name != file:
        raise DamagedRecord(f"{file} is no name of a file in {root}")
    # Closed, open, and closed again: a run may rename the file between the first two looks.
    for path in (root / file, root / (file + OPEN), root / file):
        if path.is_file():
            return path
    raise DamagedRecord(f"{file} is not in {root}")


def read_record(stream: BinaryIO, offset: int, end: int, sink: Callable[[bytes], object]) -> Record:
    """Read the record at ``offset``, in a member that ends at or before ``end``.

    The payload is handed to ``sink`` in pieces. Raises :class:`DamagedRecord` when the bytes
    are no intact gzip member holding exactly one WARC record; digests are reported, not judged.
    """
    member = _Member(stream, offset, end)
    headers = _warc_headers(member.until(BLANK))
    left = _content_length(headers)
    block, payload = hashlib.sha256(), hashlib.sha256()
    http = b""
    if headers.get("content-type", "").startswith("application/http"):
        http = member.until(BLANK)
        block.update(http)
        left -= len(http)
    if left < 0:
        raise DamagedRecord("the HTTP headers are longer than the record says it is")
    for piece in member.take(left):
        block.update(piece)
        payload.update(piece)
        sink(piece)
    if b"".join(member.take(len(BLANK))) != BLANK:
        raise DamagedRecord("the record is longer than it says")
    return Record(
        offset,
        member.finish(),
        headers,
        http,
        left,
        f"sha256:{block.hexdigest()}",
        f"sha256:{payload.hexdigest()}",
    )


def _warc_headers(head: bytes) -> dict[str, str]:
    version, *lines = head.decode("utf-8", "replace").rstrip().split("\r\n")
    if not version.startswith("WARC/1."):
        raise DamagedRecord("the bytes there are no WARC record")
    named = (line.partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in named}


def _content_length(headers: dict[str, str]) -> int:
    text = headers.get("content-length", "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise DamagedRecord(f"the record's Content-Length is {text!r}")
    return int(text)


class _Member:
    """One gzip member being inflated from front to back."""

    def __init__(self, stream: BinaryIO, offset: int, end: int) -> None:
        if offset < 0:
            raise DamagedRecord(f"there is no offset {offset}")
        self._stream = stream
        self._offset = self._at = offset
        self._end = end
        self._inflate = zlib.decompressobj(GZIP)
        self._ready = bytearray()

    def until(self, marker: bytes) -> bytes:
        """Return everything up to and including the marker."""
        while (found := self._ready.find(marker)) < 0:
            if len(self._ready) > HEAD_LIMIT:
                raise DamagedRecord(f"the record's headers do not end within {HEAD_LIMIT} bytes")
            self._fill()
        return self._cut(found + len(marker))

    def take(self, size: int) -> Iterator[bytes]:
        """Yield the next ``size`` bytes in pieces."""
        while size:
            if not self._ready:
                self._fill()
            piece = self._cut(min(size, len(self._ready)))
            size -= len(piece)
            yield piece

    def finish(self) -> int:
        """Return the member's length in the file, after checking that it ends here, CRC and all."""
        while not self._inflate.eof and not self._ready:
            self._fill()
        if self._ready:
            raise DamagedRecord("the record is longer than it says")
        return self._at - self._offset - len(self._inflate.unused_data)

    def _cut(self, size: int) -> bytes:
        piece = bytes(self._ready[:size])
        del self._ready[:size]
        return piece

    def _fill(self) -> None:
        if self._inflate.eof:
            raise DamagedRecord("the record is shorter than it says")
        raw = self._inflate.unconsumed_tail
        if not raw:
            self._stream.seek(self._at)
            raw = self._stream.read(min(CHUNK, max(0, self._end - self._at)))
            self._at += len(raw)
        try:
            more = self._inflate.decompress(raw, CHUNK)
        except zlib.error as error:
            raise DamagedRecord(f"its gzip data is damaged ({error})") from error
        if not (raw or more or self._inflate.eof):
            raise DamagedRecord("the file ends inside the record")
        self._ready += more
