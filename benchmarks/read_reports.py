"""Measure how many report pages a second are read, beside a tree alone made by BeautifulSoup.

    python benchmarks/read_reports.py --pages 200

Pages are generated in the manner of portals: nested layout tables, and in every cell the markup of
a word processor. The baseline does less than half the work (it builds the tree of the same page
with BeautifulSoup on lxml and reads nothing) and is measured in the same run, page by page in
turn, so that a busy machine slows both. Each page is checked: a figure misread is exit 1.
"""

import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import click
from bs4 import BeautifulSoup

from parsers import read
from parsers.form import Table, form

Made = TypeVar("Made")

PROSE = "<p style='text-indent:2em;line-height:28pt'><span>{}</span></p>\n".format(
    "全年通过门户网站公开信息，受理申请并按期答复，公开目录按季度核对。" * 6
)
CELL = (
    '<td{span}><p class="MsoNormal" align="center" style="mso-line-height-rule:exactly">'
    '<span style="font-size:9.0pt;font-family:宋体;color:#000">{text}<o:p></o:p></span></p></td>'
)


@click.command()
@click.option("--pages", default=100, show_default=True, help="Pages to read.")
def main(pages: int) -> None:
    """Read generated pages and print pages a second and the ratio to the baseline."""
    reading = building = 0.0
    bodies = [page(number) for number in range(pages)]
    for number, body in enumerate(bodies):
        seconds, found = timed(read, body)
        reading += seconds
        building += timed(lambda text: BeautifulSoup(text, "lxml"), body)[0]
        cells = (cell for sheet in found.sheets for cell in sheet.cells.values())
        if [cell.value for cell in cells] != list(figures(number)):
            raise click.ClickException(f"page {number} was misread; run the tests first")
    size = sum(map(len, bodies)) / pages / 1024
    click.echo(
        f"{pages / reading:.0f} pages a second read, {size:.0f} KB each; BeautifulSoup + lxml "
        f"builds {pages / building:.0f} trees a second: ratio {building / reading:.1f}"
    )


def timed(work: Callable[[bytes], Made], given: bytes) -> tuple[float, Made]:
    """Return the seconds ``work`` took on ``given``, and what it made."""
    start = time.process_time()
    made = work(given)
    return time.process_time() - start, made


def figures(number: int) -> Iterator[int]:
    """Yield the figures of page ``number`` in the form's order."""
    count = sum(len(table.cells) for table in form("2021").tables)
    return ((number * 31 + at * 7) % 500 for at in range(count))


def page(number: int) -> bytes:
    """Return page ``number``: the tables of the form among prose, in two layers of layout."""
    printed = map(str, figures(number))
    parts = [f"<h1>第{number}局2023年政府信息公开工作年度报告</h1>"]
    tables = {table.section: table for table in form("2021").tables}
    for section in form("2021").sections:
        parts.append(f"<p><b>{section.number}、{section.zh}</b></p>{PROSE * 3}")
        if section.number in tables:
            parts.append(grid(tables[section.number], printed))
    layout = "<table><tr><td>{}</td></tr></table>"
    body = layout.format(layout.format("\n".join(parts)))
    head = "<!DOCTYPE html><html><head><meta charset='utf-8'></head>"
    return f"{head}<body>{body}</body></html>".encode()


def grid(table: Table, printed: Iterator[str]) -> str:
    """Return a table as HTML, its rows below or beside each other as the form has them."""
    rows: list[list[str]] = []
    if table.layout == "across":
        rows.append([cell(row.zh, len(row.columns)) for row in table.rows])
        rows.append([cell(table.column(column).zh) for _, column in table.cells])
        rows.append([cell(next(printed)) for _ in table.cells])
    else:
        for block in table.blocks:
            rows.append([cell(block.corner), *(cell(table.column(c).zh) for c in block.columns)])
            for row in block.rows:
                rows.append([cell(row.printed), *(cell(next(printed)) for _ in row.columns)])
    return "<table>" + "".join(f"<tr>{''.join(row)}</tr>\n" for row in rows) + "</table>"


def cell(text: str, span: int = 1) -> str:
    """Return a cell as a word processor writes it."""
    return CELL.format(text=text, span=f' colspan="{span}"' if span > 1 else "")


if __name__ == "__main__":
    main()
