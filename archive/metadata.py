"""Everything Datasette and the codebook say about the published tables, made from its sources.

The sources are the schema, the form, the rules, ``site/tables.toml`` and ``site/queries.toml``; no
label is written here. ``python -m archive.metadata PATH`` writes ``datasette-metadata.json``; a
test says it is fresh. Datasette's own ``units`` are left alone: they round a number on its way to
the page.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import click

from archive.rules import RULES
from archive.schema import TableSpec, tables, views, wide_name
from archive.search import INDEXES
from parsers.form import forms

TITLE = "年报 Nianbao"
ABOUT = (
    "中国政府信息公开工作年度报告的开放档案：原文存档，统计表逐格读出，对不上的数字逐条标明。"
    " · An open archive of China's annual reports on open government information."
)
SOURCE = "各级行政机关按《政府信息公开条例》第四十九条、第五十条公布的年度报告"
LICENSE = "CC0 1.0（整理所得数据；报告原文属公文，依《著作权法》第五条不受著作权保护）"
LICENSE_URL = "https://creativecommons.org/publicdomain/zero/1.0/deed.zh-hans"
HOME = "https://github.com/nianbao/nianbao"


@dataclass(frozen=True, slots=True)
class Question:
    """One canned query: what it answers in both languages, and what it asks for."""

    id: str
    zh: str
    en: str
    about: str
    sql: str
    columns: dict[str, str]
    parameters: dict[str, tuple[str, str]]
    """By name: Chinese label, and a value to try."""


@cache
def questions() -> tuple[Question, ...]:
    """Return the canned queries in the order of ``queries.toml``."""
    return tuple(
        Question(
            id=name,
            zh=entry["zh"],
            en=entry["en"],
            about=entry["about"],
            sql=entry["sql"].strip(),
            columns=entry["columns"],
            parameters={key: tuple(said) for key, said in entry.get("parameters", {}).items()},
        )
        for name, entry in _declared("queries").items()
    )


@cache
def _declared(name: str) -> dict[str, Any]:
    return tomllib.loads((files("archive.site") / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def titles() -> dict[str, str]:
    """Return the Chinese title of every table and view, in the order of the schema."""
    named = {name: _declared("tables")[name]["title"] for name in views()}
    return {spec.id: spec.zh for spec in tables()} | named


def metadata() -> dict[str, Any]:
    """Return the metadata Datasette is served with."""
    return {
        "title": TITLE,
        "description": ABOUT,
        "license": LICENSE,
        "license_url": LICENSE_URL,
        "source": SOURCE,
        "about": "Nianbao",
        "about_url": HOME,
        "databases": {
            "nianbao": {
                "title": TITLE,
                "description": ABOUT,
                "tables": dict((*_tables(), *_views(), *_hidden())),
                "queries": {question.id: _query(question) for question in questions()},
            }
        },
    }


def _tables() -> Iterator[tuple[str, dict[str, Any]]]:
    indexes = {index.table: index for index in INDEXES}
    for spec in tables():
        declared = _declared("tables")[spec.id]
        entry: dict[str, Any] = {
            "title": spec.zh,
            "description": f"{declared['about']} · {spec.en}.",
            "columns": column_texts(spec),
            **declared.get("open", {}),
        }
        if spec.id in indexes:
            # Datasette does not find contentless indexes by itself, and then ignores ?_search=.
            entry |= {"fts_table": indexes[spec.id].id, "fts_pk": indexes[spec.id].pk}
        yield spec.id, entry


def column_texts(spec: TableSpec) -> dict[str, str]:
    """Return for each column its Chinese label, then its English description and unit."""
    texts = {column.id: f"{column.zh} · {column.en}" for column in spec.columns}
    if spec.id == "flags":
        texts["rule"] += f": {', '.join(rule.id for rule in RULES)}"
    return texts


def _views() -> Iterator[tuple[str, dict[str, Any]]]:
    for name in views():
        declared = _declared("tables")[name]
        columns = {column: f"{zh} · {en}" for column, (zh, en) in declared["columns"].items()}
        yield (
            name,
            {
                "title": declared["title"],
                "description": f"{declared['about']} · {declared['en']}.",
                "columns": columns | (dict(_wide()) if name == "report_wide" else {}),
            },
        )


def _wide() -> Iterator[tuple[str, str]]:
    """Yield every figure's column of ``report_wide`` with its labels, newest edition's wording."""
    said: dict[str, str] = {}
    for newest in forms()[0].tables:
        for table in (form.table(newest.id) for form in forms()):
            for row_id, column_id in table.cells:
                row, column = table.row(row_id), table.column(column_id)
                text = f"{row.zh}，{column.zh}（{column.unit}） · {row.en}, {column.en}"
                said.setdefault(wide_name(table.id, row_id, column_id), text)
    yield from said.items()


def _hidden() -> Iterator[tuple[str, dict[str, Any]]]:
    parts = ("", "_data", "_idx", "_docsize", "_config")
    for index in INDEXES:
        yield from ((f"{index.id}{part}", {"hidden": True}) for part in parts)


def _query(question: Question) -> dict[str, Any]:
    """Return one canned query; keys Datasette does not know are for our own template."""
    return {
        "title": question.zh,
        "description": f"{question.about} · {question.en}.",
        "sql": question.sql,
        "params": list(question.parameters),
        "hide_sql": True,
        "columns": question.columns,
        "labels": {name: label for name, (label, _) in question.parameters.items()},
        "examples": {name: example for name, (_, example) in question.parameters.items()},
    }


def dump() -> str:
    """Return ``datasette-metadata.json``."""
    return json.dumps(metadata(), ensure_ascii=False, indent=2) + "\n"


@click.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where the file is stale.")
def main(path: Path, check: bool) -> None:
    """Write the metadata to PATH, for running Datasette without us."""
    if not check:
        path.write_text(dump(), encoding="utf-8")
    elif not path.is_file() or path.read_text(encoding="utf-8") != dump():
        raise click.ClickException(f"{path} is stale: run `make docs`")


if __name__ == "__main__":
    main()
