"""Bills on paper to ``raw_documents``: from text to fields, with arithmetic as proof.

What does not belong here: opening documents, OCR, disk, and paying a bill.
"""

from orchestration.formats.documents.reader import DocumentText, read
from orchestration.formats.documents.tables import TABLES

__all__ = ["TABLES", "DocumentText", "read"]
