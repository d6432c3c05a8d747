"""What every test may ask for: the samples beside the checkout, and programs that must be there where it counts.

What does not belong here: what one package's tests alone need (their own conftest.py).
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# how long an example takes says more about the machine than about the code: timings never decide a test
settings.register_profile("medbooks", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("medbooks")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep in one process what shares something costly: the tests of a file, and of the practice of two runs."""
    for item in items:
        is_of_practice = "two_steps" in getattr(item, "fixturenames", ())
        item.add_marker(pytest.mark.xdist_group("two_steps" if is_of_practice else item.path.name))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder that holds ``samples/``: ``MEDBOOKS_SHARED``, else ``shared`` beside the checkout."""
    folder = Path(os.environ.get("MEDBOOKS_SHARED") or Path(__file__).parents[2] / "shared")
    if not (folder / "samples").is_dir():
        pytest.skip("the sample files are not beside the checkout (MEDBOOKS_SHARED names their folder)")
    return folder


def program(name: str, how: str) -> str:
    """Return a program's path; without it the test is skipped, or fails where nothing may be skipped."""
    beside = Path(sys.executable).parent / name
    # servers lie where a user's PATH does not look
    found = str(beside) if beside.exists() else shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if found is None:
        reason = f"{name} is not installed: {how}"
        if os.environ.get("MEDBOOKS_NO_SKIP"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


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
    from postgres_server import start

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
