"""The main job on the bundled sample portal, over real HTTP on loopback.

One pass is crawl, ingest, build. A pass that was killed goes on where it stopped; only a finished
one is followed by another. The portal shows its second edition from the second pass on, in which
one report was edited in silence. Nothing here is special to the demo but the portal itself: crawl,
ingest and build are those of every other archive.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from archive.catalogue import Catalogue
from archive.publish import BuildSummary, is_built
from crawler.crawl import CrawlSummary, Progress, crawl
from crawler.ingest import IngestSummary, ingest
from crawler.registry import load
from crawler.sample.pages import mirror_page
from crawler.sample.server import serve

SITES = Path(__file__).parent / "sample" / "sites"


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass of the demo did."""

    number: int
    crawled: CrawlSummary | None
    """None when the crawl of this pass had ended before the command was started again."""
    ingested: IngestSummary
    built: BuildSummary


def run_pass(
    data: Path,
    build: Callable[[Path], BuildSummary],
    progress: Callable[[Progress], None] | None = None,
) -> Pass:
    """Finish the pass under way in ``data``, or make the next one, and say what it did."""
    registry = load([SITES])
    with Catalogue(data) as catalogue:
        finished = _finished_crawls(catalogue)
        crawl_is_done = (
            finished > 0 and catalogue.open_run("crawl") is None and not is_built(catalogue)
        )
    number = finished if crawl_is_done else finished + 1
    crawled = None
    if not crawl_is_done:
        with serve(edition=min(number, 2)) as portal:
            crawled = crawl(
                data, registry, gateway=portal.address, force_due=True, progress=progress
            )
    return Pass(number, crawled, _hand_in_mirror(data), build(data))


def _finished_crawls(catalogue: Catalogue) -> int:
    sql = "SELECT count(*) FROM runs WHERE kind = 'crawl' AND ended IS NOT NULL"
    found: int = catalogue.db.execute(sql).fetchone()[0]
    return found


def _hand_in_mirror(data: Path) -> IngestSummary:
    """Ingest what a reader might send in: a page saved from a hijacked mirror."""
    url, body = mirror_page()
    with TemporaryDirectory() as folder:
        page = Path(folder) / "mirror.html"
        page.write_bytes(body)
        return ingest(data, load([SITES]), [page], source_url=url)
