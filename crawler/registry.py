"""The registry: which sites may be archived, where their reports are listed, who owes one.

One TOML file per province, edited by hand and kept under version control. The loader is strict:
whatever it does not know, it refuses, with file, entry and what is allowed. It observes nothing;
what a crawl sees goes into the catalogue, never back into these files.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from archive.catalogue import AgencyRow, Catalogue, SiteRow
from crawler import entries
from crawler.entries import Agency, Column, Pace, Site
from crawler.errors import RegistryError

__all__ = ["Agency", "Column", "Pace", "Registry", "Site", "load", "mirror"]

_Entry = TypeVar("_Entry")


@dataclass(frozen=True, slots=True)
class Registry:
    """Every site and agency of the files loaded, in the order of the files."""

    sites: tuple[Site, ...]
    agencies: tuple[Agency, ...]

    def site_of(self, host: str) -> Site | None:
        """Return the site a host belongs to; none means: never fetch, keep the link as a lead."""
        return next((site for site in self.sites if host in site.hosts), None)


def load(paths: Iterable[Path]) -> Registry:
    """Load registry files, and all ``*.toml`` of registry folders.

    Raises RegistryError, naming file and entry, for the first thing that is not as it must be.
    """
    sites: dict[str, Site] = {}
    agencies: dict[str, Agency] = {}
    for file in _files(paths):
        declared = _declared(file)
        sites |= _each(file, "sites", declared, entries.site)
        agencies |= _each(file, "agencies", declared, entries.agency)
    _unique("id", ((site.id, where) for where, site in sites.items()))
    _unique("host", ((host, where) for where, site in sites.items() for host in site.hosts))
    _unique("id", ((agency.id, where) for where, agency in agencies.items()))
    _unique("name", ((_named(agency), where) for where, agency in agencies.items()))
    known_sites = {site.id for site in sites.values()}
    known_agencies = {agency.id for agency in agencies.values()}
    for where, agency in agencies.items():
        _known("site", agency.site, known_sites, where)
    for where, site in sites.items():
        for column in site.columns:
            _known("agency", column.agency, known_agencies, f"{where}, column {column.id}")
    return Registry(tuple(sites.values()), tuple(agencies.values()))


def mirror(registry: Registry, catalogue: Catalogue) -> None:
    """Copy the registry into the catalogue, so that the archive knows who owes a report."""
    catalogue.mirror_registry(
        (
            SiteRow(
                site.id, site.name, site.hosts, site.region, site.level, site.status, site.evidence
            )
            for site in registry.sites
        ),
        (
            AgencyRow(
                agency.id,
                agency.name,
                agency.aliases,
                agency.level,
                agency.kind,
                agency.division,
                agency.credit_code,
                agency.site,
                agency.owes_from,
                agency.owes_to,
                agency.evidence,
            )
            for agency in registry.agencies
        ),
    )


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(path.glob("*.toml"))
        elif path.is_file():
            yield path
        else:
            raise RegistryError(f"{path}: there is no such registry file or folder")


def _declared(file: Path) -> Mapping[str, Any]:
    try:
        declared = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RegistryError(f"{file}: {error}") from error
    for key in declared.keys() - {"sites", "agencies"}:
        raise RegistryError(f"{file}: unknown table {key}; allowed: [[sites]], [[agencies]]")
    return declared


def _each(
    file: Path, key: str, declared: Mapping[str, Any], read: Callable[[Mapping[str, Any]], _Entry]
) -> dict[str, _Entry]:
    """Read the entries of one kind, each under the words an error names it by."""
    tables = declared.get(key, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise RegistryError(f"{file}: {key} must be written as [[{key}]]")
    found: dict[str, _Entry] = {}
    for place, table in enumerate(tables, start=1):
        where = f"{file}: [[{key}]] {place} ({table.get('id', 'without id')})"
        try:
            found[where] = read(table)
        except RegistryError as error:
            raise RegistryError(f"{where}: {error}") from error
    return found


def _named(agency: Agency) -> str:
    return f"{agency.name} in division {agency.division}"


def _unique(what: str, claims: Iterable[tuple[str, str]]) -> None:
    claimed: dict[str, str] = {}
    for value, where in claims:
        if value in claimed:
            raise RegistryError(f"{where}: {what} {value} is taken by {claimed[value]}")
        claimed[value] = where


def _known(what: str, value: str | None, known: Collection[str], where: str) -> None:
    if value is not None and value not in known:
        raise RegistryError(f"{where}: unknown {what} {value}; allowed: {', '.join(sorted(known))}")
