"""The same files in any order and any batches leave the same balance on every account, in both books.

What does not belong here: whether that balance is right (the cases of ``test_cases.py``).
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from support.batches import BatchedBooks

_CASES = Path(os.environ.get("MEDBOOKS_SHARED") or Path(__file__).parents[3] / "shared") / "cases"
_FOLDERS = ("era835", "books", "bank")


@pytest.fixture(scope="module")
def case_files(tmp_path_factory):
    """Every file of the cases that are read, under a name of its own: originals, reversals, copies, later payers."""
    if not _CASES.exists():
        pytest.skip("the shared cases are not here")
    folder = tmp_path_factory.mktemp("case-files")
    files = []
    for path in sorted(p for name in _FOLDERS for p in (_CASES / name).rglob("*") if p.is_file()):
        if path.suffix not in {".md", ".json"}:
            copy = folder / f"{path.parent.parent.name}-{path.parent.name}-{path.name}"
            copy.write_bytes(path.read_bytes())
            files.append(copy)
    return files


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A home whose project is parsed and whose lake has every table and no row."""
    books = BatchedBooks(tmp_path_factory.mktemp("empty-books"))
    books.book([])
    return books


@pytest.fixture(scope="module")
def together(case_files, empty, tmp_path_factory):
    """The balances when everything lands at once."""
    books = BatchedBooks(tmp_path_factory.mktemp("together") / "home", empty)
    books.book(case_files)
    assert books.unbalanced_events() == []
    return books.balances()


def _in_batches(files, count, seed, empty, folder):
    shuffled = list(files)
    random.Random(seed).shuffle(shuffled)  # noqa: S311  # an order to try, no secret
    books = BatchedBooks(folder / "home", empty)
    for number in range(count):
        books.book(shuffled[number::count])
    return books


def test_what_lands_in_the_opposite_order_leaves_the_same_balances(case_files, empty, together, tmp_path):
    books = BatchedBooks(tmp_path / "home", empty)
    half = len(case_files) // 2
    books.book(list(reversed(case_files))[:half])
    books.book(list(reversed(case_files))[half:])
    assert _differences(together, books.balances()) == {}
    assert books.unbalanced_events() == []


@pytest.mark.slow
def test_files_that_land_again_add_nothing(case_files, empty, together, tmp_path):
    books = _in_batches(case_files, 2, 5, empty, tmp_path)
    first = books.balances()
    books.book([])
    assert books.balances() == first
    assert _differences(together, first) == {}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_any_permutation_in_any_batches_leaves_the_same_balances(seed, case_files, empty, together, tmp_path):
    books = _in_batches(case_files, 2 + seed * 2, seed, empty, tmp_path)
    assert _differences(together, books.balances()) == {}
    assert books.unbalanced_events() == []


def _differences(one, other):
    return {place: (one.get(place), other.get(place)) for place in {*one, *other} if one.get(place) != other.get(place)}
