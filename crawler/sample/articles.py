"""Make the article pages: a report or a notice in the dress of its portal, as bytes.

Also the pictures and the word-processor file that belong to a report. Knows no list and no server.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from typing import Any
from urllib.parse import urljoin, urlsplit
from zipfile import ZipFile, ZipInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from crawler.sample.bodies import HERE
from crawler.sample.portals import Portal, Shelf
from crawler.sample.prose import essay
from crawler.sample.reports import Report
from crawler.sample.tables import grid, printed_table
from crawler.sample.traps import Notice
from parsers.layout import Line


@cache
def environment() -> Environment:
    """Return the template environment; everything a template prints is escaped."""
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(template: str, portal: Portal, **more: Any) -> str:
    """Return a whole page of ``portal``."""
    frame = {"portal": portal, "site": portal.site, "columns": portal.shelves}
    return environment().get_template(template).render(**frame, **more)


def report_html(portal: Portal, shelf: Shelf, report: Report) -> str:
    """Return the page of a report."""
    agency, published = report.body.agency, report.year.published
    written = essay(report)
    images = {name: f"./{file}" for name, file in image_names(report).items()}
    text = environment().get_template("text.html")
    body = text.render(
        essay=written, dress=report.body.dress, layouts=layouts(report), images=images
    )
    attached = report.trap is not None and report.trap.attachment
    attachment = {"path": urlsplit(attachment_url(report)).path, "name": f"{written.title}.docx"}
    return render(
        "article.html",
        portal,
        column=shelf,
        family=shelf.column.family,
        url=report.url,
        title=written.title,
        published=f"{published:%Y-%m-%d %H:%M}",
        publisher=portal.organiser if agency.kind == "government" else agency.name,
        keywords="政府信息公开;年度报告",
        index=f"{agency.credit_code}/{published.year}-{report.year.serial:05d}",
        body=Markup(body),
        attachment=attachment if attached else None,
    )


def notice_html(portal: Portal, shelf: Shelf, notice: Notice, url: str) -> str:
    """Return the page of a notice."""
    return render(
        "article.html",
        portal,
        column=shelf,
        family=shelf.column.family,
        url=url,
        title=notice.title,
        published=f"{notice.published:%Y-%m-%d %H:%M}",
        publisher=portal.organiser,
        keywords="信息公开",
        index=None,
        body=Markup(environment().get_template("notice.html").render(text=notice.text)),
        attachment=None,
    )


def layouts(report: Report) -> Mapping[str, tuple[Line, ...]]:
    """Return the three tables of ``report`` as printed, by table id."""
    laid = {}
    for table in report.form.tables:
        printed = {
            (row, column): report.printed[table.id, row, column] for row, column in table.cells
        }
        laid[table.id] = printed_table(table, printed)
    return laid


def image_names(report: Report) -> Mapping[str, str]:
    """Return the file names of the pictures that stand for tables, by table id; mostly none.

    TRS names an uploaded picture ``W0``, the time of upload and a running number.
    """
    if report.page != "images":
        return {}
    return {
        table.id: f"W0{report.year.published:%Y%m%d%H%M%S}{place:06d}.png"
        for place, table in enumerate(report.form.tables, start=1)
    }


def attachment_url(report: Report) -> str:
    """Return the address of the word-processor file of ``report``, where it has one."""
    published = report.year.published
    return urljoin(report.url, f"/upload/{published:%Y/%m%d}/{published:%Y%m%d%H%M%S}_1.docx")


def docx(report: Report) -> bytes:
    """Return ``report`` as a word-processor file (ECMA-376), its boxes merged as Word merges them.

    Stored, not compressed: compressed bytes would differ between zlib versions.
    """
    grids = {name: grid(rows) for name, rows in layouts(report).items()}
    parts = {
        "[Content_Types].xml": environment().get_template("docx_types.xml").render(),
        "_rels/.rels": environment().get_template("docx_rels.xml").render(),
        "word/document.xml": environment()
        .get_template("docx_document.xml")
        .render(essay=essay(report), grids=grids),
    }
    package = BytesIO()
    with ZipFile(package, "w") as archive:
        for name, xml in parts.items():
            archive.writestr(ZipInfo(name), xml.encode())
    return package.getvalue()
