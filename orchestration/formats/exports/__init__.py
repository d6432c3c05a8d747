"""EHR charge exports to ``raw_ehr``: delimited text in any layout that a profile describes.

What does not belong here: disk, clock, lake, and what a charge means for the books.
"""

from orchestration.formats.exports.profile import match_profile
from orchestration.formats.exports.reader import read
from orchestration.formats.exports.tables import TABLES

__all__ = ["TABLES", "match_profile", "read"]
