"""Is the table there, and is every cell of it a number?

These rules look at one reading's shape and never at what its numbers are. A table that is absent is
suspected of the document, not of the body, where the document shows signs of a copy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from archive.rules.model import Finding, Record, Suspect, named, rule
from archive.rules.provenance import looks_copied
from parsers.sheet import Cell, Sheet, State, TableState

_WITHOUT_NUMBER = (State.BLANK, State.DASH, State.NOT_A_NUMBER)


@rule(
    "table_missing",
    "法定统计表应在报告中",
    "Every statistical table of the form stands in the report",
    "error",
)
def table_missing(record: Record) -> Iterator[Finding]:
    """条例第五十条和国办格式要求三张统计表；报告中没有找到其中一张的任何一格。

    The Regulations (Art. 50) and the form ask for three tables; of this one no cell was found.
    Innocent when the table stands in an attachment of the page. Where the document shows signs of
    a copy (glosses, Traditional script, a foreign host) the copy lost it: the source is suspect.
    """
    if record.reading.refused:
        return
    suspect: Suspect = "source" if looks_copied(record) else "undecided"
    for sheet in record.reading.sheets:
        if sheet.state is TableState.MISSING:
            yield Finding(
                "fails",
                f"Section {sheet.table.section}, “{sheet.table.zh}”: no cell of the table found",
                f"第{sheet.table.section}部分“{sheet.table.zh}”：没有找到统计表",
                subject=sheet.table.id,
                suspect=suspect,
            )


@rule(
    "table_is_picture",
    "统计表应为文字，不应为图片",
    "A statistical table is text, not a picture",
    "error",
)
def table_is_picture(record: Record) -> Iterator[Finding]:
    """统计表的位置上只有图片，图片中的数字未被读取。

    Where the table should be there are only pictures; their figures are not read. The picture's
    address is the evidence.
    """
    for sheet in record.reading.sheets:
        if sheet.state is TableState.IMAGE:
            sources = "、".join(sheet.pictures)
            yield Finding(
                "fails",
                f"Section {sheet.table.section}: the table is a picture ({sources})",
                f"第{sheet.table.section}部分的统计表是图片（{sources}）",
                subject=sheet.table.id,
                suspect="source",
            )


@rule("figure_unplaced", "每个数字都能归位", "Every printed figure can be placed", "warning")
def figure_unplaced(record: Record) -> Iterator[Finding]:
    """一行中有数字，但列数对不上，无法确定属于哪一列；宁缺毋猜，该行不取数。

    A row prints figures that cannot be assigned to columns: fewer or more than the form has and no
    grid to tell, or the row printed twice with different figures. No value is taken.
    """
    for _sheet, row, cells in _rows(record):
        lost = [cell for cell in cells if cell.state is State.AMBIGUOUS]
        if lost:
            yield Finding(
                "cannot_tell",
                f"“{row}”: the printed figures “{lost[0].printed}” cannot be placed",
                f"“{row}”：印出的数字“{lost[0].printed}”无法归入各列",
                cells=tuple(named(cell) for cell in lost),
                suspect="extraction",
            )


@rule("row_not_found", "表中各行齐全", "Every row of a table is there", "warning")
def row_not_found(record: Record) -> Iterator[Finding]:
    """统计表在，但缺少其中一行或几格。

    The table is there, but this row or some of its cells are not. Bodies leave out rows, and
    tables broken over pages lose them: look at the capture.
    """
    for sheet, row, cells in _rows(record):
        lost = [cell for cell in cells if cell.state is State.NOT_FOUND]
        if lost and sheet.state is TableState.PARTIAL:
            yield Finding(
                "cannot_tell",
                f"“{row}”: not found in the table",
                f"“{row}”：表中没有找到",
                cells=tuple(named(cell) for cell in lost),
            )


@rule("cell_without_number", "每一格都填数字", "Every cell holds a number", "notice")
def cell_without_number(record: Record) -> Iterator[Finding]:
    """空白、“/”、“—”和文字都不是 0：照原样记录，不取数。

    Blanks, slashes, dashes and words are not zero: they are kept as printed and no value is
    taken. Many bodies leave cells blank where nothing happened; the form does not say so.
    """
    for sheet in record.reading.sheets:
        empty = [cell for cell in sheet.cells.values() if cell.state in _WITHOUT_NUMBER]
        if empty:
            kinds = Counter(f"“{cell.printed}”" if cell.printed else "空白" for cell in empty)
            printed = "、".join(f"{kind} {count} 格" for kind, count in kinds.items())
            yield Finding(
                "fails",
                f"Section {sheet.table.section}: {len(empty)} cells without a number ({printed})",
                f"第{sheet.table.section}部分：{len(empty)} 格没有数字（{printed}）",
                cells=tuple(named(cell) for cell in empty),
                subject=sheet.table.id,
                suspect="source",
            )


@rule("figure_not_printed", "数字都是印出来的", "Every figure was printed", "notice")
def figure_not_printed(record: Record) -> Iterator[Finding]:
    """一行的六格都是 0，末尾的“总计”落在表格边界之外没有印出，按 0 记录并标明。

    Six cells of the row print 0 and the seventh, the total, fell off the edge of the grid. It is
    taken as 0 and marked: this is the one place where a figure is concluded and not read.
    """
    for _sheet, row, cells in _rows(record):
        concluded = [cell for cell in cells if not cell.certain]
        if concluded:
            yield Finding(
                "cannot_tell",
                f"“{row}”: the total was cut off beside six zeros and is taken as 0",
                f"“{row}”：总计被截去，因其余六格均为 0 而记为 0",
                cells=tuple(named(cell) for cell in concluded),
                suspect="extraction",
            )


@rule("unknown_row", "表中没有表格以外的行", "A table has no rows beyond the form", "notice")
def unknown_row(record: Record) -> Iterator[Finding]:
    """统计表中有国办格式以外的行，其数字未采用。

    The table prints a row that the form does not have; its figures are not taken.
    """
    for label in dict.fromkeys(record.reading.unknown_rows):
        yield Finding(
            "fails",
            f"A row the form does not have: “{label}”",
            f"格式以外的行：“{label}”",
            subject=label,
            suspect="source",
        )


def _rows(record: Record) -> Iterator[tuple[Sheet, str, list[Cell]]]:
    for sheet in record.reading.sheets:
        if sheet.cells:
            for row in sheet.table.rows:
                yield sheet, row.zh, [sheet.cells[row.id, column] for column in row.columns]
