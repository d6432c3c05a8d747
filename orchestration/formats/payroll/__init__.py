"""Payroll registers to ``raw_payroll``: tables by layout (OnPay and others), Gusto's and Rippling's JSON.

What does not belong here: disk, clock, lake, and the journal entry of a pay run.
"""

from orchestration.formats.payroll.layout import PayrollLayout, is_register, read_layout
from orchestration.formats.payroll.reader import is_payroll_json, read
from orchestration.formats.payroll.tables import TABLES

__all__ = ["TABLES", "PayrollLayout", "is_payroll_json", "is_register", "read", "read_layout"]
