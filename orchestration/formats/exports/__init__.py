"""EHR charge exports to ``raw_ehr``: tables (CSV, TSV, XLSX) in any layout that a profile describes.

What does not belong here: disk, clock, lake, and what a charge means for the books.
"""
