"""What bean-check and hledger say about books that are given to them as text.

What does not belong here: finding the programs (``bean_check`` and ``hledger_program`` of ``tests/conftest.py``).
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def bean_check_says(program: str, text: str, folder: Path) -> tuple[int, str]:
    """Return bean-check's exit code and words about a text: ``(0, "")`` when it accepts it."""
    file = folder / "books.beancount"
    file.write_text(text, encoding="utf-8")
    done = subprocess.run([program, "--no-cache", str(file)], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def hledger_says(program: str, text: str, folder: Path, *arguments: str) -> tuple[int, str]:
    """Return hledger's exit code and words about a text."""
    file = folder / "books.journal"
    file.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [program, "-f", str(file), *arguments],
        capture_output=True,
        text=True,
        check=False,
        # it reads the journal in the locale's encoding
        env=os.environ | {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"},
    )
    return done.returncode, done.stdout + done.stderr
