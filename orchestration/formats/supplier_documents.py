"""Orders, receipts and invoices of suppliers in any format to ``raw_supplies``: X12, tables by layout, JSON.

What does not belong here: any format (``x12.trade``, ``supplies``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.core.tables import RawBatch, SourceFile
from orchestration.formats import supplies
from orchestration.formats.x12 import trade

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def read(files: Sequence[SourceFile], own: Mapping[str, supplies.SupplyLayout] | None = None) -> RawBatch:
    """Return the rows of many supplier files; ``own`` are the practice's own layouts by name.

    Never raises, whatever the bytes.
    """
    batch = RawBatch(supplies.TABLES)
    for file in files:
        if trade.is_trade(file.content):
            trade.read_into(batch, file)
        else:
            supplies.read_into(batch, file, own)
    return batch
