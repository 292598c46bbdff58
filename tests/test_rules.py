"""Every rule against its cases, and the laws that hold for any figures.

A case is a table of ``tests/rules/<rule id>.toml``, named as a sentence. Its keys::

    form       edition of the form: "2021" unless given
    others     text printed in every cell not named: "0" unless given
    cells      table/row/column = the text printed there; * stands for any
    states     table/row/column = "not_found" or "ambiguous", which no text alone says
    concluded  cells whose figure was cut off and is taken as 0
    tables     table = "missing" or "image"; ``pictures`` are the sources of the images
    signs, host, own_hosts, unknown_rows, refused   what else a reading or its address tells
    flags      what the rule says, one line a flag: verdict, figures, suspect, subject: cells

``[never]`` says which verdict a rule cannot have, and why.
"""

import tomllib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sheets import matching, names_of, record

from archive.rules import RULES, check, is_authentic
from archive.rules.identities import findings
from archive.rules.model import Flag, Record, Severity
from parsers.form import form
from parsers.sheet import Reading, Sheet, TableState

FOLDER = Path(__file__).parent / "rules"
FILES = {path.stem: tomllib.loads(path.read_text()) for path in sorted(FOLDER.glob("*.toml"))}
CASES = [(rule, name) for rule, cases in FILES.items() for name in cases if name != "never"]
KEYS = {"form", "others", "cells", "states", "concluded", "tables", "pictures", "flags"} | {
    *("signs", "host", "own_hosts", "unknown_rows", "refused")
}

# Flags are cited by these ids: none is ever renamed or taken away.
RELEASED = (
    *("applicant_sum", "outcome_sum", "balance", "remedy_sum"),
    *("table_missing", "table_is_picture", "row_not_found", "figure_unplaced"),
    *("figure_not_printed", "cell_without_number", "unknown_row"),
    *("host_not_registered", "pronunciation_glosses", "traditional_script", "foreign_host"),
)
IDENTITIES = RELEASED[:4]
EDITIONS = ("2021", "2019")


def line_of(finding):
    """Return a finding as the cases write it, without its cells."""
    figures = [
        f"{name} {number}"
        for name in ("expected", "found", "difference")
        if (number := getattr(finding, name)) is not None
    ]
    about = [f"about {finding.subject}"] if finding.subject else []
    return ", ".join([finding.verdict, *figures, finding.suspect, *about])


def told(flag):
    return line_of(flag.finding), cells_of(flag.finding) or None


def cells_of(finding):
    return {f"{cell.table}/{cell.row}/{cell.column}" for cell in finding.cells}


def expected(line, edition):
    said, _, patterns = line.partition(": ")
    return said, matching(patterns.split(), names_of(edition)) or None


@pytest.mark.parametrize(("rule", "name"), CASES)
def test_case(rule, name):
    case = FILES[rule][name]
    assert case.keys() <= KEYS, "a key nobody knows"
    edition = form(case.get("form", "2021"))
    flags = [flag for flag in check(record(case)) if flag.rule == rule]
    assert [told(flag) for flag in flags] == [expected(line, edition) for line in case["flags"]]


# ------------------------------------------------------------------ what every rule owes


def test_ids_are_permanent_and_unique():
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    assert set(RELEASED) <= set(ids), "a released id is gone: flags that were cited lead nowhere"
    assert set(ids) <= set(RELEASED), "add the new rule's id to RELEASED: it is public from now on"


def test_every_rule_has_cases_and_every_file_a_rule():
    assert FILES.keys() == {rule.id for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_explains_itself_in_both_languages(rule):
    assert _has_han(rule.title_zh)
    assert rule.title_en
    assert not _has_han(rule.title_en)
    chinese = rule.page.splitlines()[0]
    assert _has_han(chinese), "the page begins in Chinese"
    assert rule.page.isascii() is False
    assert len(rule.page.splitlines()) > 1
    assert rule.severity in get_args(Severity)


@pytest.mark.parametrize("rule", FILES)
def test_every_verdict_a_rule_can_have_has_a_case(rule):
    cases = {name: case for name, case in FILES[rule].items() if name != "never"}
    shown = {line.partition(",")[0] for case in cases.values() for line in case["flags"]}
    shown |= {"passes" for case in cases.values() if not case["flags"]}
    never = FILES[rule].get("never", {})
    assert all(never.values()), "say why"
    assert shown | never.keys() == {"passes", "fails", "cannot_tell"}
    assert not shown & never.keys()


def _has_han(text):
    return any("\u4e00" <= character <= "\u9fff" for character in text)


FLAGGED = [
    (rule, name, flag)
    for rule, name in CASES
    for flag in check(record(FILES[rule][name]))
    if flag.rule == rule
]


@pytest.mark.parametrize(("rule", "name", "flag"), FLAGGED)
def test_a_flag_speaks_both_languages_and_is_as_grave_as_its_verdict(rule, name, flag):
    assert _has_han(flag.finding.message_zh)
    assert "{" not in flag.finding.message_zh + flag.finding.message
    declared = next(each.severity for each in RULES if each.id == rule)
    assert flag.severity == (declared if flag.finding.verdict == "fails" else "notice")


def test_flags_of_one_record_have_different_fingerprints():
    for rule, name in CASES:
        flags = check(record(FILES[rule][name]))
        assert len({flag.fingerprint("990100-gov-2023") for flag in flags}) == len(flags), name


def test_a_fingerprint_is_made_of_rule_report_verdict_subject_and_cells():
    flags = [flag for _, _, flag in FLAGGED]
    prints = {(f.rule, f.finding.verdict, f.finding.subject, f.finding.cells): f for f in flags}
    assert len({flag.fingerprint("a-2023") for flag in prints.values()}) == len(prints)
    first = flags[0]
    assert first.fingerprint("a-2023") == first.fingerprint("a-2023")
    assert first.fingerprint("a-2023") != first.fingerprint("a-2022")
    reworded = replace(first.finding, message="in other words", expected=9, suspect="undecided")
    other = Flag(first.rule, "notice", reworded)
    assert other.fingerprint("a-2023") == first.fingerprint("a-2023")


def message(cells):
    flags = check(record({"cells": {f"applications/granted/{c}": n for c, n in cells.items()}}))
    return next(flag.finding for flag in flags if flag.rule == "applicant_sum")


def test_a_message_repeats_the_equation_with_its_numbers():
    found = message({"natural_person": "3", "legal.other": "2", "total": "4"})
    assert found.message == (
        "The total equals the sum over the kinds of applicant: in “予以公开” "
        "total = natural_person + legal.* should be 3 + 2 = 5, printed 4, off by -1"
    )
    assert "相加应为 3 + 2 = 5，报告为 4，相差 -1" in found.message_zh
    assert "should be 0, printed 4, off by +4" in message({"total": "4"}).message
    assert "should be 3, printed 0, off by -3" in message({"natural_person": "3"}).message


# ------------------------------------------------------------------ whose figures may be published


@pytest.mark.parametrize(
    ("case", "authentic"),
    [
        ({"host": "www.qinghe.example", "own_hosts": ["www.qinghe.example"]}, True),
        ({}, True),
        ({"host": "www.ty5588.example", "own_hosts": ["www.qinghe.example"]}, False),
        ({"signs": {"glosses": 132}}, False),
        ({"signs": {"traditional": 0.3}}, False),
        ({"signs": {"hosts": ["www.ty5588.example"]}}, False),
        (
            {
                "host": "www.qinghe.example",
                "own_hosts": ["www.qinghe.example"],
                "signs": {"hosts": ["www.platform.example"]},
            },
            True,
        ),
        (
            {
                "host": "www.qinghe.example",
                "own_hosts": ["www.qinghe.example"],
                "signs": {"glosses": 132},
            },
            False,
        ),
    ],
)
def test_only_what_shows_no_sign_of_a_copy_is_authentic(case, authentic):
    assert is_authentic(record(case)) is authentic


# ------------------------------------------------------------------ laws of the equations


def figures_of(edition, numbers):
    """Return the texts of a sheet that satisfies every equation, from any free numbers."""
    free = iter(numbers)
    printed = {}
    table = edition.table("applications")
    parts = [column.id for column in table.columns if column.id != "total"]
    outcomes = next(each for each in table.equations if each.id == "outcome_sum").right
    for part in parts:
        rows = {row: next(free) for row in (*outcomes, "carried_in", "carried_out")}
        rows["outcome_total"] = sum(rows[row] for row in outcomes)
        rows["new_received"] = rows["outcome_total"] + rows["carried_out"] - rows["carried_in"]
        printed |= {(row, part): number for row, number in rows.items()}
    for row in table.rows:
        printed[row.id, "total"] = sum(printed[row.id, part] for part in parts)
    cells = {f"applications/{row}/{column}": n for (row, column), n in printed.items()}
    for row in edition.table("remedies").rows:
        results = [next(free) for _ in range(4)]
        names = ("upheld", "corrected", "other", "pending", "total")
        cells |= {
            f"remedies/{row.id}/{name}": number
            for name, number in zip(names, [*results, sum(results)], strict=True)
        }
    return {name: str(number) for name, number in cells.items()}


NUMBERS = some.lists(some.integers(0, 10**6), min_size=200, max_size=200)
MENTIONED = {edition: sorted(figures_of(form(edition), range(200))) for edition in EDITIONS}


def identity_flags(case):
    return [flag for flag in check(record(case)) if flag.rule in IDENTITIES]


@given(edition=some.sampled_from(EDITIONS), numbers=NUMBERS)
def test_figures_that_satisfy_the_equations_raise_no_flag(edition, numbers):
    assert identity_flags({"form": edition, "cells": figures_of(form(edition), numbers)}) == []


@given(edition=some.sampled_from(EDITIONS), numbers=NUMBERS, data=some.data())
def test_one_figure_changed_breaks_an_equation_that_uses_it(edition, numbers, data):
    cells = figures_of(form(edition), numbers)
    name = data.draw(some.sampled_from(MENTIONED[edition]))
    off = data.draw(some.integers(-(10**6), 10**6).filter(bool))
    cells[name] = str(int(cells[name]) + off)
    flags = identity_flags({"form": edition, "cells": cells})
    assert flags
    for flag in flags:
        assert flag.finding.verdict == "fails"
        assert name in cells_of(flag.finding)
        assert abs(flag.finding.difference) == abs(off)
        assert isinstance(flag.finding.difference, int)


@given(edition=some.sampled_from(EDITIONS), numbers=NUMBERS, data=some.data())
def test_an_equation_with_a_blank_never_fails(edition, numbers, data):
    cells = figures_of(form(edition), numbers)
    name, wrong = data.draw(
        some.lists(some.sampled_from(MENTIONED[edition]), min_size=2, max_size=2, unique=True)
    )
    cells[name] = data.draw(some.sampled_from(["", "-", "—", "/", "无", "见附件"]))
    cells[wrong] = str(int(cells[wrong]) + 1)
    flags = identity_flags({"form": edition, "cells": cells})
    cannot = [flag for flag in flags if flag.finding.verdict == "cannot_tell"]
    assert cannot
    assert all(cells_of(flag.finding) == {name} for flag in cannot)
    assert all(name not in cells_of(f.finding) for f in flags if f.finding.verdict == "fails")


@pytest.mark.parametrize(("edition", "equalities"), [("2021", 42), ("2019", 40)])
def test_every_equality_of_the_form_is_evaluated(edition, equalities):
    """With every figure blank each equality must answer, and no other."""
    flags = identity_flags({"form": edition, "others": ""})
    assert len(flags) == equalities
    assert {flag.finding.verdict for flag in flags} == {"cannot_tell"}


def test_every_cell_of_the_two_summed_tables_is_in_some_equation():
    for edition in EDITIONS:
        summed = [n for n in names_of(form(edition)) if not n.startswith("proactive/")]
        assert MENTIONED[edition] == sorted(summed)


def test_decimals_are_summed_exactly():
    """Nobody prints half a request, but where it stands it is taken as printed."""
    case = record(
        {"cells": {"remedies/suit_after/upheld": "0.1", "remedies/suit_after/other": "0.2"}}
    )
    sheet = case.reading.sheet("remedies")
    (finding,) = findings(sheet, sheet.table.equations[0])
    assert finding.expected == Decimal("0.3")


def test_a_reading_without_tables_is_judged_by_its_provenance_alone():
    refused = check(Record(Reading(refused="pdf_scan")))
    assert {flag.rule for flag in refused} == {"host_not_registered"}
    empty = Sheet(form("2021").table("remedies"), TableState.MISSING, {})
    rules = {flag.rule for flag in check(Record(Reading(sheets=(empty,))))}
    assert rules == {"host_not_registered", "table_missing"}
