"""The text exports by the name the command line knows them by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.gl import beancount, fivetran, hledger, journal_file

if TYPE_CHECKING:
    from orchestration.gl.port import Export

EXPORTS: dict[str, Export] = {
    "beancount": beancount.export,
    "hledger": hledger.export,
    "csv": journal_file.export,
    "general_ledger": fivetran.general_ledger,
    "general_ledger_by_period": fivetran.general_ledger_by_period,
    "profit_and_loss": fivetran.profit_and_loss,
    "balance_sheet": fivetran.balance_sheet,
}
