"""Payroll registers to ``raw_payroll``.

What does not belong here: disk, clock, lake, and the journal entry of a pay run.
"""

from orchestration.formats.payroll.reader import read
from orchestration.formats.payroll.tables import TABLES

__all__ = ["TABLES", "read"]
