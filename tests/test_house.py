"""The house's own promises: names, layers, sizes, words that must not appear."""

import ast
import re
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

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
