"""The text exports by the name the command line knows them by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.gl import beancount, hledger, journal_file

if TYPE_CHECKING:
    from orchestration.gl.port import Export

EXPORTS: dict[str, Export] = {
    "beancount": beancount.export,
    "hledger": hledger.export,
    "csv": journal_file.export,
}
