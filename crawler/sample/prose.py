"""Write the sections of an invented report: which wording of ``prose.toml``, with which figures.

The choice of wording turns with the year and differs between bodies, by a fixed rule: the same
report is always the same text. Every figure in a sentence is one of the report's own tables or
one its body's file gives for the prose alone.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from zlib import crc32

from jinja2 import Environment, StrictUndefined, Template

from crawler.sample.bodies import HERE, Body, Year
from crawler.sample.reports import Report


@dataclass(frozen=True, slots=True)
class Chapter:
    """One statutory section: heading, paragraphs, and the table that stands in it, if any."""

    number: str
    heading: str
    paragraphs: tuple[str, ...]
    table: str | None


@dataclass(frozen=True, slots=True)
class Essay:
    """The words of one report, in reading order."""

    title: str
    preface: str
    chapters: tuple[Chapter, ...]
    signature: tuple[str, ...]


def essay(report: Report) -> Essay:
    """Return the words of ``report``."""
    words = _words(report)
    first = Chapter("一", _heading(report, "一"), _overview(report, words), None)
    tables = [
        Chapter(table.section, _heading(report, table.section), (), table.id)
        for table in report.form.tables
    ]
    last = [
        Chapter("五", _heading(report, "五"), _problems(report, words), None),
        Chapter("六", _heading(report, "六"), _rest(report, words), None),
    ]
    day = report.year.published
    signature = (report.body.agency.name, f"{day.year}年{day.month}月{day.day}日")
    return Essay(
        title=title(report),
        preface=_say("preface", report, words),
        chapters=(first, *tables, *last),
        signature=signature if report.body.signed else (),
    )


def title(report: Report) -> str:
    """Return the title of ``report``."""
    names = {"name": report.body.agency.name, "y": report.year.year}
    return _say("titles", report, names)


def _heading(report: Report, number: str) -> str:
    section = next(one for one in report.form.sections if one.number == number)
    wordings = [section.zh, *(alias.zh for alias in section.aliases)]
    wording = wordings[min(report.body.heading, len(wordings) - 1)]
    return f"{number}、{wording}"


def _overview(report: Report, words: Mapping[str, Any]) -> tuple[str, ...]:
    def say(slot: str) -> str:
        return _say(slot, report, words)

    asked = "requests_some" if words["to_handle"] else "requests_none"
    contested = "remedies_some" if words["reconsiderations"] + words["suits"] else "remedies_none"
    decided = say("decisions") if words["licences"] + words["penalties"] else ""
    documents = say("documents") if words["in_force"] else ""
    points = (
        say("disclose") + decided,
        say(asked) + say(contested),
        say("manage") + documents,
        say("platform"),
        say("supervise"),
    )
    habit = _pool("points")[report.body.points]
    headings = zip(habit["numbers"], habit["names"], points, strict=True)
    headed = (f"{number}{name}{habit['mark']}{text}" for number, name, text in headings)
    return (say("overview"), *headed)


def _problems(report: Report, words: Mapping[str, Any]) -> tuple[str, ...]:
    pool = _pool("problems")["any"]
    start = _turn(report.body, "problems") + report.year.year * 2
    pairs = [_render(pool[(start + step) % len(pool)], words).split("|") for step in (0, 5)]
    (problem1, remedy1), (problem2, remedy2) = pairs
    more = {"problem1": problem1, "problem2": problem2, "remedy1": remedy1, "remedy2": remedy2}
    return tuple(_say("problems_frame", report, {**words, **more}).split("\n"))


def _rest(report: Report, words: Mapping[str, Any]) -> tuple[str, ...]:
    matters = [_say(slot, report, words) for slot in ("fees", "bills", "tasks")]
    if report.body.agency.kind == "township":
        return (matters[0], _say("rest", report, words))
    numbered = (f"{place}.{text}" for place, text in enumerate(matters, start=1))
    return (*numbered, _say("rest", report, words))


def _say(slot: str, report: Report, words: Mapping[str, Any]) -> str:
    pools = _pool(slot)
    pool = pools.get(report.body.agency.kind) or pools["any"]
    return _render(pool[(_turn(report.body, slot) + report.year.year) % len(pool)], words)


def _turn(body: Body, slot: str) -> int:
    return crc32(f"{body.agency.id} {slot}".encode())


def _words(report: Report) -> dict[str, Any]:
    body, year = report.body, report.year
    work: Sequence[str] = body.words["work"]
    topics = [work[(year.year * 3 + step) % len(work)] for step in (0, 1, 3, 6)]
    said = year.said
    via = f"、微信公众号{said['wechat']}条" if said["wechat"] else ""
    return {
        **{key: value for key, value in body.words.items() if key not in ("wechat", "work")},
        **said,
        **dict(zip("abcd", topics, strict=True)),
        **_counts(report),
        "name": body.agency.name,
        "site": body.site.name,
        "host": body.site.hosts[0],
        "form": report.form,
        "y": year.year,
        "ny": year.year + 1,
        "wechat_name": body.words["wechat"],
        "via_wechat": via,
        "all_published": said["website"] + said["wechat"] + said["elsewhere"],
        "bills": said["suggestions"] + said["proposals"],
    }


def _counts(report: Report) -> dict[str, Any]:
    def applications(row: str, column: str = "total") -> int:
        return report.total("applications", row, column)

    new, carried_in = applications("new_received"), applications("carried_in")
    natural = applications("new_received", "natural_person")
    change = _change(report.body, report.year, new)
    decisions = {
        row: report.total("proactive", row, "decisions")
        for row in ("licences", "penalties", "coercion")
    }
    first, repealed, last = (
        ("made", "repealed", "in_force")
        if report.form.id == "2021"
        else ("new_made", "repealed", "public_total")
    )
    return {
        **decisions,
        "new": new,
        "carried_in": carried_in,
        "to_handle": new + carried_in,
        "natural": natural,
        "legal": new - natural,
        "handled": applications("outcome_total"),
        "carried_out": applications("carried_out"),
        "outcomes": _outcomes(report),
        "compared": change and f"收到申请数量{change}。",
        "since_last": change and f"（{change}）",
        "made": report.total("proactive", "normdocs", first),
        "repealed": report.total("proactive", "normdocs", repealed),
        "in_force": report.total("proactive", "normdocs", last),
        "reconsiderations": report.total("remedies", "reconsideration"),
        "upheld": report.total("remedies", "reconsideration", "upheld"),
        "corrected": report.total("remedies", "reconsideration", "corrected"),
        "suits": report.total("remedies", "suit_*"),
    }


def _change(body: Body, year: Year, new: int) -> str:
    before = next((one for one in body.years if one.year == year.year - 1), None)
    if before is None:
        return ""
    more = new - sum(int(n) for n in before.tables["applications"].get("new_received", ()))
    if not more:
        return "与上年持平"
    return f"较上年{'增加' if more > 0 else '减少'}{abs(more)}件"


def _outcomes(report: Report) -> str:
    """Return the outcomes that occurred, by the form's own group headings and labels."""
    table = report.form.table("applications")
    handled = {row for equation in table.equations for row in equation.right if "." in row}
    parts = [(group.zh.partition("）")[2], group.members) for group in table.groups]
    parts = [part for part in parts if set(part[1]) <= handled]
    single = [(row.zh, (row.id,)) for row in table.rows if row.id in ("granted", "granted_partial")]
    counted = (
        (label, sum(report.total("applications", row) for row in rows))
        for label, rows in (*single, *parts)
    )
    return "、".join(f"{label}{count}件" for label, count in counted if count)


@cache
def _prose() -> Mapping[str, Any]:
    return tomllib.loads((HERE / "prose.toml").read_text(encoding="utf-8"))


def _pool(slot: str) -> Any:
    return _prose()[slot]


@cache
def _template(wording: str) -> Template:
    return Environment(undefined=StrictUndefined, autoescape=False).from_string(wording)


def _render(wording: str, words: Mapping[str, Any]) -> str:
    return _template(wording).render(words)
