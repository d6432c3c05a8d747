"""Out of the ledger: exports as text, and posting to outside ledgers, each entry exactly once.

Words, used alike in code and prose:

- **outside ledger**: a general ledger that is not ours, kept in another program. It is never the truth and never
  writes to our ledger.
- **vendor**: the product an outside ledger is kept in, with its rules: QuickBooks, Xero, Sage Intacct, NetSuite, or
  any program that imports files. One module each in ``vendors/``.
- **target**: an opened connection to one practice's outside ledger at a vendor; what the poster posts to (``port.py``).
- **export**: the books as the text of one program; nothing is sent. One module each in ``exports/``.

Order of imports: ``port`` ← ``chart_map``, ``wire/`` ← ``answers`` ← ``vendors/`` ← ``opening``, ``first_connection``;
``poster`` and ``compare`` know ``port`` alone and are handed a target. What does not belong here: the book of record
(``ledger``), and where a practice keeps its files.
"""
