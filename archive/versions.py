"""Which documents of one report are the same content, and which are versions of it.

Documents with the same content and the same standing are one version; the current version is that
of the last authentic capture, or of the last one where none is authentic. A page and the file
attached to it are one report in two forms and never two versions. Order follows runs and addresses,
never the clock, so that a crawl that was interrupted gives the same versions as one that was not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seen:
    """One capture of a document: its number, run and address, and when (UTC, as kept)."""

    capture: int
    run: int
    url: str
    at: str

    @property
    def order(self) -> tuple[int, str, int]:
        """Return what captures are ordered by."""
        return self.run, self.url, self.capture


@dataclass(frozen=True, slots=True)
class Document:
    """One payload at one address, from its first capture to its last."""

    digest: str
    site: str | None
    """Registered site it was fetched from; None for what was handed in."""
    attached: bool
    """Whether a page links to it as a file, rather than being the page."""
    first: Seen
    last: Seen


@dataclass(frozen=True, slots=True)
class Judged:
    """A document with the digest of what it says, and whether it may speak for the body."""

    document: Document
    content: str
    authentic: bool
    has_table: bool


@dataclass(frozen=True, slots=True)
class Version:
    """One distinct content of a report: its number, a payload that has it, first and last seen."""

    number: int
    content: str
    authentic: bool
    digest: str
    first: Seen
    last: Seen


def renditions(documents: Sequence[Judged]) -> list[Judged]:
    """Return those of one report's documents that are only the report in another form.

    Files attached are, where a page is there; pages are, where only the files have the tables.
    Copies of doubtful origin are compared among themselves: they stand for nothing of the body's.
    """
    aside: list[Judged] = []
    for authentic in (True, False):
        same = [each for each in documents if each.authentic == authentic]
        pages = [each for each in same if not each.document.attached]
        files = [each for each in same if each.document.attached]
        only_in_files = any(each.has_table for each in files) and not any(
            each.has_table for each in pages
        )
        aside += pages if only_in_files else files if pages else []
    return aside


def versions(documents: Iterable[Judged]) -> tuple[Version, ...]:
    """Return the versions of one report in the order they were first seen."""
    same: dict[tuple[str, bool], list[Document]] = {}
    for judged in sorted(documents, key=lambda judged: judged.document.first.order):
        same.setdefault((judged.content, judged.authentic), []).append(judged.document)
    return tuple(
        Version(
            number,
            content,
            authentic,
            group[0].digest,
            group[0].first,
            max((document.last for document in group), key=lambda seen: seen.order),
        )
        for number, ((content, authentic), group) in enumerate(same.items(), start=1)
    )


def current(versions: Sequence[Version]) -> Version:
    """Return the version whose figures are the report's."""
    authentic = [version for version in versions if version.authentic]
    return max(authentic or versions, key=lambda version: version.last.order)
