"""Trade with suppliers over X12: 850 orders, 856 ship notices, 810 invoices as lines of orders, receipts and invoices.

``orders``, ``shipments`` and ``invoices`` turn one transaction set into a document or the finding that refuses it, with
what they share in ``documents``; ``reader`` reads files into a batch of the tables it is given. What does not belong
here: those tables, and whether the three documents agree (dbt).
"""
