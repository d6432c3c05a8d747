"""Programs that tests need: found where they lie, and run with what the tests themselves can import.

What does not belong here: servers (``arrival_servers.py``, ``postgres_server.py``), and what a program says.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import NoReturn

import pytest

_TESTS = Path(__file__).parents[1]


def absent(reason: str) -> NoReturn:
    """Skip the test that needs what is not installed; fail where nothing may be skipped."""
    if os.environ.get("MEDBOOKS_NO_SKIP"):
        pytest.fail(reason)
    pytest.skip(reason)


def program(name: str, how: str) -> str:
    """Return a program's path; without it the test is skipped, or fails where nothing may be skipped."""
    beside = Path(sys.executable).parent / name
    # servers lie where a user's PATH does not look
    found = str(beside) if beside.exists() else shutil.which(name) or shutil.which(name, path="/usr/sbin")
    return found or absent(f"{name} is not installed: {how}")


def with_test_imports(*folders: Path) -> dict[str, str]:
    """Return an environment in which a program imports the project, ``support`` and modules of the folders given."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (_TESTS.parent, _TESTS, *folders)))}
