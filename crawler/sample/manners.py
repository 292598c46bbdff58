"""Watch how a crawler behaves towards the sample portal, and write down what it did wrong.

Told of every request by the server; judges only what a server can see. It never refuses anything:
a crawler that misbehaves here must be able to finish and be told.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

_DISGUISES = (
    "mozilla", "chrome", "safari", "gecko", "opera", "msie",
    "baiduspider", "googlebot", "bingbot", "360spider", "sogou",
)  # fmt: skip
"""Words of a User-Agent that claim to be a browser or somebody else's crawler."""

_NOBODY = ("scrapy/", "python-", "python/", "aiohttp", "httpx", "curl/", "wget/")
"""What a library says when nobody told it who it speaks for."""


class Manners:
    """The record of one serving of the portal; safe to call from every handler thread."""

    def __init__(
        self, fenced: Mapping[str, Iterable[str]], min_gap: float, clock: Callable[[], float]
    ) -> None:
        """Watch the hosts of ``fenced``, each with the path prefixes its robots.txt disallows.

        ``min_gap`` is how many seconds must pass between the end of one exchange with a host and
        the next request to it; ``clock`` tells seconds.
        """
        self._fenced = {host: tuple(prefixes) for host, prefixes in fenced.items()}
        self._min_gap = min_gap
        self._clock = clock
        self._lock = threading.Lock()
        self._open: Counter[str] = Counter()
        self._ended: dict[str, float] = {}
        self._challenged: set[str] = set()
        self._violations: list[str] = []

    def begin(self, host: str, path: str, agent: str) -> None:
        """Note a request as it comes in."""
        with self._lock:
            where = f"http://{host}{path}"
            self._violations += [f"{wrong}: {where}" for wrong in self._judge(host, path, agent)]
            self._open[host] += 1

    def end(self, host: str, status: int) -> None:
        """Note that a request was answered."""
        with self._lock:
            self._open[host] -= 1
            self._ended[host] = self._clock()
            if status == 412:
                self._challenged.add(host)

    def violations(self) -> list[str]:
        """Return what was done wrong, in the order it happened: the rule, then the address."""
        with self._lock:
            return list(self._violations)

    def _judge(self, host: str, path: str, agent: str) -> Iterable[str]:
        if host not in self._fenced:
            yield "host not in the registry"
        if path.startswith(self._fenced.get(host, ())):
            yield "path disallowed by robots.txt"
        if host in self._challenged:
            yield "host asked again after its challenge"
        if self._open[host]:
            yield "more than one request at a time"
        elif host in self._ended and self._clock() - self._ended[host] < self._min_gap:
            yield f"less than {self._min_gap} s after the last exchange"
        if not agent:
            yield "no User-Agent"
        elif any(word in agent.lower() for word in _DISGUISES):
            yield f"User-Agent in disguise ({agent})"
        elif agent.lower().startswith(_NOBODY):
            yield f"User-Agent of a library, of nobody in particular ({agent})"
