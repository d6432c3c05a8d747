"""Targets of the ledger: each turns posted entries into what one outside program or service reads.

They are never the truth and never write to the ledger. One target per module; ``port.py`` says what a target is.
"""
