"""What verbs share: the practice's stores, and words to stderr."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestration.stores.practice import PracticeStores


def open_stores() -> PracticeStores:
    """Return the stores of the practice the command line was pointed at."""
    from orchestration.stores.home import Home
    from orchestration.stores.practice import PracticeStores

    return PracticeStores(Home.locate())


def say(words: str) -> None:
    """Write words for a person to stderr."""
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


def dollars(amount: object) -> str:
    """Return an amount for a person: thousands separated, two decimals."""
    return f"${amount:,.2f}"
