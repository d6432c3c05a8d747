"""Fixtures of the end-to-end tests; what they are made of is in ``support/e2e_books.py``."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from support.e2e_books import DAYS, SPLIT, START, Books, TwoSteps

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="session")
def new_books(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Books]:
    """Make an empty home."""
    return lambda name: Books(tmp_path_factory.mktemp(name))


@pytest.fixture(scope="session")
def two_steps(tmp_path_factory: pytest.TempPathFactory, tesseract: str) -> TwoSteps:
    """An involved practice of two providers, 100 days in a first run, 20 more in a second."""
    from orchestration.synthetic.entities import PRACTICE, involved
    from orchestration.synthetic.generate import generate

    assert tesseract
    folder = tmp_path_factory.mktemp("two-steps")
    entity = involved(PRACTICE)
    books = Books(folder / "home")
    end = START + dt.timedelta(days=DAYS - 1)
    statuses = []
    for number, window in enumerate(((START, SPLIT), (SPLIT + dt.timedelta(days=1), end))):
        part = folder / f"part-{number}"
        generate(part, providers=2, start=START, days=DAYS, seed=11, entity=entity, only=window)
        books.drop(*(part / "inbox").iterdir())
        books.medbooks("run", "--quiet")
        statuses.append(books.status())
    truth = generate(folder / "whole", providers=2, start=START, days=DAYS, seed=11, entity=entity)
    return TwoSteps(books, truth, folder / "whole" / "truth", *statuses)
