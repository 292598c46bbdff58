"""Skeleton: the store (signatures are final, bodies follow)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType

from archive.payload import Payload, payload
from archive.warc import Exchange

__all__ = ["Exchange", "First", "Kept", "Payload", "Recovered", "Store", "payload", "recover"]

ROTATE = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the bytes of one exchange are; on disk (fsynced) when this is returned."""

    file: str
    offset: int
    length: int
    record_id: str
    digest: str
    size: int
    revisit: bool
    span_from: int
    """First byte of everything written for this exchange (and a new file's warcinfo)."""
    span_to: int
    """Just past its last byte."""
    seal: str
    """``sha256:<hex>`` of the file's bytes from ``span_from`` to ``span_to``."""


@dataclass(frozen=True, slots=True)
class First:
    """The first record that holds a payload, for a revisit record to refer to."""

    kept: Kept
    url: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Recovered:
    """What recovery did with one file a dead run left open."""

    file: str
    action: str
    """closed | cut | removed | short"""
    lost: int
    """Bytes cut off (never acknowledged), or for "short" catalogued bytes that are missing."""


class Store:
    """Writes the records of one run."""

    def __init__(
        self, root: Path, run: str, known: Callable[[str], First | None], rotate: int = ROTATE
    ) -> None:
        raise NotImplementedError

    def keep(self, exchange: Exchange, group: str) -> Kept:
        """Keep one HTTP exchange."""
        raise NotImplementedError

    def keep_resource(
        self,
        url: str,
        at: datetime,
        body: bytes,
        media_type: str,
        facts: Mapping[str, str],
        group: str,
    ) -> Kept:
        """Keep a local file."""
        raise NotImplementedError

    def close(self) -> None:
        """Close."""
        raise NotImplementedError

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def recover(root: Path, committed: Mapping[str, int]) -> tuple[Recovered, ...]:
    """Close what a killed run left open."""
    raise NotImplementedError
