"""Payload."""

from dataclasses import dataclass
from pathlib import Path

CONTENT_LIMIT = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Payload:
    """What one record holds."""

    status: int | None
    """HTTP status; none for a resource (an ingested file)."""
    headers: tuple[tuple[str, str], ...]
    body: bytes
    """As stored: Content-Encoding still on it. Empty in a revisit record."""
    revisit: bool
    limit: int

    @property
    def content(self) -> bytes:
        """Undo Content-Encoding."""
        raise NotImplementedError


def payload(root: Path, file: str, offset: int, limit: int = CONTENT_LIMIT) -> Payload:
    """Read one record back."""
    raise NotImplementedError
