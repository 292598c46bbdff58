"""The process a crawl runs in: ``python -m crawler.process``, started by ``crawler/crawl.py``.

It reads its job from standard input, walks the sites, prints progress as lines of JSON and the
summary last. It ends at once when its standard input closes: whoever wanted the crawl is gone.
"""

from __future__ import annotations

import fcntl
import json
import os
import pickle
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from scrapy.crawler import AsyncCrawlerProcess

from archive.catalogue import Catalogue
from archive.errors import ArchiveError
from archive.store import Store, recover
from crawler.crawl import BUSY, CrawlSummary, Job, Progress
from crawler.errors import CrawlerError, CrawlFailed
from crawler.frontier import Frontier, Row
from crawler.ledger import Ledger
from crawler.listings import Listings
from crawler.manners import Manners
from crawler.registry import Site, mirror
from crawler.settings import settings
from crawler.spider import ReportSpider, Walks
from crawler.turns import Turns

LOCK_WAIT: Final = 3.0
"""Seconds allowed to a crawl whose parent was just killed to let go of the data directory."""


def main() -> None:
    """Run the one job that standard input holds."""
    job: Job = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        job.data.mkdir(parents=True, exist_ok=True)
        with _alone(job.data), Catalogue(job.data) as catalogue:
            recover(job.data / "warc", catalogue.committed_ends())
            summary = _run(job, catalogue)
    except (ArchiveError, CrawlerError, OSError) as error:
        sys.exit(str(error))
    print(json.dumps(asdict(summary)), flush=True)


def _run(job: Job, catalogue: Catalogue) -> CrawlSummary:
    mirror(job.registry, catalogue)
    sites = tuple(site for site in job.registry.sites if site.id in job.sites)
    frontier, manners, listings = Frontier(catalogue), Manners(catalogue), Listings(catalogue)
    with catalogue.atomic():
        now, run = datetime.now(UTC), catalogue.open_run("crawl")
        if run is None:
            run = catalogue.start_run("crawl", " ".join(job.sites))
        else:
            for site in sites:
                manners.start_again(site.id, site.pace.delay, now)
        seeds = (seed for site in sites for seed in _seeds(site))
        frontier.begin(run, seeds, job.sites, now, job.force_due)
    with Store(job.data / "warc", f"crawl{run:06d}", catalogue.first_with_digest) as store:
        ledger = Ledger(catalogue, store, frontier, manners, listings, run)
        stopped = _walk(job, sites, ledger)
    if not stopped:
        with catalogue.atomic():
            catalogue.end_run(run)
    return _summary(catalogue, run, job.sites, stopped)


def _walk(job: Job, sites: tuple[Site, ...], ledger: Ledger) -> bool:
    """Walk the sites, and tell whether somebody stopped us."""
    turns = Turns(job.registry, ledger)
    turns.recall()
    process = AsyncCrawlerProcess(settings(job.agent, job.sender))
    crawler = process.create_crawler(ReportSpider)
    walks = Walks(job.registry, sites, ledger, turns, job.gateway, _tell)
    process.crawl(crawler, walks=walks)
    process.start(install_signal_handlers=False)
    assert crawler.stats is not None
    reason = crawler.stats.get_value("finish_reason")
    if reason != "finished":
        raise CrawlFailed(f"the crawl ended early: {reason}")
    assert isinstance(crawler.spider, ReportSpider)
    return crawler.spider.stopped


def _seeds(site: Site) -> Iterator[Row]:
    for column in site.columns:
        yield Row(column.url, site.id, f"{site.id}/{column.id}", "list", column.id, "registry")


def _summary(
    catalogue: Catalogue, run: int, sites: tuple[str, ...], interrupted: bool
) -> CrawlSummary:
    def count(sql: str) -> int:
        found: int = catalogue.db.execute(sql, {"run": run}).fetchone()[0]
        return found

    outcomes = catalogue.db.execute(
        "SELECT outcome, count(*) FROM fetches WHERE run = ? GROUP BY outcome ORDER BY outcome",
        [run],
    )
    frontier = Frontier(catalogue)
    return CrawlSummary(
        run=run,
        outcomes=dict(outcomes.fetchall()),
        captures=count("SELECT count(*) FROM captures WHERE run = :run"),
        revisits=count("SELECT count(*) FROM captures WHERE run = :run AND revisit = 1"),
        leads=count(
            "SELECT count(*) FROM leads JOIN captures ON captures.id = leads.found_on"
            " WHERE captures.run = :run"
        ),
        waiting=sum(frontier.counts(site, run)[1] for site in sites),
        interrupted=interrupted,
    )


def _tell(progress: Progress) -> None:
    print(json.dumps(asdict(progress)), flush=True)


def _end_with_parent() -> None:
    """Wait for the parent to let go of our input, then end: all that matters is on disk."""
    while os.read(sys.stdin.fileno(), 65536):
        pass
    os._exit(1)


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """Hold the data directory's crawl lock; ends the process when another crawl keeps it."""
    with (data / "crawl.lock").open("w") as lock:
        patience = time.monotonic() + LOCK_WAIT
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > patience:
                    sys.exit(BUSY)
                time.sleep(0.1)
        yield


if __name__ == "__main__":
    main()
