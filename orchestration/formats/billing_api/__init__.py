"""JSON of billing systems' APIs to ``raw_billing_api``: Redox Financial/Transaction, DrChrono line items and payments.

``records`` (bytes to records and whose they are) → ``redox``, ``drchrono`` (one record to rows) → ``reader`` (files).
What does not belong here: tables of text (``exports``), FHIR, disk, clock, lake.
"""
