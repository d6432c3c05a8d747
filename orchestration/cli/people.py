"""Who is at the command line: the person behind the login, as the books and the audit chain carry it.

The login is that of the process's user as the operating system knows it, not of a variable that anybody may set. The
practice's list of approvers says which person it is. What does not belong here: proving who somebody is; whoever may
run this program under another's login is that person here.
"""

from __future__ import annotations

import os
import pwd
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestration.stores.practice import PracticeStores


def login() -> str:
    """Return the login name of the process's user; its number where the system has no name for it."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid-{os.getuid()}"


def who(stores: PracticeStores) -> str:
    """Return the person at the command line: the approver of that login, else the login itself."""
    return stores.home.settings.roster.person_of(login())
