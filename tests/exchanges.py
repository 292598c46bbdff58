"""A small archive made of real files, for the tests of the archive."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from archive.catalogue import Catalogue
from archive.store import Exchange, Store

AT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
HTML = (("Content-Type", "text/html; charset=utf-8"),)


def exchange(url: str, body: bytes, headers=HTML, **changes) -> Exchange:
    told = {
        "at": AT,
        "method": "GET",
        "request_headers": (("User-Agent", "Nianbao"),),
        "status": 200,
        "reason": "OK",
        "address": "127.0.0.1",
        "facts": {"outcome": "ok", "site": "qinghe"},
    }
    return Exchange(url=url, headers=headers, body=body, **(told | changes))


class Archive:
    """A store and its catalogue, as a crawl holds them."""

    def __init__(self, data: Path, name: str = "1", **options: int) -> None:
        self.catalogue = Catalogue(data)
        self.store = Store(data / "warc", name, self.catalogue.first_with_digest, **options)
        self.run = self.catalogue.start_run("crawl", "test")

    def keep(self, exchange: Exchange, group: str = "qinghe") -> int:
        kept = self.store.keep(exchange, group)
        with self.catalogue.atomic():
            told = (exchange.url, exchange.at, "article", exchange.status, "text/html", kept)
            capture = self.catalogue.add_capture(self.run, None, *told)
            fetch = (exchange.url, None, "article", "ok", "", exchange.at, capture)
            self.catalogue.add_fetch(self.run, *fetch)
        return capture

    def keep_file(self, url: str, body: bytes, media_type: str = "text/html") -> int:
        kept = self.store.keep_resource(url, AT, body, media_type, {"from": "a test"}, "files")
        told = (url, AT, "ingest", None, media_type, kept)
        return self.catalogue.add_capture(self.run, None, *told)

    def die(self) -> None:
        """Leave the files as they are, as an error or a kill does."""
        self.store.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)


@contextmanager
def archive(data: Path, name: str = "1", **options: int) -> Iterator[Archive]:
    made = Archive(data, name, **options)
    try:
        with made.store:
            yield made
    finally:
        made.catalogue.close()


def bodies(data: Path) -> dict[int, bytes]:
    """Return every capture's body by id, revisits resolved."""
    with Catalogue(data) as catalogue:
        found = list(catalogue.captures(outcome=None))
        return {capture.id: catalogue.payload_of(capture).body for capture in found}


def record_kinds(path: Path) -> list[str]:
    """Return the types of a file's records, in order, as warcio reads them."""
    with path.open("rb") as stream:
        return [record.rec_type for record in ArchiveIterator(stream)]


class WarcioCheck:
    """The arguments of ``warcio check``."""

    def __init__(self, data: Path) -> None:
        self.inputs = [str(path) for path in sorted((data / "warc").glob("*.warc.gz*"))]
        self.verbose = False


def warcio_passes(data: Path) -> bool:
    """Run ``warcio check`` over all files of an archive."""
    return Checker(WarcioCheck(data)).process_all() == 0
