"""Run a crawl, in a process of its own, and say what it brought.

Scrapy's reactor cannot start twice in one process, so each crawl is a child
(``crawler/process.py``): the job goes down its standard input, progress comes up its standard
output. That input stays open as long as the parent lives; when it closes, the child ends at once,
so that killing a crawl leaves no crawler behind. Everything acknowledged is in the catalogue by
then, and running again goes on from there.
"""

from __future__ import annotations

import json
import pickle
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from crawler.errors import CrawlBusy, CrawlFailed, SiteError
from crawler.registry import Registry, Site
from crawler.settings import checked_gateway, introduce

BUSY = 3
"""Exit status of a child that found another crawl in its data directory."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a site is, after one of its addresses was asked."""

    site: str
    done: int
    waiting: int
    url: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Job:
    """What the child is told."""

    data: Path
    registry: Registry
    sites: tuple[str, ...]
    gateway: str | None
    agent: str
    sender: str | None
    force_due: bool


@dataclass(frozen=True, slots=True)
class CrawlSummary:
    """What a crawl brought."""

    run: int
    outcomes: Mapping[str, int]
    """Attempts of this run, by outcome (``crawler/outcomes.py``)."""
    captures: int
    revisits: int
    """Captures whose bytes the archive had already."""
    leads: int
    """Links first seen in this run that may not be followed."""
    waiting: int
    """Addresses of the crawled sites that a later crawl will ask."""
    interrupted: bool
    """Stopped early: the same command goes on where it stopped."""


def crawl(
    data: Path,
    registry: Registry,
    *,
    sites: Iterable[str] | None = None,
    gateway: str | None = None,
    contact: str | None = None,
    force_due: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> CrawlSummary:
    """Crawl what is due on the registry's active sites, or on those named, into ``data``.

    A crawl that was stopped or killed is resumed. ``force_due`` makes every known address due.
    ``progress`` is called after each request. Interrupt (Ctrl-C) once to stop after the pages
    under way, twice to stop at once; neither loses anything acknowledged.

    Raises SiteError, ContactError, GatewayError, CrawlBusy or CrawlFailed.
    """
    agent, sender = introduce(contact, gateway)
    chosen = tuple(site.id for site in chosen_sites(registry, sites))
    job = Job(data.absolute(), registry, chosen, checked_gateway(gateway), agent, sender, force_due)
    with tempfile.TemporaryFile() as complaints, _child(complaints) as child:
        followed = False
        try:
            summary = _follow(child, job, progress)
            followed = True
        finally:
            if not followed:
                child.kill()
        status = child.wait()
        if status == BUSY:
            raise CrawlBusy(f"another crawl is running in {data}; wait for it, then run again")
        if status != 0 or summary is None:
            raise CrawlFailed(_last_words(complaints, status))
    return summary


def chosen_sites(registry: Registry, names: Iterable[str] | None) -> tuple[Site, ...]:
    """Return the active sites, or those named; raises SiteError for one that is not active."""
    active = {site.id: site for site in registry.sites if site.status == "active"}
    if names is None:
        return tuple(active.values())
    known = {site.id: site for site in registry.sites}
    chosen = []
    for name in names:
        if name not in active:
            why = f"is {known[name].status}" if name in known else "is not in the registry"
            raise SiteError(f"site {name} {why}; active sites: {', '.join(active) or 'none'}")
        chosen.append(active[name])
    return tuple(chosen)


def _child(complaints: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        # -P: a folder named crawler where the command was typed is not our package.
        [sys.executable, "-P", "-m", "crawler.process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=complaints,
        start_new_session=True,  # the terminal's Ctrl-C reaches it through us, once
    )


def _follow(
    child: subprocess.Popen[bytes], job: Job, progress: Callable[[Progress], None] | None
) -> CrawlSummary | None:
    """Hand over the job and read what comes back, until the child has nothing more to say."""
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        pickle.dump(job, child.stdin)
        child.stdin.flush()
    except BrokenPipeError:
        return None
    summary: CrawlSummary | None = None
    asked_to_stop = False
    while True:
        try:
            line = child.stdout.readline()
            if not line:
                return summary
            said: dict[str, Any] = json.loads(line)
            if "run" in said:
                summary = CrawlSummary(**said)
            elif progress is not None:
                progress(Progress(**said))
        except KeyboardInterrupt:
            if asked_to_stop:
                raise
            asked_to_stop = True
            child.send_signal(signal.SIGINT)


def _last_words(complaints: IO[bytes], status: int) -> str:
    complaints.seek(0)
    said = complaints.read().decode("utf-8", "replace").strip().splitlines()[-20:]
    return "\n".join(
        [
            f"the crawl ended with status {status}; run the same command again to resume. It said:",
            *(said or ["nothing"]),
        ]
    )
