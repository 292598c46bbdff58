"""One reading on a terminal, drawn as the page shows it: the filled-in form and what is flagged.

For people only; machines take ``--json``. Zeros are quiet, blanks visibly blank, flagged cells
marked. It decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table as Drawing
from rich.text import Text

from archive.rules.model import CellName, Flag
from parsers.form import Block, Row
from parsers.formats import REASONS
from parsers.sheet import Cell, Reading, Sheet, State, TableState

STATES = {
    TableState.READ: "已读",
    TableState.PARTIAL: "部分读出",
    TableState.MISSING: "没有找到",
    TableState.IMAGE: "是图片",
}
MARKS = {
    State.BLANK: "␣",
    State.NOT_FOUND: "∅",
    State.AMBIGUOUS: "?",
}
NARROW, WIDE = 4, 8
"""Widths of a column of small figures: seven must leave room for the labels of section three."""
COLOURS = {"error": "red", "warning": "yellow", "notice": "cyan"}


def show(console: Console, file: str, reading: Reading, flags: Iterable[Flag]) -> None:
    """Print the reading of ``file`` with its flags."""
    if reading.refused:
        why = Text(f"{REASONS[reading.refused]} {reading.refused_detail}")
        console.print(Panel(Group(Text(file, "dim"), why), border_style="red"))
        return
    listed = tuple(flags)
    marked = {cell for flag in listed for cell in flag.finding.cells}
    console.print(Panel(Group(Text(file, "dim"), _head(reading)), border_style="bright_black"))
    for sheet in reading.sheets:
        console.print(_sheet(sheet, marked))
    for section in reading.sections:
        first = section.text.partition("\n")[0]
        console.print(Text(section.heading, style="bold"), Text(f"  {first[:76]}", style="dim"))
    for flag in listed:
        console.print(_flag(flag))


def _head(reading: Reading) -> Text:
    form = reading.form.document if reading.form else "未认出统计表"
    return Text(
        f"{reading.title or '（没有标题）'}\n"
        f"机关 {reading.publisher or '？'} · 年度 {reading.year or '？'} · {form}"
    )


def _sheet(sheet: Sheet, marked: set[CellName]) -> RenderableType:
    title = Text(f"{sheet.table.section}、{sheet.table.zh}（{STATES[sheet.state]}）", style="bold")
    if sheet.state in (TableState.MISSING, TableState.IMAGE) or not sheet.cells:
        return title
    draw = _across if sheet.table.layout == "across" else _down
    return Group(title, *draw(sheet, marked))


def _down(sheet: Sheet, marked: set[CellName]) -> Iterator[Drawing]:
    """Draw a table that prints its rows one below the other, one drawing a block."""
    for block in sheet.table.blocks:
        drawing = _drawing(block.caption, _corner(block), sheet, block.rows, block.columns)
        for row in block.rows:
            for group in sheet.table.groups:
                if group.members[0] == row.id:
                    drawing.add_row(Text(group.zh, style="italic"))
            cells = [_cell(sheet.cells[row.id, column], marked) for column in row.columns]
            drawing.add_row(f"{row.number}{row.zh}", *cells)
        yield drawing


def _corner(block: Block) -> str:
    return block.corner if len(block.corner) < 10 else ""


def _across(sheet: Sheet, marked: set[CellName]) -> Iterator[Drawing]:
    """Draw the table that prints its rows side by side: one drawing, one line for each row."""
    columns = tuple(column.id for column in sheet.table.columns)
    drawing = _drawing("", "", sheet, sheet.table.rows, columns)
    for row in sheet.table.rows:
        drawing.add_row(row.zh, *(_cell(sheet.cells[row.id, column], marked) for column in columns))
    yield drawing


def _drawing(
    caption: str, corner: str, sheet: Sheet, rows: Iterable[Row], columns: Sequence[str]
) -> Drawing:
    drawing = Drawing(title=caption or None, title_justify="left", header_style="none")
    drawing.add_column(corner, overflow="fold")
    listed = tuple(rows)
    for column in columns:
        name = sheet.table.column(column)
        figures = (_text(sheet.cells[row.id, column]) for row in listed)
        # A figure is never broken in two: 1204 must not stand there as 120 and 4.
        widest = min(max(map(cell_len, figures)), WIDE * 2)
        width = max(NARROW if len(columns) > 5 else WIDE, widest)
        heading = f"{name.zh}{name.note}"
        drawing.add_column(
            heading, justify="right", overflow="fold", min_width=widest, max_width=width
        )
    return drawing


def _text(cell: Cell) -> str:
    return MARKS.get(cell.state) or cell.printed or str(cell.value)


def _cell(cell: Cell, marked: set[CellName]) -> Text:
    quiet = cell.state in MARKS or cell.value == 0
    text = Text(_text(cell), style="dim" if quiet else "bold")
    if CellName(cell.table, cell.row, cell.column) in marked:
        text.stylize("reverse")
    return text


def _flag(flag: Flag) -> Text:
    text = Text(f"⚑ {flag.finding.message_zh} ", style=COLOURS[flag.severity])
    return text.append(f"[{flag.rule} · {flag.finding.verdict} · {flag.finding.suspect}]", "dim")
