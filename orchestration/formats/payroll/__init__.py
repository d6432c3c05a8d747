"""Payroll registers to ``raw_payroll``: tables by layout (OnPay and others), Gusto's and Rippling's JSON.

What does not belong here: disk, clock, lake, and the journal entry of a pay run.
"""
