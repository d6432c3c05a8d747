"""Prices and weights of services to ``raw_fees``: the practice's own fees, payers' contracts, CMS relative values.

What does not belong here: disk, clock, lake, which version holds on a day, and descriptions of codes, which belong to
the AMA and the ADA.
"""

from orchestration.formats.fees.fixed_width import is_fixed_width
from orchestration.formats.fees.reader import is_fee_table, read, read_layout
from orchestration.formats.fees.tables import TABLES

__all__ = ["TABLES", "is_fee_table", "is_fixed_width", "read", "read_layout"]
