"""Posted entries without a ledger, and the programs that give the second opinion."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from book_examples import CHART

from orchestration.accounting.accounts import read_chart
from orchestration.accounting.journal import entry_key
from orchestration.ledger.records import PostedEntry


@pytest.fixture(scope="session")
def accounts():
    return read_chart(CHART)


@pytest.fixture(scope="session")
def as_posted():
    """Return a function that numbers entries as a ledger would."""

    def number(entries):
        return [
            PostedEntry(position, entry_key(one, "v1"), "AI-20261123-1", "v1", f"{one.entry_date:%Y-%m}", None, one)
            for position, one in enumerate(entries, start=1)
        ]

    return number


def program(name):
    """Return the path of a program, beside the interpreter or on PATH; skip where it is absent."""
    found = shutil.which(name, path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    if found is None:
        if os.environ.get("MEDBOOKS_NO_SKIP") == "1":
            pytest.fail(f"{name} is not installed and MEDBOOKS_NO_SKIP=1 allows no skip")
        pytest.skip(f"{name} is not installed: its second opinion is missing")
    return found


@pytest.fixture(scope="session")
def bean_check():
    """Return a function that gives what bean-check says about a text, nothing when it accepts it."""
    command = program("bean-check")

    def check(text, folder):
        path = folder / "books.beancount"
        path.write_text(text, encoding="utf-8")
        done = subprocess.run([command, "--no-cache", str(path)], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    return check


@pytest.fixture(scope="session")
def hledger():
    """Return a function that runs hledger on a text."""
    command = program("hledger")

    def run(text, folder, *arguments):
        path = folder / "books.journal"
        path.write_text(text, encoding="utf-8")
        done = subprocess.run(
            [command, "-f", str(path), *arguments],
            capture_output=True,
            text=True,
            check=False,
            # it reads the journal in the locale's encoding
            env=os.environ | {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"},
        )
        return done.returncode, done.stdout + done.stderr

    return run
