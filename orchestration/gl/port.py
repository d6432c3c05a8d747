"""What every target of the ledger takes and gives.

What does not belong here: any one target. A new format is a module with one function of this shape and a
line in ``exports.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestration.accounting.accounts import Account
    from orchestration.ledger.records import PostedEntry


class Export(Protocol):
    """Writes accounts and posted entries as the text of one program."""

    def __call__(self, accounts: Iterable[Account], entries: Iterable[PostedEntry]) -> str:
        """Return the whole file: deterministic, ending in a newline, amounts in US dollars to the cent.

        The caller chooses the entries; of several books only one belongs into a file.
        """
        ...
