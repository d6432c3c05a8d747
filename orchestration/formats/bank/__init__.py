"""Bank statements to ``raw_bank``: OFX 1.x and 2.x, BAI2, CAMT.053, CSV and XLSX downloads.

What does not belong here: disk, clock, lake, and what a deposit pays.
"""
