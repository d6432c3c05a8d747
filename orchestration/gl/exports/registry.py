"""The exports by name, each with its module and function, imported when the export is asked for.

Adding an export is a module with a function of the shape of ``Export`` and one line here. What does not belong here:
the syntax of any export.
"""

from __future__ import annotations

from importlib import import_module
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


REGISTERED: dict[str, str] = {
    "beancount": "orchestration.gl.exports.beancount:export",
    "hledger": "orchestration.gl.exports.hledger:export",
    "csv": "orchestration.gl.exports.journal_csv:export",
    "general_ledger": "orchestration.gl.exports.fivetran:general_ledger",
    "general_ledger_by_period": "orchestration.gl.exports.fivetran:general_ledger_by_period",
    "profit_and_loss": "orchestration.gl.exports.fivetran:profit_and_loss",
    "balance_sheet": "orchestration.gl.exports.fivetran:balance_sheet",
}


def names() -> tuple[str, ...]:
    """Return the names of all exports, as the command line offers them."""
    return tuple(REGISTERED)


def export_named(name: str) -> Export:
    """Return an export by its name; raises ``KeyError`` for a name that is not registered."""
    module, _, function = REGISTERED[name].partition(":")
    export: Export = getattr(import_module(module), function)
    return export
