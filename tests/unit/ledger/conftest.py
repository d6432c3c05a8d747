"""A ledger with the small chart, fresh for every test: a copy, since making one waits for the disk."""

from __future__ import annotations

import shutil

import pytest
from book_examples import CHART

from orchestration.ledger.store import Ledger


@pytest.fixture(scope="session")
def empty_ledger(tmp_path_factory):
    path = tmp_path_factory.mktemp("ledger") / "empty.sqlite"
    books = Ledger(f"sqlite:///{path}")
    books.migrate()
    books.load_accounts(CHART)
    return path


@pytest.fixture
def ledger_path(tmp_path):
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def ledger(ledger_path, empty_ledger):
    shutil.copy(empty_ledger, ledger_path)
    return Ledger(f"sqlite:///{ledger_path}")
