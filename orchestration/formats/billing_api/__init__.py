"""JSON of billing systems' APIs to ``raw_billing_api``: Redox Financial/Transaction, DrChrono line items and payments.

``records`` (bytes to records and whose they are) → ``redox``, ``drchrono`` (one record to rows) → ``reader`` (files).
What does not belong here: tables of text (``exports``), FHIR, disk, clock, lake.
"""

from orchestration.formats.billing_api.reader import read
from orchestration.formats.billing_api.records import is_billing_json
from orchestration.formats.billing_api.tables import TABLES

__all__ = ["TABLES", "is_billing_json", "read"]
