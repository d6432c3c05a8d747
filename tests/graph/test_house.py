"""What the plan of the house promises of its Python: one name for one type, and no account's code.

What does not belong here: who may import whom (import-linter), branches on a vendor's name
(`tests/unit/gl/test_vendor_registry.py`), account codes in SQL (`tests/integration/test_account_roles.py`).
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

from orchestration.stores.seeds import chart

PROJECT = Path(__file__).parents[2]
MODULES = sorted(path for package in ("orchestration", "models_ml") for path in (PROJECT / package).rglob("*.py"))
# what reads a vendor's own files, and the practice that is made up, name codes of theirs
NAMES_CODES = {"formats", "synthetic", "vendors"}


def test_no_two_modules_have_a_type_of_one_name() -> None:
    homes = defaultdict(set)
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                homes[node.name].add(str(path.relative_to(PROJECT)))
    assert {name: sorted(found) for name, found in homes.items() if len(found) > 1} == {}


def test_no_module_names_an_account_by_its_code() -> None:
    codes = {account.account_code for account in chart()}
    named = {}
    for path in MODULES:
        if not NAMES_CODES & set(path.parts):
            texts = [
                node.value
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            ]
            # a code by itself, or quoted inside SQL
            found = {text for text in texts if text in codes} | {
                code for text in texts for code in re.findall(r"'(\d{4}(?:-\w+)?)'", text) if code in codes
            }
            if found:
                named[str(path.relative_to(PROJECT))] = sorted(found)
    assert named == {}
