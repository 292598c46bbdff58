"""Which lines of a document are rows of the form, and under which header do they stand?

A line is a row of the form when one of its fields carries that row's official label and the
header in force names the columns the row asks for. What is not recognised is not found; a table
is never completed from its sums, its year or its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from parsers.alignment import Run
from parsers.form import Table
from parsers.header import Header
from parsers.labels import Vocabulary, label
from parsers.lines import Line
from parsers.sheet import State

NEAR = 4
"""Rows of the form that may be missing before 其他 or 总计, which mean nothing by themselves."""
HEADER_COLUMNS = 3
"""Column names that make a header where each of its lines names some: 总计 alone proves nothing."""


@dataclass(frozen=True, slots=True)
class Found:
    """A row of the form met in the document: the line, and its fields after the label.

    ``row`` is empty where one line of figures holds every row of the table.
    """

    row: str
    line: Line
    run: Run
    units: Mapping[str, str] = field(default_factory=dict)
    """Units of columns, where the header prints another than the form."""


def rows_of(lines: Sequence[Line], words: Vocabulary) -> tuple[list[Found], list[str]]:
    """Return the rows of a table among ``lines``, and the labels of rows it does not have."""
    table = words.table
    if table.layout == "across" and (beside := list(_across(lines, words))):
        return _printed(_in_their_section(beside, table)), []
    found = _in_their_section(list(_down(lines, words)), table)
    return found, list(_unknown(lines, found))


def _printed(found: list[Found]) -> list[Found]:
    """Leave out empty lines where another line has figures: they keep a distance."""
    return [hit for hit in found if hit.line.answers()] or found


def _in_their_section(found: list[Found], table: Table) -> list[Found]:
    """Leave out look-alikes: a row's line in the table's own section tells against others.

    Section one is prose; a table there shows something else, whatever its labels. Lines above
    every heading stay, for a page may print the report twice. Where the document prints no
    headings there is nothing to tell by.
    """
    own = {hit.row for hit in found if hit.line.section == table.section}
    return [
        hit
        for hit in found
        if hit.line.section in (None, table.section)
        or (hit.row not in own and hit.line.section != "一")
    ]


# ------------------------------------------------------------------ tables printed line by line


def _down(lines: Sequence[Line], words: Vocabulary) -> Iterator[Found]:
    """Yield the rows of a table that prints one row a line."""
    header = Header()
    section: str | None = None
    before = ""  # the row met last
    for number, line in enumerate(lines):
        if line.section != section:
            header, section = Header(), line.section
        hit = _label_in(line, words, before) or _wrapped(lines, number, words)
        if hit is None:
            header = header.close() if line.figures else header.then(line, words)
            continue
        header = header.close()
        row, at = hit
        before = row
        if _rules(header, _columns(row, words), line, words.table):
            yield Found(row, line, _run(row, line, at, header, words), header.units)


def _rules(header: Header, columns: Sequence[str], line: Line, table: Table) -> bool:
    """Say whether ``header`` is that of a row with these columns.

    Only in its own section may a table go without: broken over pages, it loses its header.
    """
    if len(table.blocks) > 1:
        return header.named.issuperset(columns)
    named = len(header.named.intersection(columns))
    own = line.section == table.section and table.layout == "down"
    lost = own and not header.lines and not header.strange
    return named >= HEADER_COLUMNS or lost


def _run(row: str, line: Line, at: int, header: Header, words: Vocabulary) -> Run:
    columns = _columns(row, words)
    return Run(
        line.fields[at + 1 :],
        len(columns),
        shape=(line.grid, at, words.depths[row]),
        widest=line.end == line.width,
        total_last=_is_total(columns[-1], words.table),
        after=line.fields[at].columns[1],
        ruler=header.ruler(columns, line),
        in_order=header.in_order,
    )


def _columns(row: str, words: Vocabulary) -> tuple[str, ...]:
    return tuple(column for _, column in words.cells[row])


def _is_total(column: str, table: Table) -> bool:
    return any(e.axis == "columns" and column in e.left for e in table.equations)


def _label_in(line: Line, words: Vocabulary, before: str) -> tuple[str, int] | None:
    """Return the row a line belongs to and where its label stands; the last label counts."""
    for at in range(len(line.keys) - 1, -1, -1):
        row = words.rows.get(line.keys[at])
        if row is None:
            continue
        shared = line.keys[at] in words.columns
        if shared and not (_heads_a_row(line, at) and _follows(row, before, words)):
            continue
        return (row, at) if line.answers(at + 1) or _is_blank(row, line, at, words) else None
    return None


def _wrapped(lines: Sequence[Line], number: int, words: Vocabulary) -> tuple[str, int] | None:
    """Return the row whose label begins in the line above, or ends in the line below.

    A label broken over lines is known only whole: both parts together are the official wording.
    """
    line = lines[number]
    if not line.figures or not line.words:
        return None
    at = max(i for i, state in enumerate(line.states) if state is State.NOT_A_NUMBER)
    part = line.fields[at].text
    for beside in lines[max(0, number - 1) : number], lines[number + 1 : number + 2]:
        if not beside or beside[0].figures or not beside[0].words:
            continue
        texts = [field.text for field in beside[0].fields if field.text]
        whole = part + texts[0] if beside[0] is not lines[number - 1] else texts[-1] + part
        if row := words.rows.get(label(whole).key):
            return row, at
    return None


def _follows(row: str, before: str, words: Vocabulary) -> bool:
    """Say whether ``row`` may come next: 9.其他 among the refusals is not 3.其他 of the form."""
    order = list(words.cells)
    return before in words.cells and 0 <= order.index(row) - order.index(before) <= NEAR


def _is_blank(row: str, line: Line, at: int, words: Vocabulary) -> bool:
    """Say whether a label without figures has room for them and is no heading of other labels."""
    enough = len(line.fields) - at > len(words.cells[row])
    return enough and not any(key and words.knows(key) for key in line.keys[at + 1 :])


def _heads_a_row(line: Line, at: int) -> bool:
    """Tell 其他 and 总计 as rows from 其他 and 总计 as columns."""
    return label(line.fields[at].text).numbered or line.answers(at + 1)


def _unknown(lines: Sequence[Line], found: Sequence[Found]) -> Iterator[str]:
    """Yield the words of lines with figures between the table's first and last known row."""
    known = {id(hit.line) for hit in found}
    own = [at for at, line in enumerate(lines) if id(line) in known]
    for line in lines[own[0] : own[-1]] if own else ():
        if id(line) not in known and line.figures:
            pairs = zip(line.fields, line.states, strict=True)
            yield " ".join(each.text for each, state in pairs if state is State.NOT_A_NUMBER)


# ------------------------------------------------------------------ the table printed as one line


def _across(lines: Sequence[Line], words: Vocabulary) -> Iterator[Found]:
    """Yield the lines of figures of a table whose rows stand side by side in one line.

    There should be one. More of them below one header are all yielded: they must say the same.
    """
    width = len(words.table.cells)
    header = Header()
    section: str | None = None
    for line in lines:
        if line.section != section:
            header, section = Header(), line.section
        if _counts(line, width):
            continue
        if _names_lines(line, words) or not _fills(line, header, width):
            header = Header() if line.answers() else header.then(line, words)
        elif not (header.closed and line.grid != header.lines[-1][0].grid):
            header = header.close()
            yield Found("", line, _run_across(line, header, words))


def _names_lines(line: Line, words: Vocabulary) -> bool:
    return any(key in words.columns or key in words.rows for key in line.keys)


def _fills(line: Line, header: Header, width: int) -> bool:
    """Say whether a line may hold the figures that ``header`` announces."""
    if len(header.named) < HEADER_COLUMNS:
        return False
    if not header.closed and line.answers() and line.words <= 1:
        return True
    return len(line.fields) >= width and (line.answers() or not line.words)


def _counts(line: Line, width: int) -> bool:
    """Say whether a line only numbers the columns: 1, 2, 3 and so on."""
    if line.figures != width:
        return False
    printed = [field.text for field in line.fields if field.text]
    return printed == [str(at) for at in range(1, width + 1)]


def _run_across(line: Line, header: Header, words: Vocabulary) -> Run:
    columns = tuple(column for _, column in words.table.cells)
    fields = line.fields
    if len(fields) > len(columns) and line.states[0] is State.NOT_A_NUMBER:
        fields = fields[1:]  # 件数
    return Run(
        fields,
        len(columns),
        shape=(line.grid,),
        widest=line.end == line.width,
        ruler=header.ruler(columns, line),
        in_order=header.in_order,
    )
