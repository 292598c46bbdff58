"""The generated parts of ``CODEBOOK.md``: tables, editions of the form, rules, as Markdown.

Everything is said elsewhere, in the schema, the form files and the rules; here it is only laid out,
Chinese first with English beside it.
"""

from __future__ import annotations

from collections.abc import Iterator

from archive.metadata import metadata
from archive.rules import RULES
from archive.schema import tables, views
from archive.site.words import words
from parsers.form import Form, Table, forms
from parsers.sheet import State

_TYPES = {str: "text", int: "integer", float: "decimal"}


def tables_text() -> str:
    """Return every table with its columns, then the views."""
    said = metadata()["databases"]["nianbao"]["tables"]
    parts = []
    for spec in tables():
        lines = [f"### `{spec.id}` {spec.zh}", "", *_both(said[spec.id]["description"]), ""]
        lines += ["| 列 | 类型 | 名称 | Meaning |", "|---|---|---|---|"]
        for column in spec.columns:
            kind = _TYPES[column.type] + (", may be null" if column.null else "")
            key = " 🔑" if column.id in spec.pk else ""
            meaning = column.en.replace("<", "&lt;")
            lines.append(f"| `{column.id}`{key} | {kind} | {column.zh} | {meaning} |")
        parts.append("\n".join(lines))
    for name in views():
        about = _both(said[name]["description"])
        parts.append("\n".join([f"### `{name}` {said[name]['title']}", "", *about]))
    return "\n\n".join(parts)


def _both(text: str) -> tuple[str, str, str]:
    zh, _, en = text.partition(" · ")
    return zh, "", en


def states_text() -> str:
    """Return what each state of a cell means."""
    zh, en = words()["cell"], words()["cell_en"]
    rows = (f"| `{state}` | {zh[state]} | {en[state]} |" for state in State)
    return "\n".join(["| `state` | 含义 | Meaning |", "|---|---|---|", *rows])


def forms_text() -> str:
    """Return every edition of the form: its lines, units, legal basis and equations."""
    return "\n\n".join(_form(form) for form in forms())


def _form(form: Form) -> str:
    until = f"–{form.last_year}" if form.last_year else " 起"
    head = [
        f"### {form.id} 年版：{form.title_zh}",
        "",
        f"{form.document}，适用于 {form.first_year}{until} 年度的报告。",
        "",
        f"{form.title_en}.",
    ]
    return "\n".join(head) + "\n\n" + "\n\n".join(_table(table) for table in form.tables)


def _table(table: Table) -> str:
    return "\n".join(
        [
            f"#### `{table.id}` 第{table.section}部分：{table.zh} · {table.en}",
            "",
            "| 列 `column` | 名称 | English | 单位 |",
            "|---|---|---|---|",
            *(f"| `{c.id}` | {c.zh}{c.note} | {c.en} | {c.unit} |" for c in table.columns),
            "",
            "| 行 `row` | 名称 | English | 列 | 依据 |",
            "|---|---|---|---|---|",
            *(
                f"| `{row.id}` | {row.printed} | {row.en} | {_columns(table, row.columns)} |"
                f" {row.law} |"
                for row in table.rows
            ),
            *_equations(table),
        ]
    )


def _columns(table: Table, columns: tuple[str, ...]) -> str:
    every = tuple(column.id for column in table.columns)
    return "各列" if columns == every else " ".join(f"`{column}`" for column in columns)


def _equations(table: Table) -> Iterator[str]:
    if table.equations:
        yield ""
    for equation in table.equations:
        stated = "表格写明" if equation.by == "form" else "由总计推出"
        yield f"* `{equation.id}` {equation.zh}（{stated}）：`{equation.text}`"


def rules_text() -> str:
    """Return every rule with its page."""
    parts = []
    for rule in RULES:
        severity = words()["severity"][rule.severity]
        title = f"### `{rule.id}` {rule.title_zh}"
        parts.append(f"{title}\n\n{severity} · {rule.title_en}\n\n{rule.page.strip()}")
    return "\n\n".join(parts)
