"""Bank statements to ``raw_bank``: OFX 1.x and 2.x, BAI2, CAMT.053, CSV and XLSX downloads.

What does not belong here: disk, clock, lake, and what a deposit pays.
"""

from orchestration.formats.bank.from_bai2 import is_bai2
from orchestration.formats.bank.from_camt import is_camt
from orchestration.formats.bank.from_table import is_bank_table, read_layout
from orchestration.formats.bank.reader import read
from orchestration.formats.bank.tables import TABLES

__all__ = ["TABLES", "is_bai2", "is_bank_table", "is_camt", "read", "read_layout"]
