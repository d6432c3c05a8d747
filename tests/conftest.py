"""What every test may ask for: the samples beside the checkout, and programs that must be there where it counts.

What does not belong here: what one package's tests alone need (their own conftest.py), and plain functions that
several tests share (``support``).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from support.programs import program
from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    from xdist.remote import Producer

# how long an example takes says more about the machine than about the code: timings never decide a test
settings.register_profile("medbooks", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("medbooks")


# what shares the practice of two runs, which takes minutes to make
_OF_TWO_STEPS = frozenset({"test_books.py", "test_browser.py", "test_period_end.py", "test_privacy.py"})


class OneProcessForEach(LoadScopeScheduling):
    """Keeps in one process what shares something costly: the tests of a file, and of the practice of two runs.

    Groups by mark (``--dist loadgroup``) are silently none under pytest 9.2 (pytest-xdist 3.8.0).
    """

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return "two_steps" if Path(path).name in _OF_TWO_STEPS else path


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneProcessForEach | None:
    """Spread tests over processes by what they share; ``--dist loadscope`` asks for it."""
    return OneProcessForEach(config, log) if config.getvalue("dist") == "loadscope" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest tests, so that no process is left alone with one of them in the end."""
    items.sort(key=lambda item: [folder not in item.path.parts for folder in ("e2e", "integration", "graph")])
    for item in items:
        if "two_steps" in getattr(item, "fixturenames", ()) and item.path.name not in _OF_TWO_STEPS:
            message = f"{item.path.name} makes the practice of two runs once more: list it in tests/conftest.py"
            raise pytest.UsageError(message)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder that holds ``samples/``: ``MEDBOOKS_SHARED``, else ``shared`` beside the checkout."""
    folder = Path(os.environ.get("MEDBOOKS_SHARED") or Path(__file__).parents[2] / "shared")
    if not (folder / "samples").is_dir():
        pytest.skip("the sample files are not beside the checkout (MEDBOOKS_SHARED names their folder)")
    return folder


@pytest.fixture(scope="session")
def bean_check() -> str:
    """beancount's checker, from the `books` extra."""
    return program("bean-check", "uv sync --extra books")


@pytest.fixture(scope="session")
def hledger_program() -> str:
    """hledger, the third opinion on the books."""
    return program("hledger", "apt-get install hledger")


@pytest.fixture(scope="session")
def tesseract() -> str:
    """The OCR engine."""
    return program("tesseract", "apt-get install tesseract-ocr")


@pytest.fixture(scope="session")
def chromium() -> str:
    """A headless browser."""
    return program("chromium", "apt-get install chromium")


@pytest.fixture(scope="session")
def postgres_server():
    """A real PostgreSQL on loopback, started by the first test that asks and stopped after the last."""
    from support.postgres_server import start

    server, stop = start()
    yield server
    stop()


@pytest.fixture(scope="session")
def sshd() -> str:
    """An OpenSSH server, and the program that makes its keys."""
    program("ssh-keygen", "apt-get install openssh-client")
    return program("sshd", "apt-get install openssh-server")


@pytest.fixture(scope="session")
def dovecot() -> str:
    """An IMAP server."""
    return program("dovecot", "apt-get install dovecot-imapd")
