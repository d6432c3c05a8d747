"""Is a remittance file written as its implementation guide says: grammar, exact walker, pyx12 beside it.

What does not belong here: what a segment means for the books, and the three balances (``balancing``).
"""
