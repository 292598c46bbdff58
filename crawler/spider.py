"""The one spider. Each site is one walk: take its next address, wait its turn, ask, write down.

One walk per site makes one connection per site true by construction; breadth comes from walking
many sites at once. The spider knows no portal (families do), no rule of manners (``turns.py`` asks
them) and keeps nothing in memory that a restart would miss.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import scrapy

from crawler.crawl import Progress
from crawler.frontier import Row
from crawler.ledger import Ended, Ledger
from crawler.registry import Registry, Site
from crawler.turns import Turns
from crawler.verdict import Verdict
from crawler.visit import examine
from crawler.wire import SILENCES, answer_of, exchange_of, limit_size, request_for, silence

BREADTH: Final = 64
"""Sites asked at the same moment, at most: one process is busy with fewer already."""


@dataclass(frozen=True, slots=True)
class Walks:
    """What the spider is handed: the sites to walk, and everything it needs on the way."""

    registry: Registry
    sites: tuple[Site, ...]
    ledger: Ledger
    turns: Turns
    gateway: str | None
    tell: Callable[[Progress], None]


class ReportSpider(scrapy.Spider):
    """Walks every site of a crawl; SIGINT or SIGTERM ends each walk after the page it is at."""

    name = "nianbao"

    def __init__(self, walks: Walks, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._walks = walks
        self._breadth = asyncio.Semaphore(BREADTH)
        self._stop = asyncio.Event()

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """Walk all sites; Scrapy is given nothing to schedule, each walk makes its own request."""
        self._limit = limit_size(self.crawler)  # signals hold it weakly
        loop = asyncio.get_running_loop()
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(each, self._stop.set)
        async with asyncio.TaskGroup() as walking:
            for site in self._walks.sites:
                walking.create_task(self._walk(site))
        requests: tuple[scrapy.Request, ...] = ()
        for request in requests:
            yield request

    @property
    def stopped(self) -> bool:
        """Whether somebody asked the walks to end early."""
        return self._stop.is_set()

    async def _walk(self, site: Site) -> None:
        while not self._stop.is_set():
            turn = self._walks.turns.next(site, datetime.now(UTC))
            if turn is None:
                return
            if turn.row is None:
                await self._pause(turn.wait)
            else:
                async with self._breadth:
                    outcome = await self._ask(turn.row, turn.delay)
                self._tell(turn.row, outcome)

    async def _pause(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        try:
            await asyncio.wait_for(self._stop.wait(), seconds)
        except TimeoutError:
            return

    async def _ask(self, row: Row, delay: float) -> str:
        walks, request = self._walks, request_for(row, self._walks.gateway)
        engine = self.crawler.engine
        assert engine is not None  # it is what calls start()
        try:
            response = await engine.download_async(request)
        except SILENCES as error:
            outcome, detail = silence(error)
            ended = Ended(row, outcome, detail, datetime.now(UTC), delay)
            settled = walks.ledger.unanswered(ended)
            if row.kind == "robots" and settled.state != "waiting":
                walks.turns.learn(row, Verdict(outcome), None, None)
            return outcome
        exchange = exchange_of(row, request, response)
        visit = examine(row, answer_of(row, exchange, response), walks.registry)
        settled, capture = walks.ledger.answered(visit, exchange, delay)
        if row.kind == "robots" and settled.state != "waiting":
            walks.turns.learn(row, visit.verdict, exchange.status, capture)
        return visit.verdict.outcome

    def _tell(self, row: Row, outcome: str) -> None:
        ledger = self._walks.ledger
        done, waiting = ledger.frontier.counts(row.site, ledger.run)
        self._walks.tell(Progress(row.site, done, waiting, row.url, outcome))
