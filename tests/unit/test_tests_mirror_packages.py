"""Tests are found where the code is: a folder for every package, and no test that leans on another one.

What does not belong here: what a package does.
"""

from __future__ import annotations

import ast
from pathlib import Path

TESTS = Path(__file__).parents[1]
PROJECT = TESTS.parent
# assets are tested as a graph and by whole runs, which are e2e
_TESTED_ELSEWHERE = {"defs"}


def imported(path: Path) -> set[str]:
    """Return the first names of all that a module imports, in functions too."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    whole = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    parts = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    return {name.partition(".")[0] for name in whole | parts}


def test_every_package_has_a_folder_of_tests_and_every_folder_a_package():
    packages = {path.parent.name for path in (PROJECT / "orchestration").glob("*/__init__.py")} - _TESTED_ELSEWHERE
    tested = {path.parent.name for path in (TESTS / "unit").glob("*/test_*.py")}
    assert tested == packages | {"models_ml"}


def test_no_module_imports_a_test():
    tests = {path.stem for path in TESTS.rglob("test_*.py")}
    found = {path.name: imported(path) & tests for path in TESTS.rglob("*.py")}
    assert {name: names for name, names in found.items() if names} == {}


def test_what_is_shared_knows_no_folder_of_tests():
    beside = {path.stem for path in (TESTS / "unit").rglob("*.py")} | {"conftest"}
    found = {path.name: imported(path) & beside for path in (TESTS / "support").rglob("*.py")}
    assert {name: names for name, names in found.items() if names} == {}
