"""Gates that answer in a site's place: recognised in order to stop, never passed.

Markers are data, from public descriptions of each product. None is trusted alone on a page that
carries real words: 瑞数's ``$_ts`` and 创宇's ``__jsluid_s`` cookie also stand in genuine answers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from crawler.page import Headers, header, sight

THIN = 200
"""Characters a visitor sees. A page with fewer under a marker is the gate's, not the site's."""


LOOKED_AT: Final = 16384
"""Characters at the beginning of a body among which a marker counts."""


@dataclass(frozen=True, slots=True)
class Gate:
    """How one product's challenge looks."""

    name: str
    statuses: frozenset[int]
    """Statuses it is sent under; under 200 the page must also be without words of its own."""
    marker: re.Pattern[str]
    """Looked for in the Set-Cookie and cf-mitigated headers and the beginning of the body."""


GATES: Final = (
    # The script spells the cookie's name letter by letter; its sibling __jsluid_s is in a header.
    Gate("jsl", frozenset({512, 521}), re.compile(r"__jsl|<script")),
    Gate("jsl", frozenset({200}), re.compile(r"__jsl_clearance")),
    Gate(
        "safeline",
        frozenset({200, 403, 468, 503}),
        re.compile(r"safeline_bot_challenge|/\.safeline/"),
    ),
    Gate(
        "ruishu",
        frozenset({200, 202, 400, 412}),
        re.compile(r"\$_ts\b|nsd=|<(?:meta|script)[^>]+\br=[\"']m[\"']"),
    ),
    Gate(
        "other",
        frozenset({200, 403, 429, 503}),
        re.compile(r"challenge-platform|cf-chl-|C3VK=|CT6T=|^challenge$", re.MULTILINE),
    ),
    # 412 answers no condition of ours, and 405 no method but GET: only a gate says either.
    Gate("other", frozenset({405, 412}), re.compile("")),
)


def gate(status: int, headers: Headers, content: bytes) -> str | None:
    """Return the name of the gate that answered, or none.

    ``content`` is the body with its Content-Encoding undone.
    """
    text = content.decode("utf-8", "replace")
    cookies, mitigated = header(headers, "set-cookie"), header(headers, "cf-mitigated")
    searched = f"{cookies}\n{mitigated}\n{text[:LOOKED_AT]}"
    for each in GATES:
        if status in each.statuses and each.marker.search(searched):
            return None if status == 200 and len(sight(text).words) >= THIN else each.name
    return None
