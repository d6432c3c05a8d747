"""X12: one package for each kind of transaction set, and ``syntax``, which they share.

Callers import the kind they read (``era835``, ``claims837``, ``acks``, ``trade``). What does not belong here: code.
"""
