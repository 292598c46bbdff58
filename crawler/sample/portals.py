"""The portals around the reports: how each looks, what its lists hold, what it fences off.

Data only (``portals.toml`` and the registry); ``pages`` makes the bytes.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urljoin, urlsplit

from crawler.registry import Column, Site
from crawler.sample.bodies import HERE, sample_registry
from crawler.sample.errors import SampleError
from crawler.sample.prose import title
from crawler.sample.reports import Report, address
from crawler.sample.traps import Notice, traps


@dataclass(frozen=True, slots=True)
class Shelf:
    """A column of a portal: what the registry says of it, and what the portal calls it."""

    column: Column
    title: str

    @property
    def path(self) -> str:
        """Return the path of the column on its host, with the trailing slash."""
        return urlsplit(self.column.url).path


@dataclass(frozen=True, slots=True)
class Portal:
    """One host of the sample; ``disallow`` is None where there is no robots.txt."""

    site: Site
    theme: str
    code: str
    organiser: str
    page_size: int
    disallow: tuple[str, ...] | None
    shelves: tuple[Shelf, ...]

    @property
    def host(self) -> str:
        """Return the host the portal is served under."""
        return self.site.hosts[0]

    @property
    def root(self) -> str:
        """Return the address of the home page."""
        return f"http://{self.host}/"

    @property
    def refuses(self) -> bool:
        """Tell whether every page of this portal is a challenge."""
        return any(refusal.site == self.site.id for refusal in traps().refusals)


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row of a list: a link as the portal's system writes it, a title, a date."""

    url: str
    title: str
    published: datetime
    base: str
    """The address of the list's folder, which TRS links start from."""

    @property
    def day(self) -> str:
        """Return the date as lists print it."""
        return f"{self.published:%Y-%m-%d}"

    @property
    def path(self) -> str:
        """Return the link as the reference design writes it: from the root, or absolute."""
        here, there = urlsplit(self.base), urlsplit(self.url)
        return there.path if there.netloc == here.netloc else self.url

    @property
    def relative(self) -> str:
        """Return the link as TRS writes it: from the folder of the list, or absolute."""
        return (
            f"./{self.url.removeprefix(self.base)}" if self.url.startswith(self.base) else self.url
        )


@cache
def portals() -> tuple[Portal, ...]:
    """Return every portal.

    Raises:
        SampleError: a portal or column the registry does not have, or the reverse.
    """
    raw = tomllib.loads((HERE / "portals.toml").read_text(encoding="utf-8"))["portals"]
    sites = {site.id: site for site in sample_registry().sites}
    if sites.keys() != {entry["site"] for entry in raw}:
        raise SampleError("portals.toml: its sites are not those of the registry")
    return tuple(_portal(entry, sites[entry["site"]]) for entry in raw)


def _portal(raw: Mapping[str, Any], site: Site) -> Portal:
    if raw["columns"].keys() != {column.id for column in site.columns}:
        raise SampleError(f"portals.toml, {site.id}: its columns are not those of the registry")
    return Portal(
        site=site,
        theme=raw["theme"],
        code=raw["code"],
        organiser=raw["organiser"],
        page_size=raw["page_size"],
        disallow=tuple(raw["disallow"]) if "disallow" in raw else None,
        shelves=tuple(Shelf(column, raw["columns"][column.id]) for column in site.columns),
    )


def notices(portal: Portal, shelf: Shelf) -> Iterator[tuple[str, Notice]]:
    """Yield the pages of a column that are no reports, each with its address."""
    for notice in traps().notices:
        if (notice.site, notice.column) == (portal.site.id, shelf.column.id):
            yield address(shelf.column, notice.published.date(), notice.serial), notice


def rows(portal: Portal, shelf: Shelf, found: Sequence[Report]) -> list[ListRow]:
    """Return the rows of a column, newest first."""
    base = shelf.column.url
    here = [report for report in found if report.body.column == shelf.column]
    linked = [
        ListRow(url, title(report), report.year.published, base)
        for report in here
        if (url := report.linked) is not None
    ]
    others = [
        ListRow(url, notice.title, notice.published, base) for url, notice in notices(portal, shelf)
    ]
    return sorted((*linked, *others), key=lambda row: (row.published, row.url), reverse=True)


def list_url(shelf: Shelf, number: int) -> str:
    """Return the address of page ``number`` (from 1) of a column, as its system numbers pages.

    TRS calls the second page ``index_1.html``, the reference design here ``index_2.html``.
    """
    if number == 1:
        return shelf.column.url
    place = number - 1 if shelf.column.family == "trs" else number
    return urljoin(shelf.column.url, f"index_{place}.html")
