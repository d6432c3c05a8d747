"""Prices and weights of services to ``raw_fees``: the practice's own fees, payers' contracts, CMS relative values.

What does not belong here: disk, clock, lake, which version holds on a day, and descriptions of codes, which belong to
the AMA and the ADA.
"""
