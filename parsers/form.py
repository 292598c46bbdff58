"""The official form, loaded from ``parsers/forms/*.toml``: the only place that names its lines.

The recogniser, the database schema, the identities, the codebook and the Datasette metadata are
all made from what this module loads. It refuses to load a declaration that contradicts itself:
an equation or group that names an unknown line, a line declared twice, a missing translation.
It knows nothing of documents, databases or languages beyond the two in the files.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal, Protocol, TypeVar, cast

from parsers.errors import FormError

Axis = Literal["rows", "columns"]


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


_Line = TypeVar("_Line", bound=_HasId)


@dataclass(frozen=True, slots=True)
class Alias:
    """Another wording of a label, with the document that taught it."""

    zh: str
    seen: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of figures."""

    id: str
    zh: str
    en: str
    unit: str
    note: str = ""
    number: Literal["integer", "signed", "decimal"] = "integer"
    aliases: tuple[Alias, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the form; ``columns`` are the columns in which it prints a figure."""

    id: str
    zh: str
    en: str
    law: str
    columns: tuple[str, ...]
    number: str = ""
    note: str = ""
    aliases: tuple[Alias, ...] = ()

    @property
    def printed(self) -> str:
        """Return the label as the form prints it: numbering, wording, guidance."""
        return f"{self.number}{self.zh}{self.note}"


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that share a header line; only section two has more than one."""

    rows: tuple[Row, ...]
    columns: tuple[str, ...]
    caption: str = ""
    corner: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A heading the form prints across several rows or columns."""

    zh: str
    en: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Equation:
    """A sum the form states (``by="form"``) or implies by printing totals (``by="total"``).

    ``axis="columns"`` relates columns and holds in every row; ``axis="rows"`` relates rows and
    holds in every column. ``id`` is the id of the rule that checks it.
    """

    id: str
    zh: str
    en: str
    text: str
    axis: Axis
    left: tuple[str, ...]
    right: tuple[str, ...]
    by: Literal["form", "total"]


@dataclass(frozen=True, slots=True)
class Table:
    """One of the statistical tables; ``layout="across"`` prints its rows side by side."""

    id: str
    section: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    blocks: tuple[Block, ...]
    groups: tuple[Group, ...]
    column_groups: tuple[Group, ...]
    equations: tuple[Equation, ...]
    layout: Literal["down", "across"] = "down"

    @property
    def rows(self) -> tuple[Row, ...]:
        """Return every row in the order of the form."""
        return tuple(row for block in self.blocks for row in block.rows)

    def row(self, row_id: str) -> Row:
        """Return the row called ``row_id``; raise FormError when the table has none."""
        return _named(self.rows, row_id, self.id)

    def column(self, column_id: str) -> Column:
        """Return the column called ``column_id``; raise FormError when the table has none."""
        return _named(self.columns, column_id, self.id)

    @property
    def cells(self) -> tuple[tuple[str, str], ...]:
        """Return (row id, column id) of every figure the table asks for, in printed order."""
        return tuple((row.id, column) for row in self.rows for column in row.columns)


@dataclass(frozen=True, slots=True)
class Section:
    """One of the six sections of prose and tables (条例 Art. 50)."""

    number: str
    zh: str
    en: str
    aliases: tuple[Alias, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """One edition of the official form."""

    id: str
    document: str
    title_zh: str
    title_en: str
    first_year: int
    last_year: int | None
    issued: date | None
    sections: tuple[Section, ...]
    tables: tuple[Table, ...]

    def table(self, table_id: str) -> Table:
        """Return the table called ``table_id``; raise FormError when the form has none."""
        return _named(self.tables, table_id, self.id)


def _named(lines: Sequence[_Line], wanted: str, where: str) -> _Line:
    for line in lines:
        if line.id == wanted:
            return line
    raise FormError(f"{where}: no line is called {wanted!r}")


@cache
def forms() -> tuple[Form, ...]:
    """Return every edition, newest first.

    Raises:
        FormError: a form file contradicts itself; the message names file, table and entry.
    """
    folder = files("parsers") / "forms"
    sources = [entry for entry in folder.iterdir() if entry.name.endswith(".toml")]
    loaded = [load(entry.read_text(encoding="utf-8"), entry.name) for entry in sources]
    return tuple(sorted(loaded, key=lambda form: form.first_year, reverse=True))


def form(form_id: str) -> Form:
    """Return the edition called ``form_id`` (``"2021"``); raise FormError when there is none."""
    return _named(forms(), form_id, "parsers/forms")


def load(text: str, name: str) -> Form:
    """Build a Form from the text of a form file; ``name`` is used in messages.

    Raises:
        FormError: unknown key, missing key, unknown line in an equation or group, duplicate id.
    """
    try:
        raw = tomllib.loads(text)
        return Form(
            id=raw["id"],
            document=raw["document"],
            title_zh=raw["title_zh"],
            title_en=raw["title_en"],
            first_year=raw["first_year"],
            last_year=raw.get("last_year"),
            issued=raw.get("issued"),
            sections=tuple(Section(**_with_aliases(entry)) for entry in raw["sections"]),
            tables=tuple(_table(entry) for entry in raw["tables"]),
        )
    except (KeyError, TypeError, tomllib.TOMLDecodeError, FormError) as error:
        raise FormError(f"{name}: {error}") from error


def _with_aliases(entry: Mapping[str, Any]) -> dict[str, Any]:
    aliases = tuple(Alias(**alias) for alias in entry.get("aliases", ()))
    return {**entry, "aliases": aliases}


def _table(raw: Mapping[str, Any]) -> Table:
    columns = tuple(Column(**_with_aliases(entry)) for entry in raw["columns"])
    column_ids = _unique([column.id for column in columns], raw["id"])
    blocks = tuple(_block(entry, column_ids) for entry in raw["blocks"])
    row_ids = _unique([row.id for block in blocks for row in block.rows], raw["id"])
    return Table(
        id=raw["id"],
        section=raw["section"],
        zh=raw["zh"],
        en=raw["en"],
        layout=raw.get("layout", "down"),
        columns=columns,
        blocks=blocks,
        groups=tuple(_group(entry, "rows", row_ids) for entry in raw.get("groups", ())),
        column_groups=tuple(
            _group(entry, "columns", column_ids) for entry in raw.get("column_groups", ())
        ),
        equations=tuple(equation(entry, row_ids, column_ids) for entry in raw.get("equations", ())),
    )


def _unique(ids: list[str], where: str) -> tuple[str, ...]:
    twice = {line for line in ids if ids.count(line) > 1}
    if twice:
        raise FormError(f"table {where}: declared twice: {', '.join(sorted(twice))}")
    return tuple(ids)


def _block(raw: Mapping[str, Any], column_ids: tuple[str, ...]) -> Block:
    columns = tuple(raw["columns"])
    for column in columns:
        _expand(column, column_ids)
    rows = tuple(Row(columns=columns, **_with_aliases(entry)) for entry in raw["rows"])
    return Block(rows, columns, raw.get("caption", ""), raw.get("corner", ""))


def _group(raw: Mapping[str, Any], axis: Axis, ids: tuple[str, ...]) -> Group:
    members = tuple(line for name in raw[axis].split() for line in _expand(name, ids))
    return Group(raw["zh"], raw["en"], members)


def _expand(name: str, ids: tuple[str, ...]) -> tuple[str, ...]:
    """Return the line called ``name``, or for ``refused.*`` every line below ``refused``."""
    if name.endswith(".*"):
        found = tuple(line for line in ids if line.startswith(name[:-1]))
    else:
        found = (name,) if name in ids else ()
    if not found:
        raise FormError(f"no line is called {name!r}; there are: {', '.join(ids)}")
    return found


def equation(
    raw: Mapping[str, Any], row_ids: tuple[str, ...], column_ids: tuple[str, ...]
) -> Equation:
    """Build an equation from its entry; ``text`` reads ``"rows: total = a + b.*"``.

    Raises:
        FormError: the text has another shape or names an unknown line.
    """
    text, by = raw["text"], raw["by"]
    axis, colon, sides = text.partition(":")
    left, equals, right = sides.partition("=")
    if not colon or not equals or axis not in ("rows", "columns"):
        raise FormError(f"equation {text!r} is not of the shape 'rows: total = part + part'")
    if by not in ("form", "total"):
        raise FormError(f"equation {text!r}: by must be 'form' or 'total', not {by!r}")
    ids = row_ids if axis == "rows" else column_ids
    try:
        return Equation(
            id=raw["id"],
            zh=raw["zh"],
            en=raw["en"],
            text=sides.strip(),
            axis=cast(Axis, axis),
            left=_terms(left, ids),
            right=_terms(right, ids),
            by=by,
        )
    except FormError as error:
        raise FormError(f"equation {text!r}: {error}") from error


def _terms(side: str, ids: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(line for name in side.split("+") for line in _expand(name.strip(), ids))
