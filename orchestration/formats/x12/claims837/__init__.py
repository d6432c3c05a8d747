"""Claims as they were submitted (837 professional, institutional, dental) to ``raw_claims837``.

``loops`` walks one transaction set and ``open_loops`` are what is open in it, ``rows`` are what it comes to, ``reader``
reads files. What a remittance repeats is here: CLM01 and REF*6R. What does not belong here: revenue, which charges
book, and what a payer answered.
"""
