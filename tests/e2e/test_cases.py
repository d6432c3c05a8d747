"""Small inputs that once went wrong, each the example of its kind, with the balance of each claim after the last run.

What does not belong here: other orders and batches of the same files (``test_order_of_arrival.py``).
"""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path

import pytest
from support.batches import BatchedBooks

_CASES = Path(os.environ.get("MEDBOOKS_SHARED") or Path(__file__).parents[3] / "shared") / "cases"
_RUNS = ("", "run1", "run2", "run3")


def _expected():
    """Return case → what it expects by claim; of cases that share a claim the first by name."""
    found, claims = {}, set()
    for path in sorted(_CASES.rglob("expect.json")):
        expected = json.loads(path.read_text(encoding="utf-8")).get("claims", {})
        # the claim of one foreign reversal alone has a home of its own in checks; here its original lands, too
        if expected and not claims & set(expected) and path.parent.name != "foreign-reversal-and-correction":
            found[path.parent] = expected
            claims |= set(expected)
    return found


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    """Every case in one home, their runs one after another."""
    if not _CASES.exists():
        pytest.skip("the shared cases are not here")
    books = BatchedBooks(tmp_path_factory.mktemp("cases") / "home")
    inbox = tmp_path_factory.mktemp("cases-inbox")
    for run in _RUNS:
        files = []
        for case in _expected():
            for path in sorted((case / run).glob("*")):
                if path.is_file() and path.suffix not in {".md", ".json"}:
                    copy = inbox / f"{case.name}-{run}-{path.name}"
                    copy.write_bytes(path.read_bytes())
                    files.append(copy)
        if files:
            books.book(files)
    return books


@pytest.mark.parametrize("case", sorted(_expected()), ids=lambda case: case.name)
def test_a_case_ends_with_the_balances_an_accountant_would_book(case, books):
    balances = books.balances()
    for claim_id, accounts in _expected()[case].items():
        found = {code: balances.get(("accrual", claim_id, code), Decimal(0)) for code in accounts}
        assert found == {code: Decimal(amount) for code, amount in accounts.items()}
