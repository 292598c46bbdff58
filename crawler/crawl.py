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
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
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
    under way, twice to stop at once (KeyboardInterrupt); neither loses what was acknowledged.

    Raises SiteError, ContactError, GatewayError, CrawlBusy or CrawlFailed.
    """
    chosen = tuple(site.id for site in chosen_sites(registry, sites))
    agent, sender = introduce(contact, gateway)
    job = Job(data.absolute(), registry, chosen, checked_gateway(gateway), agent, sender, force_due)
    with tempfile.TemporaryFile() as complaints, _child(complaints) as child:
        with _interrupts_passed_on(child) as interrupts:
            summary = _follow(child, job, progress)
            status = child.wait()
        if interrupts and summary is None:
            raise KeyboardInterrupt
        if status == BUSY:
            raise CrawlBusy(f"another crawl is running in {data}; wait for it, then run again")
        if status != 0 or summary is None:
            raise CrawlFailed(_last_words(complaints, status))
    return summary


def chosen_sites(registry: Registry, names: Iterable[str] | None) -> tuple[Site, ...]:
    """Return the active sites, or those named; raises SiteError for one that is not active."""
    active = {site.id: site for site in registry.sites if site.status == "active"}
    if not active:
        raise SiteError(
            "the registry has no active site; verify one, give it a column and status = "
            '"active", or try the bundled sample: nianbao demo'
        )
    if names is None:
        return tuple(active.values())
    known = {site.id: site for site in registry.sites}
    chosen = []
    for name in names:
        if name not in active:
            why = f"is {known[name].status}" if name in known else "is not in the registry"
            raise SiteError(f"site {name} {why}; active sites: {', '.join(active)}")
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
    for line in child.stdout:
        said: dict[str, Any] = json.loads(line)
        if "run" in said:
            summary = CrawlSummary(**said)
        elif progress is not None:
            progress(Progress(**said))
    return summary


@contextmanager
def _interrupts_passed_on(child: subprocess.Popen[bytes]) -> Iterator[list[int]]:
    """Tell the child of the first Ctrl-C and kill it at the second; kill it on any other error.

    A handler rather than KeyboardInterrupt, which could strike in the middle of a line.
    """
    interrupts: list[int] = []

    def pass_on(number: int, _: object) -> None:
        interrupts.append(number)
        if len(interrupts) == 1:
            child.send_signal(signal.SIGINT)
        else:
            child.kill()

    here = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGINT, pass_on) if here else None
    followed = False
    try:
        yield interrupts
        followed = True
    finally:
        if here:
            signal.signal(signal.SIGINT, before)
        if not followed:
            child.kill()


def _last_words(complaints: IO[bytes], status: int) -> str:
    complaints.seek(0)
    said = complaints.read().decode("utf-8", "replace").strip().splitlines()[-20:]
    return "\n".join(
        [
            f"the crawl ended with status {status}; run the same command again to resume. It said:",
            *(said or ["nothing"]),
        ]
    )
