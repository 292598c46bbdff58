"""The reports of the sample: every body and year, with its address, its true and printed figures.

One report is one value; nothing here is markup. What differs between the editions of the portal
(the state before and after a silent edit) is decided here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from urllib.parse import urljoin, urlsplit, urlunsplit

from crawler.registry import Column
from crawler.sample.bodies import Body, Value, Year, bodies
from crawler.sample.errors import SampleError
from crawler.sample.figures import completed
from crawler.sample.traps import Trap, traps
from parsers.form import Form, forms

Place = tuple[str, str, str]
"""Table id, row id, column id."""


@dataclass(frozen=True, slots=True)
class Report:
    """One body's report on one year."""

    body: Body
    year: Year
    form: Form
    figures: Mapping[Place, Value]
    """The figures the body meant."""
    printed: Mapping[Place, str]
    """What its tables print, traps included."""
    trap: Trap | None

    @property
    def id(self) -> str:
        """Return the citable id, ``<agency>-<year>``."""
        return f"{self.body.agency.id}-{self.year.year}"

    @property
    def page(self) -> str:
        """Return what stands at the report's address, a word of ``traps.PAGES``."""
        return self.trap.page if self.trap else "report"

    @property
    def url(self) -> str:
        """Return the address on the body's own site, whether anything stands there or not."""
        folder = self.trap.folder if self.trap else ""
        return address(self.body.column, self.year.published.date(), self.year.serial, folder)

    @property
    def linked(self) -> str | None:
        """Return the address its list links to; none when nothing was published."""
        if self.page == "absent":
            return None
        if self.trap and self.trap.host:
            return urlunsplit(urlsplit(self.url)._replace(netloc=self.trap.host))
        return self.url

    def total(self, table: str, pattern: str, column: str = "total") -> int:
        """Return the sum of the true figures of the rows matching ``pattern`` in one column."""
        return sum(
            int(value)
            for (where, row, name), value in self.figures.items()
            if where == table and name == column and fnmatchcase(row, pattern)
        )


def address(column: Column, day: date, serial: int, folder: str = "") -> str:
    """Return the address an article gets, in the manner of the system that publishes it.

    TRS: month folder and ``tYYYYMMDD_number``; the reference design as Henan's vendor has it:
    ``YYYY/MM-DD/number``.
    """
    number = 400_000 + (day - date(2015, 1, 1)).days * 197 + serial
    if column.family == "trs":
        return urljoin(column.url, f"{folder}{day:%Y%m}/t{day:%Y%m%d}_{number}.html")
    return urljoin(column.url, f"{folder}{day:%Y/%m-%d}/{number}.html")


@cache
def reports(edition: int) -> tuple[Report, ...]:
    """Return every report as the given edition of the portal has it, body by body.

    Raises:
        SampleError: figures that do not fit the form, or a trap on a report that is not there.
    """
    found = tuple(_report(body, year, edition) for body in bodies() for year in body.years)
    if strays := traps().reports.keys() - {report.id for report in found}:
        raise SampleError(f"traps.toml: no such report: {', '.join(sorted(strays))}")
    return found


def _report(body: Body, year: Year, edition: int) -> Report:
    form = next(form for form in forms() if form.first_year <= year.year)
    trap = traps().reports.get(f"{body.agency.id}-{year.year}")
    figures: dict[Place, Value] = {
        (table.id, row, column): value
        for table in form.tables
        for (row, column), value in completed(table, year.tables[table.id]).items()
    }
    if trap and edition >= trap.edition:
        figures |= {_place(name, figures): value for name, value in trap.figures.items()}
    return Report(body, year, form, figures, _printed(figures, trap), trap)


def _printed(figures: Mapping[Place, Value], trap: Trap | None) -> dict[Place, str]:
    printed = {place: str(value) for place, value in figures.items()}
    if trap is None:
        return printed
    for pattern, text in trap.zeros.items():
        zeros = (place for place, value in figures.items() if value == 0)
        printed |= {place: text for place in zeros if fnmatchcase("/".join(place), pattern)}
    for name, text in trap.cells.items():
        place = _place(name, figures)
        printed[place] = str(int(figures[place]) + int(text)) if text.startswith("+") else text
    return printed


def _place(name: str, figures: Mapping[Place, Value]) -> Place:
    table, row, column = name.split("/")
    if (table, row, column) not in figures:
        raise SampleError(f"traps.toml: the form has no cell {name}")
    return table, row, column
