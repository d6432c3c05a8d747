"""Bank statements to ``raw_bank``: OFX 1.x and 2.x.

What does not belong here: disk, clock, lake, and what a deposit pays.
"""

from orchestration.formats.bank.reader import read
from orchestration.formats.bank.tables import TABLES

__all__ = ["TABLES", "read"]
