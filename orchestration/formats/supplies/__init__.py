"""Supplier orders, receipts and invoices to ``raw_supplies``: tables by layout (Henry Schein, McKesson, any) and JSON.

What does not belong here: X12 (``x12.trade``), disk, clock, lake, bills on paper (``documents``), and whether the three
documents agree.
"""
