"""Supplier orders, receipts and invoices to ``raw_supplies``: tables by layout (Henry Schein, McKesson, any) and JSON.

What does not belong here: X12 (``x12.trade``), disk, clock, lake, bills on paper (``documents``), and whether the three
documents agree.
"""

from orchestration.formats.supplies.layout import SupplyLayout, is_supply_table, read_layout
from orchestration.formats.supplies.reader import is_supply_json, read, read_into
from orchestration.formats.supplies.tables import TABLES

__all__ = ["TABLES", "SupplyLayout", "is_supply_json", "is_supply_table", "read", "read_into", "read_layout"]
