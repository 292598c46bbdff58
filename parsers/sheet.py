"""What was read: cells, sheets and the whole reading of one document.

Values only, no behaviour beyond looking things up. A value is never made here: a cell without a
printed number has none, whatever its neighbours say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from parsers.document import Place
from parsers.form import Form, Table


class State(StrEnum):
    """What stood in a cell. Only ``NUMBER`` comes with a value."""

    NUMBER = "number"
    BLANK = "blank"
    DASH = "dash"
    NOT_A_NUMBER = "not_a_number"
    NOT_FOUND = "not_found"
    AMBIGUOUS = "ambiguous"


class TableState(StrEnum):
    """How much of a table was found: every cell, some, none, or a picture in its place."""

    READ = "read"
    PARTIAL = "partial"
    MISSING = "missing"
    IMAGE = "image"


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of the form as the document prints it."""

    table: str
    row: str
    column: str
    printed: str
    """The text on the page, untouched; empty when the cell was blank or not found."""
    value: int | Decimal | None
    """The number meant, or None when no number was printed. Never 0 for a blank."""
    state: State
    unit: str = ""
    """The unit printed in the cell ("元", "万"), or over it where the form's is another."""
    place: Place | None = None
    certain: bool = True
    """False when the value is concluded from a cut-off row of zeros, not printed: it is flagged."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of the form, filled in; every cell the form asks for is there."""

    table: Table
    state: TableState
    cells: Mapping[tuple[str, str], Cell]
    pictures: tuple[str, ...] = ()
    """Sources of the pictures found where the table should be (state ``image``)."""

    def value(self, row: str, column: str) -> int | Decimal | None:
        """Return the number printed at ``row`` and ``column``, None when there is none."""
        return self.cells[row, column].value


@dataclass(frozen=True, slots=True)
class SectionText:
    """One statutory section: its number (一 … 六), heading as printed, and prose."""

    number: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Signs:
    """What the text shows of its own history; evidence for provenance rules, never a judgement."""

    traditional: float = 0.0
    """Share of Han characters that are Traditional forms, 0 to 1."""
    glosses: int = 0
    """Pronunciations in brackets after a character, removed for reading."""
    hosts: tuple[str, ...] = ()
    """Host names printed in the text."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything read from one document.

    ``refused`` is None, or the word of ``parsers.formats.REASONS`` for why nothing was read; then
    every other field is empty.
    """

    title: str | None = None
    publisher: str | None = None
    year: int | None = None
    form: Form | None = None
    sheets: tuple[Sheet, ...] = ()
    sections: tuple[SectionText, ...] = ()
    signs: Signs = Signs()
    unknown_rows: tuple[str, ...] = ()
    """Labels in the statistical tables that the form does not have."""
    published: str | None = None
    """The date the page or its signature gives, ISO 8601, when there is one."""
    format: str = ""
    charset: str = ""
    refused: str | None = None
    refused_detail: str = ""

    def sheet(self, table: str) -> Sheet | None:
        """Return the sheet of ``table``, None when no form was recognised."""
        return next((sheet for sheet in self.sheets if sheet.table.id == table), None)
