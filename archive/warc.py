"""Exchange."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from archive.errors import StoreError


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP exchange as it was on the wire: de-chunked, Content-Encoding untouched."""

    url: str
    at: datetime
    """UTC, when the response came."""
    method: str
    request_headers: tuple[tuple[str, str], ...]
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    address: str | None
    """The peer's IP address."""
    facts: Mapping[str, str]
    """Goes to the metadata record: outcome, site, found_on, tls."""


def stamp(at: datetime) -> str:
    """Spell a moment as WARC-Date and the catalogue do: UTC, whole seconds, ``Z``.

    Raises :class:`StoreError` for a moment without a time zone: it could mean any hour.
    """
    if at.tzinfo is None:
        raise StoreError(f"{at} has no time zone; give UTC")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
