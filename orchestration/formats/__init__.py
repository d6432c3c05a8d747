"""The readers: bytes in, rows of a raw schema and findings out; no clock, no disk, no network.

One package per standard, each on its own. What does not belong here: what a row means for the books.
"""
