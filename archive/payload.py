"""One kept record handed back: its status, headers and body, checked against its digests.

It resolves nothing: a revisit record holds headers and no body, and only the catalogue knows
the record that does.
"""

from dataclasses import dataclass
from pathlib import Path

from archive.codings import undo
from archive.errors import DamagedRecord, RevisitUnresolved
from archive.records import Record, locate, read_record

CONTENT_LIMIT = 256 * 1024 * 1024
"""Bytes of decoded content a capture may hold; the largest real report is far below it."""

CAPTURES = ("response", "resource", "revisit")


@dataclass(frozen=True, slots=True)
class Payload:
    """What one record holds."""

    status: int | None
    """HTTP status; none for a resource (an ingested file)."""
    headers: tuple[tuple[str, str], ...]
    """Header bytes read as latin-1, in the order kept."""
    body: bytes
    """As stored: Content-Encoding still on it. Empty in a revisit record."""
    revisit: bool
    """True when the body is in another record and has not been fetched from there."""
    limit: int
    """Bytes that ``content`` may come to."""

    @property
    def content(self) -> bytes:
        """Undo Content-Encoding: the body as a browser would show it. Decoded at each call.

        Raises :class:`archive.errors.ContentDamaged`, ``ContentTooLarge`` or
        ``ContentCodingUnknown``, whose message is the reason for a reader, and
        :class:`RevisitUnresolved` for a revisit record read by itself.
        """
        if self.revisit:
            raise RevisitUnresolved("a revisit record holds no body; use Catalogue.payload_of")
        codings = [value for name, value in self.headers if name.lower() == "content-encoding"]
        return undo(self.body, ",".join(codings), self.limit)


def payload(root: Path, file: str, offset: int, limit: int = CONTENT_LIMIT) -> Payload:
    """Read back the capture whose record begins at ``offset`` in ``root/file``.

    ``limit`` is what ``content`` may come to, in bytes. Raises :class:`DamagedRecord` when
    the file is gone, no capture's record begins there, or its bytes fail a digest.
    """
    where = f"{file} at {offset}"
    body = bytearray()
    try:
        with locate(root, file).open("rb") as stream:
            record = read_record(stream, offset, stream.seek(0, 2), body.extend)
    except DamagedRecord as error:
        raise DamagedRecord(f"{where}: {error}; run: nianbao verify") from error
    if record.kind not in CAPTURES:
        raise DamagedRecord(f"{where}: a {record.kind} record holds no capture")
    if not record.intact:
        raise DamagedRecord(f"{where}: the bytes fail their digest; run: nianbao verify")
    revisit = record.kind == "revisit"
    status, headers = _told(record)
    return Payload(status, headers, bytes(body), revisit, limit)


def _told(record: Record) -> tuple[int | None, tuple[tuple[str, str], ...]]:
    """Return status and headers as sent; a resource's only header is its media type."""
    if not record.http:
        media_type = record.headers.get("content-type")
        return None, () if media_type is None else (("Content-Type", media_type),)
    start, *lines = record.http.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    split = (line.partition(":") for line in lines)
    return int(start.split(" ")[1]), tuple((name, value.strip(" ")) for name, _, value in split)
