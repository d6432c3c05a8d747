"""A run that is killed loses nothing and blocks nobody."""

from __future__ import annotations

import os
import random
import signal
import time
from typing import TYPE_CHECKING, Any

import pytest
from support.e2e_books import START, Books, assert_every_dollar_is_somewhere

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


pytestmark = pytest.mark.crash


def small_practice(folder: Path) -> list[Path]:
    from orchestration.synthetic.generate import generate

    generate(folder, providers=1, start=START, days=45, seed=3)
    return sorted((folder / "inbox").iterdir())


def killed_after(books: Books, seconds: float) -> bool:
    """Start a run, kill it and everything it started, and tell whether it was still alive."""
    run = books.start("run", "--quiet")
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and run.poll() is None:
        time.sleep(0.02)
    alive = run.poll() is None
    if alive:
        os.kill(run.pid, signal.SIGKILL)
    run.communicate()
    return alive


@pytest.fixture
def calm_and_stormy(new_books: Callable[[str], Books], tmp_path: Path, tesseract: str) -> tuple[Books, Books, float]:
    """Two homes with the same files, one of them after a whole run, and how many seconds that took."""
    assert tesseract
    files = small_practice(tmp_path)
    calm, stormy = new_books("calm"), new_books("stormy")
    for books in (calm, stormy):
        books.drop(*files)
    started = time.monotonic()
    calm.medbooks("run", "--quiet")
    return calm, stormy, time.monotonic() - started


def essence(status: dict[str, Any]) -> tuple[Any, ...]:
    return status["sources"], status["held"], status["entries"], status["trial_balance_amount"]


def test_a_run_killed_in_the_middle_is_finished_by_the_next(
    calm_and_stormy: tuple[Books, Books, float],
) -> None:
    calm, stormy, whole = calm_and_stormy
    assert killed_after(stormy, whole * 0.45)
    stormy.medbooks("run", "--quiet")
    assert_every_dollar_is_somewhere(stormy.status())
    assert essence(stormy.status()) == essence(calm.status())
    assert "ok    stuck runs" in stormy.medbooks("doctor").stdout


@pytest.mark.slow
def test_forty_kills_at_random_moments_leave_the_same_books(
    calm_and_stormy: tuple[Books, Books, float],
) -> None:
    calm, stormy, whole = calm_and_stormy
    chance = random.Random(20260101)  # noqa: S311  # moments, not secrets
    kills = sum(killed_after(stormy, chance.uniform(0.5, whole)) for _ in range(40))
    stormy.medbooks("run", "--quiet")
    assert kills >= 20
    assert essence(stormy.status()) == essence(calm.status())
    assert_every_dollar_is_somewhere(stormy.status())


def test_a_second_run_beside_the_first_is_told_who_is_busy(new_books: Callable[[str], Books]) -> None:
    from orchestration.stores.home import Home
    from orchestration.stores.practice import PracticeStores

    books = new_books("busy")
    with PracticeStores(Home.locate(books.home)).lake.lock():
        done = books.medbooks("run", "--quiet", exit_code=5)
    assert f"pid {os.getpid()}" in done.stderr
    assert "Traceback" not in done.stderr
