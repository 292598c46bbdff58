"""The house's own promises: names, layers, sizes, words that must not appear."""

import ast
import re
from importlib.metadata import packages_distributions
from pathlib import Path

import click
import pytest

from archive.rules import RULES
from crawler.cli import main
from crawler.families import FAMILIES
from parsers.formats import REASONS

ROOT = Path(__file__).parent.parent
PACKAGES = ("crawler", "archive", "parsers")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("name", PACKAGES)
def test_name_is_ours_alone(name):
    """PyPI has distributions that install `archive` and `crawler`; they would overwrite ours."""
    assert set(packages_distributions().get(name, [])) <= {"nianbao"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_module_says_what_it_is_for_and_stays_small(path):
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "a module docstring says what it is for"
    assert text.count("\n") <= 320, "more than 320 lines: probably two ideas"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= 50, f"{node.name} has {length} lines: probably two steps"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_are_absolute_and_start_with_a_package(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: relative import"


def test_no_module_is_named_for_nothing():
    vague = re.compile(r"^(utils?|helpers?|managers?|misc|common|v\d+)$")
    assert not [path for path in SOURCES if vague.match(path.stem)]


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_says_what_it_does_and_every_option_of_it(name):
    command = main.commands[name]
    assert command.help
    for option in command.params:
        if isinstance(option, click.Option) and option.name not in ("host", "port"):
            assert option.help, f"--{option.name} has no help"


def test_every_rule_stands_in_the_codebook():
    codebook = (ROOT / "CODEBOOK.md").read_text(encoding="utf-8")
    assert not [rule.id for rule in RULES if f"`{rule.id}`" not in codebook]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
def test_every_family_has_listing_pages(family):
    cases = ROOT / "tests" / "listings" / family.__name__.rpartition(".")[2]
    assert len(list(cases.glob("*/page.html"))) >= 2


def test_every_word_of_refusal_is_met_by_some_test():
    words = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (*ROOT.glob("tests/*.py"), *ROOT.glob("tests/cases/*/refused.toml"))
    )
    assert not [reason for reason in REASONS if f'"{reason}"' not in words]
