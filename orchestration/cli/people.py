"""Who is at the command line: the name that proposals, decisions and the audit chain carry, and the roles of it.

The name is the login name of the operating system. What does not belong here: proving who somebody is; whoever may
run this program under another's login is that person here.
"""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestration.resources.practice import PracticeStores


def who() -> str:
    """Return the login name of the person at the command line."""
    return getpass.getuser()


def roles(stores: PracticeStores, name: str) -> frozenset[str]:
    """Return the roles of a person in this practice."""
    return frozenset({"practice_administrator"} if name in stores.home.settings.practice_administrators else ())
