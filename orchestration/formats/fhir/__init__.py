"""FHIR R4 to ``raw_fhir``: bulk export (NDJSON), Bundles, single resources, and the same resources as Parquet.

``records`` (bytes to resources) → ``claims``, ``charge_items``, ``explanations`` and ``reference`` (one resource to
rows) → ``reader`` (files).

R4 has no resource for a payment that a practice received: Claim and ChargeItem give charges, ExplanationOfBenefit what
a payer says it paid. What does not belong here: disk, clock, lake, and which of two resources about a service counts.
"""
