"""Claims as they were submitted (837 professional, institutional, dental) to ``raw_claims837``.

``loops`` turns one transaction set into rows, ``reader`` files. What a remittance repeats is here: CLM01 and REF*6R.
What does not belong here: revenue, which charges book, and what a payer answered.
"""
