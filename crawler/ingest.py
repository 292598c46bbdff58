"""Take documents somebody has on disk into the archive, with where they came from.

They become captures like any other, in WARC ``resource`` records, and are read like any other. A
document is only as good as its origin: without ``source_url`` its address is the file's own, and
with one it belongs to a site only if the registry knows the host. Nothing is fetched, and nothing
on disk is changed.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from archive.catalogue import Catalogue
from archive.store import Store, recover
from archive.warc import digest_of
from crawler.errors import IngestError
from crawler.lead import canonical, host_of
from crawler.registry import Registry, mirror
from parsers.formats import LIMIT

GROUP = "ingest"
"""The WARC files handed-in documents go to, apart from what was fetched."""


@dataclass(frozen=True, slots=True)
class IngestSummary:
    """What became of the documents handed in."""

    taken: int
    known: int
    """Same bytes from the same place as a document taken before; nothing was added."""
    refused: tuple[str, ...]
    """One sentence for each document that was not taken, naming it."""


def ingest(
    data: Path, registry: Registry, paths: Iterable[Path], source_url: str | None = None
) -> IngestSummary:
    """Take files, and all files of folders, into the archive in ``data``.

    ``source_url`` is the web address one document was saved from. Hidden files in folders are
    passed over. A file that cannot be taken is refused in a sentence, and the others are taken.

    Raises IngestError for a source address that is none, or that is given for many files.
    """
    taken, known, refused = 0, 0, []
    files = list(_files(paths))
    source = _source(source_url, files)
    with Catalogue(data) as catalogue, _writing(data, registry, catalogue) as (store, run):
        for file in files:
            body = _body(file)
            if isinstance(body, str):
                refused.append(body)
            elif _take(catalogue, store, run, registry, file, body, source):
                taken += 1
            else:
                known += 1
    return IngestSummary(taken, known, tuple(refused))


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from (
                file
                for file in sorted(path.rglob("*"))
                if file.is_file()
                and not any(part.startswith(".") for part in file.relative_to(path).parts)
            )
        else:
            yield path


def _source(source_url: str | None, files: list[Path]) -> str | None:
    if source_url is None:
        return None
    source = canonical(source_url)
    if source is None:
        raise IngestError(f"{source_url!r} is no web address; give http://… or https://… --from")
    if len(files) > 1:
        raise IngestError(
            f"one address for {len(files)} files: hand in each with its own --from, or all without"
        )
    return source


def _body(file: Path) -> bytes | str:
    """Return a file's bytes, or the sentence that refuses it."""
    try:
        if not file.exists():
            return f"{file}: there is no such file; check the path"
        if not file.is_file():
            return f"{file}: not a file; hand in the document itself"
        size = file.stat().st_size
        if size > LIMIT:
            return f"{file}: {size / (1 << 20):.1f} MB; a document may have {LIMIT >> 20} MB"
        body = file.read_bytes()
    except OSError as error:
        return f"{file}: cannot be read ({error.strerror}); check its permissions"
    return body or f"{file}: the file is empty; there is nothing to keep"


@contextmanager
def _writing(data: Path, registry: Registry, catalogue: Catalogue) -> Iterator[tuple[Store, int]]:
    """Open an ingest run, or go on with one that was killed."""
    mirror(registry, catalogue)
    recover(data / "warc", catalogue.committed_ends())
    run = catalogue.open_run("ingest") or catalogue.start_run("ingest", "documents handed in")
    with Store(data / "warc", f"ingest{run:06d}", catalogue.first_with_digest) as store:
        yield store, run
    catalogue.end_run(run)


def _take(
    catalogue: Catalogue,
    store: Store,
    run: int,
    registry: Registry,
    file: Path,
    body: bytes,
    source: str | None,
) -> bool:
    """Keep one document; false when the same bytes from the same place are kept already."""
    url = source or file.resolve().as_uri()
    digest = digest_of(body)
    before = catalogue.db.execute(
        "SELECT 1 FROM captures WHERE kind = 'ingest' AND url = ? AND digest = ?", [url, digest]
    ).fetchone()
    if before is not None:
        return False
    owner = registry.site_of(host_of(url))
    site = None if owner is None else owner.id
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    facts = {"outcome": "ok", "kind": "ingest", "handed-in-as": file.name}
    if site is not None:
        facts["site"] = site
    at = datetime.now(UTC)
    kept = store.keep_resource(url, at, body, media_type, facts, GROUP)
    with catalogue.atomic():
        capture = catalogue.add_capture(run, site, url, at, "ingest", None, media_type, kept)
        detail = f"handed in as {file.name}"
        catalogue.add_fetch(run, url, site, "ingest", "ok", detail, at, capture)
    return True
