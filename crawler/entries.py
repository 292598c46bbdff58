"""One entry of a registry file, read strictly: a site with its columns, or an agency.

Every function takes a table as TOML gave it and returns a frozen record or raises RegistryError
with the key, what was found and what is allowed; ``crawler/registry.py`` adds file and entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from crawler.errors import RegistryError
from crawler.families import FAMILY_NAMES
from crawler.lead import canonical, host_of

LEVELS = ("central", "province", "city", "county", "township")
STATUSES = ("active", "unverified", "closed", "moved", "hijacked", "refused", "unreachable")
KINDS = ("government", "department", "township", "zone", "other")

FIRST_YEAR = 2008
"""The Regulations on disclosure took effect on 1 May 2008; no report is older."""

DELAY_FLOOR = 1.0
"""Seconds. No real host is asked faster, whatever a registry says."""

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_DIVISION = re.compile(r"\d{6}(?:\d{3})?")
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a site is asked."""

    delay: float
    """Seconds between the end of one exchange and the next request."""
    max_per_day: int


@dataclass(frozen=True, slots=True)
class Column:
    """A page that lists annual reports, and the system that wrote it."""

    id: str
    family: str
    url: str
    agency: str | None
    """The body all reports here belong to; none when the page lists many bodies."""


@dataclass(frozen=True, slots=True)
class Site:
    """A government site: the only hosts a report may be archived from."""

    id: str
    name: str
    hosts: tuple[str, ...]
    region: str
    level: str
    status: str
    pace: Pace
    evidence: str
    columns: tuple[Column, ...]
    exception: str
    """Why a host that does not end in .gov.cn is this government's; empty when all do."""


@dataclass(frozen=True, slots=True)
class Agency:
    """A body that owes a report every year."""

    id: str
    name: str
    aliases: tuple[str, ...]
    site: str | None
    level: str
    kind: str
    division: str
    credit_code: str | None
    owes_from: int
    owes_to: int | None
    """The last year a report is owed; none while the body exists."""
    evidence: str


def site(table: Mapping[str, Any]) -> Site:
    """Read one ``[[sites]]`` entry."""
    _only(
        table,
        ("id", "name", "hosts", "region", "level", "status", "pace", "evidence"),
        ("columns", "exception"),
    )
    hosts = tuple(
        _shaped(host, "hosts", _HOST, "host names in small letters")
        for host in _texts(table, "hosts")
    )
    exception = _text(table, "exception") if "exception" in table else ""
    if not hosts:
        raise RegistryError("hosts is empty; a site needs at least one host")
    if not exception and not all(host.endswith((".gov.cn", ".example")) for host in hosts):
        raise RegistryError(
            f"hosts {', '.join(hosts)}: a host ends in .gov.cn, or the entry "
            'says why it is this government\'s in exception = "…"'
        )
    status = _choice(table, "status", STATUSES)
    columns = tuple(_column(entry, hosts) for entry in _tables(table, "columns"))
    _distinct("column id", (column.id for column in columns))
    if status == "active" and not columns:
        raise RegistryError('status is "active" but there is no [[sites.columns]] to crawl')
    return Site(
        id=_shaped(_text(table, "id"), "id", _SLUG, "small letters, digits and single hyphens"),
        name=_text(table, "name"),
        hosts=hosts,
        region=_shaped(
            _text(table, "region"), "region", _DIVISION, "6 digits, or 9 for a township"
        ),
        level=_choice(table, "level", LEVELS),
        status=status,
        pace=_pace(table["pace"], hosts),
        evidence=_text(table, "evidence"),
        columns=columns,
        exception=exception,
    )


def agency(table: Mapping[str, Any]) -> Agency:
    """Read one ``[[agencies]]`` entry."""
    _only(
        table,
        ("id", "name", "aliases", "level", "kind", "division", "owes", "evidence"),
        ("site", "credit_code"),
    )
    first, last = _owes(table["owes"])
    name, aliases = _text(table, "name"), _texts(table, "aliases")
    _distinct("name or alias", (name, *aliases))
    return Agency(
        id=_shaped(_text(table, "id"), "id", _SLUG, "small letters, digits and single hyphens"),
        name=name,
        aliases=aliases,
        site=_text(table, "site") if "site" in table else None,
        level=_choice(table, "level", LEVELS),
        kind=_choice(table, "kind", KINDS),
        division=_shaped(
            _text(table, "division"), "division", _DIVISION, "6 digits, or 9 for a township"
        ),
        credit_code=_credit_code(table.get("credit_code", "")),
        owes_from=first,
        owes_to=last,
        evidence=_text(table, "evidence"),
    )


def _column(table: Mapping[str, Any], hosts: Sequence[str]) -> Column:
    _only(table, ("id", "family", "url"), ("agency",))
    url = canonical(_text(table, "url"))
    if url is None or host_of(url) not in hosts:
        raise RegistryError(
            f"column url {table['url']!r} is not an http(s) address on the "
            f"site's hosts: {', '.join(hosts)}"
        )
    return Column(
        id=_shaped(
            _text(table, "id"), "column id", _SLUG, "small letters, digits and single hyphens"
        ),
        family=_choice(table, "family", FAMILY_NAMES),
        url=url,
        agency=_text(table, "agency") if "agency" in table else None,
    )


def _pace(table: object, hosts: Sequence[str]) -> Pace:
    if not isinstance(table, dict):
        raise RegistryError("pace must be { delay = seconds, max_per_day = requests }")
    _only(table, ("delay", "max_per_day"), ())
    delay, most = table["delay"], table["max_per_day"]
    floor = 0.0 if all(host.endswith(".example") for host in hosts) else DELAY_FLOOR
    if type(delay) not in (int, float) or not floor <= delay <= 3600:
        raise RegistryError(f"pace.delay is {delay!r}; allowed: {floor} to 3600 seconds")
    if type(most) is not int or most < 1:
        raise RegistryError(f"pace.max_per_day is {most!r}; allowed: a whole number from 1")
    return Pace(float(delay), most)


def _owes(value: object) -> tuple[int, int | None]:
    years: list[Any] = value if isinstance(value, list) else [value]
    if not all(type(year) is int and FIRST_YEAR <= year < 2100 for year in years):
        raise RegistryError(f"owes is {value!r}; allowed: years from {FIRST_YEAR}")
    if len(years) == 1:
        return years[0], None
    if len(years) == 2 and years[0] <= years[1]:
        return years[0], years[1]
    raise RegistryError(f"owes is {value!r}; allowed: a first year, or [first, last]")


def _credit_code(value: object) -> str | None:
    """Check a 统一社会信用代码 against its last character (GB 32100-2015)."""
    if value == "":
        return None
    if isinstance(value, str) and len(value) == 18 and set(value) <= set(_CREDIT_ALPHABET):
        digits = [_CREDIT_ALPHABET.index(character) for character in value]
        if sum(digit * pow(3, place, 31) for place, digit in enumerate(digits[:17])) % 31 == (
            -digits[17] % 31
        ):
            return value
    raise RegistryError(
        f"credit_code {value!r} is not a 统一社会信用代码: 18 characters whose "
        "last one checks the others (GB 32100-2015)"
    )


def _only(table: Mapping[str, Any], needed: Sequence[str], optional: Sequence[str]) -> None:
    for key in table:
        if key not in needed and key not in optional:
            raise RegistryError(f"unknown key {key}; allowed: {', '.join((*needed, *optional))}")
    for key in needed:
        if key not in table:
            raise RegistryError(f"{key} is missing; needed: {', '.join(needed)}")


def _text(table: Mapping[str, Any], key: str) -> str:
    value = table[key]
    if not isinstance(value, str) or not value.strip() or value != value.strip():
        raise RegistryError(f"{key} is {value!r}; allowed: text, without spaces around it")
    return value


def _texts(table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    values = table[key]
    if not isinstance(values, list):
        raise RegistryError(f"{key} is {values!r}; allowed: a list of texts")
    return tuple(_text({key: value}, key) for value in values)


def _tables(table: Mapping[str, Any], key: str) -> Iterable[Mapping[str, Any]]:
    values = table.get(key, [])
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise RegistryError(f"{key} must be written as [[sites.{key}]]")
    return cast("list[Mapping[str, Any]]", values)


def _choice(table: Mapping[str, Any], key: str, allowed: Sequence[str]) -> str:
    value = table[key]
    if value not in allowed:
        raise RegistryError(f"{key} is {value!r}; allowed: {', '.join(allowed)}")
    return cast("str", value)


def _shaped(value: str, key: str, shape: re.Pattern[str], allowed: str) -> str:
    if not shape.fullmatch(value):
        raise RegistryError(f"{key} is {value!r}; allowed: {allowed}")
    return value


def _distinct(what: str, values: Iterable[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise RegistryError(f"{what} {value!r} is used twice")
        seen.add(value)
