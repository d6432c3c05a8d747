"""Bills on paper to ``raw_documents``: from text to fields, with arithmetic as proof.

What does not belong here: opening documents, OCR, disk, and paying a bill.
"""
