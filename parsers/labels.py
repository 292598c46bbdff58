"""Is this text that official label?

Labels are compared by a key: width, spacing, punctuation, guidance in brackets and the numbering
in front are left out, because portals change all of these and none of them tells two lines of the
form apart. What remains must be equal to the official wording or to an alias of the form file;
there is no fuzzy matching, so an unknown label stays unknown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from parsers.form import Alias, Column, Row, Table, form

# What stands before a label (Markdown hashes, a word processor's bookmark), Markdown's escapes, and
# footnote marks: NFKC would turn those into digits of the label. Then 一、 （三） 1. 5、
_DEBRIS = re.compile(r"\[bookmark:[^\]]{0,80}\]|^[#*>\s]+|\\|[①-⑳¹²³⁰-₉]")
_NUMBERING = re.compile(
    r"^(?:[(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[)][、.]?|"
    r"(?:[一二三四五六七八九十]{1,3}|\d{1,2})[、.,])"
)
_GUIDANCE = re.compile(r"[(][^()]*[)]|\[[^\[\]]*\]")
_NOT_LABEL = re.compile(r"\W|_")


@dataclass(frozen=True, slots=True)
class Label:
    """A text looked at as a label: its key and whether it carried a numbering."""

    key: str
    numbered: bool


@lru_cache(maxsize=1 << 16)
def label(text: str) -> Label:
    """Return the key of ``text``: ``"（三） 不予公开："`` and ``"不予公开"`` have the same."""
    plain = "".join(unicodedata.normalize("NFKC", _DEBRIS.sub("", text)).split())
    core = _NUMBERING.sub("", plain, count=1)
    # 本列数据… is all brackets: a key must not become empty because of its guidance.
    without = _GUIDANCE.sub("", core) or core
    return Label(_NOT_LABEL.sub("", without), core != plain)


def keys(line: Row | Column) -> tuple[str, ...]:
    """Return every key under which a row or column of the form may stand on a page."""
    return (label(line.zh).key, *_alias_keys(line.aliases))


def _alias_keys(aliases: Iterable[Alias]) -> tuple[str, ...]:
    return tuple(label(alias.zh).key for alias in aliases)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The labels of one table: keys to row ids and to column ids, and the headings over them."""

    table: Table
    cells: Mapping[str, tuple[tuple[str, str], ...]]
    """The cells of each row, in the form's order."""
    depths: Mapping[str, int]
    """How many headings stand over each row."""
    rows: Mapping[str, str]
    columns: Mapping[str, str]
    groups: Mapping[str, str]
    """Key of a heading over rows to the first of those rows."""
    headings: frozenset[str]
    """Keys of headings over columns, captions and corners."""

    def knows(self, key: str) -> bool:
        """Say whether ``key`` is any label of the table."""
        return any(key in named for named in (self.rows, self.columns, self.groups, self.headings))


@cache
def vocabularies(form_id: str) -> tuple[Vocabulary, ...]:
    """Return the labels of every table of an edition; by its id, for a form is long to hash."""
    return tuple(vocabulary(table) for table in form(form_id).tables)


def vocabulary(table: Table) -> Vocabulary:
    """Return the labels of ``table`` by key."""
    headings = (
        *(group.zh for group in table.column_groups),
        *(text for block in table.blocks for text in (block.caption, block.corner) if text),
    )
    return Vocabulary(
        table=table,
        cells={row.id: tuple((row.id, column) for column in row.columns) for row in table.rows},
        depths={
            row.id: sum(row.id in group.members for group in table.groups) for row in table.rows
        },
        rows={
            **{key: row.id for row in table.rows for key in keys(row)},
            **_with_headings(table),
        },
        columns={key: column.id for column in table.columns for key in keys(column)},
        groups={label(group.zh).key: group.members[0] for group in table.groups},
        headings=frozenset(label(text).key for text in headings),
    )


def _with_headings(table: Table) -> dict[str, str]:
    """Return the keys of rows whose heading stands in the same cell: （六）其他处理 3.其他."""
    return {
        label(f"{group.zh}{table.row(row).printed}").key: row
        for group in table.groups
        for row in group.members
    }


@cache
def section_keys(form_id: str) -> Mapping[str, str]:
    """Return key of heading to section number (一 … 六) in an edition."""
    return {
        key: section.number
        for section in form(form_id).sections
        for key in (label(section.zh).key, *_alias_keys(section.aliases))
    }
