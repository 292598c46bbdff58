"""What became of one request? A pure function of what came back.

It decides by status, size and words, in that order of trust, and names one row of
``crawler/outcomes.py``. It solves nothing: a challenge is recognised in order to stop.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from archive.codings import undo
from archive.errors import ContentCodingUnknown, ContentDamaged, ContentTooLarge
from crawler.gates import gate
from crawler.lead import joined
from crawler.page import Headers, Sight, header, is_html, sight, text_of
from parsers.formats import LIMIT


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one request, as far as judging it goes."""

    url: str
    kind: str
    status: int
    headers: Headers
    body: bytes
    """As on the wire: Content-Encoding still on it."""
    cut: str = ""
    """``short`` when fewer bytes came than announced, ``large`` when we stopped taking more."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A row of the table of outcomes, and what to say beside it."""

    outcome: str
    detail: str = ""
    target: str | None = None
    """Where a redirect points."""
    content: bytes = b""
    """The body with its Content-Encoding undone, when it could be."""


def judge(answer: Answer) -> Verdict:
    """Name what became of a request that was answered at all."""
    if answer.cut == "large":
        return Verdict("too_large", f"stopped after {len(answer.body)} bytes")
    try:
        content = undo(answer.body, header(answer.headers, "content-encoding"), LIMIT)
    except ContentTooLarge as error:
        return Verdict("too_large", str(error))
    except ContentCodingUnknown as error:
        return Verdict("undecodable", str(error))
    except ContentDamaged as error:
        return Verdict("truncated", str(error))
    named = gate(answer.status, answer.headers, content)
    if named is not None:
        return Verdict(f"waf_challenge:{named}", f"status {answer.status}", content=content)
    if answer.cut == "short":
        return Verdict("truncated", "the connection ended before the body", content=content)
    if answer.status != 200:
        return _by_status(answer, content)
    return _by_content(answer, content)


_STATUSES = {404: "not_found", 410: "gone", 429: "throttled"} | dict.fromkeys(
    (401, 403, 407, 451), "forbidden"
)


def _by_status(answer: Answer, content: bytes) -> Verdict:
    status, detail = answer.status, f"status {answer.status}"
    if status in _STATUSES:
        return Verdict(_STATUSES[status], detail, content=content)
    if 300 <= status < 400 and (location := header(answer.headers, "location")):
        return redirect(answer, location, detail, content)
    if status == 503 and header(answer.headers, "retry-after"):
        return Verdict("throttled", detail, content=content)
    if 500 <= status < 600:
        return Verdict("server_error", detail, content=content)
    if status in (204, 205):
        return Verdict("empty", detail, content=content)
    return Verdict("unexpected_status", detail, content=content)


def redirect(answer: Answer, location: str, how: str, content: bytes) -> Verdict:
    """Name a redirect; one that leads back to itself is a gate that wants its cookie returned."""
    target = joined(answer.url, location)
    if target == answer.url:
        return Verdict("waf_challenge:other", f"{how}, back to itself", content=content)
    if target is None:
        return Verdict("unexpected_status", f"{how}, to no web address: {location[:200]}")
    return Verdict("redirect", f"{how} to {target}", target, content)


def _by_content(answer: Answer, content: bytes) -> Verdict:
    if answer.kind == "robots":
        return Verdict("ok", "an HTML page, not rules" if is_html(content) else "", None, content)
    if not content.strip():
        return Verdict("empty", content=content)
    if not is_html(content):
        if answer.kind == "list":
            return Verdict("not_html", header(answer.headers, "content-type"), content=content)
        return Verdict("ok", content=content)
    seen = sight(text_of(content, answer.headers))
    if seen.sends_to is not None and len(seen.words) < THIN_PAGE:
        return redirect(answer, seen.sends_to, "the page sends on", content)
    if phrase := _says_not_found(seen):
        return Verdict("soft_404", f"the page says {phrase}", content=content)
    if answer.kind == "attachment":
        return Verdict("not_a_file", "an HTML page", content=content)
    return Verdict("ok", content=content)


_SAYS_NOT_FOUND = re.compile(
    "页面不存在|页面没有找到|页面未找到|找不到(?:该|您要的|您访问的|你要的)?(?:页面|网页|文件|信息)|"
    "(?:您|你)(?:所)?(?:要)?(?:访问|浏览|查找|查看)的(?:页面|网页|信息|内容|文章|栏目|资源)"
    "(?:已)?(?:不存在|被?删除|被?移除|已失效|丢失)|信息不存在|文章不存在|栏目不存在|"
    "(?:该|此)(?:信息|页面|文章|内容)已(?:被)?(?:删除|移除|下线)|404 Not Found|HTTP 404|^404$"
)
_OF_A_REPORT = re.compile(
    "本年新收政府信息公开申请|申请人情况|统计期限|总体情况|主动公开政府信息情况"
)
"""Words of the form itself; navigation does not say them."""

SHORT_PAGE = 600
"""Characters a visitor sees. An error page is shorter; a long page that only mentions the words
of an error (a notice about the site, say) is not one, unless its title says them."""


THIN_PAGE = 80
"""Characters a visitor sees on a page that is there only to send him on."""


def _says_not_found(seen: Sight) -> str | None:
    if _OF_A_REPORT.search(seen.words):
        return None
    places = (seen.title, seen.words if len(seen.words) < SHORT_PAGE else "")
    found = next(filter(None, map(_SAYS_NOT_FOUND.search, places)), None)
    return found[0] if found else None
