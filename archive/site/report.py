"""The page of one report: prose and tables in the order of the form, and where they come from."""

from __future__ import annotations

import json
from collections.abc import Iterable

from datasette import Response
from datasette.app import Datasette
from datasette.utils.asgi import Request

from archive.schema import sheet_tables, sql_name
from archive.site.page import Row, missing, named, rows, show
from archive.site.sheets import Place, Printed, spreads
from archive.site.words import form_or_newest, place_name
from parsers.form import Form

REPORT = """
SELECT r.*, a.name, a.level, v.format, v.charset, v.content, v.first_seen, v.last_seen,
       v.publisher, v.proactive, v.applications, v.remedies,
       c.at, c.host, c.digest, c.file, c.offset, c.kind AS capture_kind, c.size
FROM reports r JOIN agencies a ON a.id = r.agency JOIN captures c ON c.id = r.capture
JOIN versions v ON v.report = r.id AND v.number = r.version WHERE r.id = :id
"""

YEARS = "SELECT id, year FROM reports WHERE agency = :agency ORDER BY year"

SECTIONS = "SELECT number, heading, text FROM sections WHERE report = :id ORDER BY id"

REMARKS = 'SELECT sheet, row, "column", state, printed FROM remarks WHERE report = :id'

FLAGS = """
SELECT f.*, u.title_zh FROM flags f JOIN rules u ON u.id = f.rule WHERE f.report = :id
ORDER BY f.verdict DESC,
  CASE f.severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, u.rowid, f.rowid
"""

VERSIONS = "SELECT * FROM versions WHERE report = :id ORDER BY number DESC"

CHANGES = "SELECT * FROM changes WHERE report = :id ORDER BY to_version DESC, rowid"

SHEET = "SELECT * FROM {table} WHERE report = :id"


async def report(datasette: Datasette, request: Request) -> Response:
    """Answer the page of a report, or 404 where no report has this id."""
    wanted = named(request)
    found = await rows(datasette, REPORT, id=wanted)
    if not found:
        return await missing(datasette, request, f"本库没有编号为“{wanted[:80]}”的报告")
    row = found[0]
    form = form_or_newest(row["form"])
    flags = await rows(datasette, FLAGS, id=wanted)
    if not row["authentic"]:  # a flag repeats the figures of its cells, and a copy has none
        flags = [flag for flag in flags if flag["cells"] == "[]"]
    fails = [flag for flag in flags if flag["verdict"] == "fails"]
    grave = [flag for flag in fails if flag["severity"] != "notice"]
    printed = Printed(
        await _numbers(datasette, form, wanted),
        {_place(remark): remark for remark in await rows(datasette, REMARKS, id=wanted)},
        _by_cell(grave),
    )
    return await show(
        datasette,
        request,
        "report.html",
        report=row,
        form=form,
        years=await rows(datasette, YEARS, agency=row["agency"]),
        parts=_parts(form, await rows(datasette, SECTIONS, id=wanted)),
        spreads=spreads(form, row, printed),
        grave=grave,
        notices=[flag for flag in fails if flag["severity"] == "notice"],
        undecided=[flag for flag in flags if flag["verdict"] == "cannot_tell"],
        versions=await rows(datasette, VERSIONS, id=wanted),
        changes=_named(form, await rows(datasette, CHANGES, id=wanted)),
        cite=cite(row),
    )


async def _numbers(datasette: Datasette, form: Form, wanted: str) -> dict[Place, int | float]:
    """Return every number of the report, by table, row and column of its edition of the form."""
    found: dict[Place, int | float] = {}
    for spec in sheet_tables():
        columns = [column.id for column in form.table(spec.id).columns]
        for row in await rows(datasette, SHEET.format(table=spec.id), id=wanted):
            for column in columns:
                if row[sql_name(column)] is not None:
                    found[spec.id, row["row"], column] = row[sql_name(column)]
    return found


def _place(remark: Row) -> Place:
    return remark["sheet"], remark["row"], remark["column"]


def _by_cell(flags: Iterable[Row]) -> dict[Place, list[Row]]:
    found: dict[Place, list[Row]] = {}
    for flag in flags:
        for cell in json.loads(flag["cells"]):
            found.setdefault((cell["table"], cell["row"], cell["column"]), []).append(flag)
    return found


def _parts(form: Form, sections: list[Row]) -> list[Row]:
    """Return the six sections of the form, each with the headings and prose found for it."""
    return [
        {
            "number": section.number,
            "zh": section.zh,
            "prose": [row for row in sections if row["number"] == section.number],
        }
        for section in form.sections
    ]


def _named(form: Form, changes: Iterable[Row]) -> list[Row]:
    return [
        row | {"name": place_name(form, row["sheet"], row["row"], row["column"])} for row in changes
    ]


def cite(row: Row) -> str:
    """Return the line that cites one version of a report."""
    title = row["title"] or f"{row['year']}年政府信息公开工作年度报告"
    return (
        f"{row['name']}：《{title}》，年报 Nianbao 存档，编号 {row['id']}，"
        f"第 {row['version']} 版，{row['at'][:10]} 存档，{row['digest'][:23]}"
    )
