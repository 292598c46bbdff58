"""The invented bodies: who they are from the registry, what they report from ``bodies/*.toml``.

A body's file holds only what its form does not let one compute: totals and carry-overs are worked
out in ``figures``. Loading refuses a file that disagrees with the registry; it renders nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from crawler.registry import Agency, Column, Registry, Site, load
from crawler.sample.errors import SampleError

HERE = Path(__file__).parent

Value = int | Decimal | str
"""A figure; text only where the form wants the amount printed with its unit."""


@dataclass(frozen=True, slots=True)
class Year:
    """One year of one body, by table: row id to figures in the order of the form's columns."""

    year: int
    published: datetime
    """Beijing time, as the page prints it."""
    serial: int
    """The running number of the document in the body's index of that year."""
    tables: Mapping[str, Mapping[str, Sequence[Value]]]
    said: Mapping[str, int]
    """Figures only the prose mentions."""


@dataclass(frozen=True, slots=True)
class Body:
    """One body, the column that lists its reports, and the habits of whoever writes them."""

    agency: Agency
    site: Site
    column: Column
    dress: str
    """How tables are pasted: ``clean``, ``word`` or ``nested``."""
    points: str
    """How the points of section one are numbered; a key of ``numbering`` in ``prose.toml``."""
    heading: int
    """Which of the form's wordings heads a section: 0 the official one, else the nth alias."""
    signed: bool
    words: Mapping[str, Any]
    years: tuple[Year, ...]


@cache
def sample_registry() -> Registry:
    """Return the registry of the sample, as the crawler loads it."""
    return load([HERE / "sites"])


@cache
def bodies() -> tuple[Body, ...]:
    """Return every body that publishes, in the order of the registry.

    Raises:
        SampleError: a file names a body or column the registry does not have.
    """
    sources = {path: _declared(path) for path in sorted((HERE / "bodies").glob("*.toml"))}
    found = [_body(raw, path.name) for path, raw in sources.items()]
    order = [agency.id for agency in sample_registry().agencies]
    return tuple(sorted(found, key=lambda body: order.index(body.agency.id)))


def _declared(path: Path) -> Mapping[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


def _body(raw: Mapping[str, Any], where: str) -> Body:
    registry = sample_registry()
    agency = next((one for one in registry.agencies if one.id == raw["agency"]), None)
    site = next((one for one in registry.sites if agency and one.id == agency.site), None)
    column = next((one for one in site.columns if one.id == raw["column"]), None) if site else None
    if agency is None or site is None or column is None:
        raise SampleError(f"{where}: no agency {raw['agency']!r} with a column {raw['column']!r}")
    return Body(
        agency=agency,
        site=site,
        column=column,
        dress=raw["dress"],
        points=raw["points"],
        heading=raw["heading"],
        signed=raw["signed"],
        words=raw["words"],
        years=tuple(_year(entry) for entry in raw["years"]),
    )


def _year(raw: Mapping[str, Any]) -> Year:
    tables = {key: raw[key] for key in ("proactive", "applications", "remedies")}
    return Year(raw["year"], raw["published"], raw["serial"], tables, raw["said"])
