"""Make the sample portal: every address and its bytes, the same bytes every time.

The whole site of one edition is one value, made at once. It knows nothing of sockets, and of
manners only which folders are fenced off.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from urllib.parse import urljoin

from crawler.sample import articles
from crawler.sample.bodies import HERE
from crawler.sample.portals import Portal, Shelf, list_url, notices, portals, rows
from crawler.sample.reports import Report, reports

HTML = "text/html; charset=utf-8"
PLAIN = "text/plain; charset=utf-8"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_BEIJING = timezone(timedelta(hours=8))
_LAUNCH = datetime(2019, 6, 3, 9, 0)
"""When the furniture of the portals (styles, scripts, home pages) was last touched."""


@dataclass(frozen=True, slots=True)
class Page:
    """What one address answers with; only a page with ``modified`` (UTC) has validators."""

    body: bytes
    media_type: str = HTML
    status: int = 200
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class World:
    """One edition of all portals."""

    pages: Mapping[str, Page]
    missing: Mapping[str, Page]
    """By host, what an address without a page answers with."""
    challenges: Mapping[str, Page]
    """By host, what every address but robots.txt answers with."""
    fenced: Mapping[str, tuple[str, ...]]
    """By registered host, the path prefixes its robots.txt disallows."""


@cache
def world(edition: int) -> World:
    """Return every page of the given edition (1 before the silent edit, 2 after it)."""
    pages: dict[str, Page] = {}
    for portal in portals():
        pages |= dict(_robots(portal)) if portal.refuses else dict(_site(portal, edition))
    pages |= dict([mirror_page_of(edition)])
    return World(
        pages=pages,
        missing={portal.host: _missing(portal, 404) for portal in portals()},
        challenges={
            portal.host: Page(_static("challenge.html"), status=412)
            for portal in portals()
            if portal.refuses
        },
        fenced={portal.host: portal.disallow or () for portal in portals()},
    )


def mirror_page() -> tuple[str, bytes]:
    """Return address and bytes of the hijacked copy a reader might hand in."""
    url, page = mirror_page_of(edition=1)
    return url, page.body


def mirror_page_of(edition: int) -> tuple[str, Page]:
    """Return address and page of the hijacked copy."""
    report = next(one for one in reports(edition) if one.page == "mirror")
    return str(report.linked), Page(_static("mirror.html"))


def _site(portal: Portal, edition: int) -> Iterator[tuple[str, Page]]:
    yield from _robots(portal)
    yield portal.root, _page(articles.render("home.html", portal), _LAUNCH)
    for file, kind in (("css/portal.css", "text/css"), ("js/page.js", "text/javascript")):
        body = _static(file.partition("/")[2])
        yield urljoin(portal.root, file), Page(body, kind, modified=_utc(_LAUNCH))
    for shelf in portal.shelves:
        yield from _lists(portal, shelf, edition)
        for url, notice in notices(portal, shelf):
            html = articles.notice_html(portal, shelf, notice, url)
            yield url, _page(html, notice.published)
        for report in reports(edition):
            if report.body.column == shelf.column:
                yield from _report(portal, shelf, report, edition)


def _robots(portal: Portal) -> Iterator[tuple[str, Page]]:
    if portal.disallow is not None:
        rules = "".join(f"Disallow: {prefix}\n" for prefix in portal.disallow or ("",))
        body = f"User-agent: *\n{rules}".encode()
        yield urljoin(portal.root, "robots.txt"), Page(body, PLAIN, modified=_utc(_LAUNCH))


def _lists(portal: Portal, shelf: Shelf, edition: int) -> Iterator[tuple[str, Page]]:
    found, size = rows(portal, shelf, reports(edition)), portal.page_size
    batches = [found[start : start + size] for start in range(0, len(found), size)]
    template = "list_trs.html" if shelf.column.family == "trs" else "list_reference.html"
    for number, batch in enumerate(batches, start=1):
        html = articles.render(
            template, portal, column=shelf, rows=batch, number=number, total=len(batches)
        )
        yield list_url(shelf, number), _page(html, found[0].published)


def _report(
    portal: Portal, shelf: Shelf, report: Report, edition: int
) -> Iterator[tuple[str, Page]]:
    if report.page in ("absent", "hard_404", "mirror"):
        return
    if report.page == "soft_404":
        yield report.url, _missing(portal, 200)
        return
    html = articles.report_html(portal, shelf, report)
    trap, modified = report.trap, report.year.published
    if trap and trap.modified and edition >= trap.edition:
        modified = trap.modified
    charset = "gbk" if report.page == "gbk" else "utf-8"
    yield report.url, Page(html.encode(charset), modified=_utc(modified))
    for table, file in articles.image_names(report).items():
        picture = _static(f"{report.id}-{table}.png")
        yield urljoin(report.url, file), Page(picture, "image/png", modified=_utc(modified))
    if trap and trap.attachment:
        document = Page(articles.docx(report), DOCX, modified=_utc(modified))
        yield articles.attachment_url(report), document


def _missing(portal: Portal, status: int) -> Page:
    return Page(articles.render("missing.html", portal).encode(), status=status)


def _page(html: str, modified: datetime) -> Page:
    return Page(html.encode(), modified=_utc(modified))


def _static(name: str) -> bytes:
    return (HERE / "static" / name).read_bytes()


def _utc(beijing: datetime) -> datetime:
    return beijing.replace(tzinfo=_BEIJING).astimezone(UTC)
