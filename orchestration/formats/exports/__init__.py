"""EHR charge exports to ``raw_ehr``: tables (CSV, TSV, XLSX) in any layout that a profile describes.

What does not belong here: disk, clock, lake, and what a charge means for the books.
"""

from orchestration.formats.exports.known import match_known
from orchestration.formats.exports.profile import Profile, match_profile, read_profile
from orchestration.formats.exports.reader import read
from orchestration.formats.exports.tables import TABLES

__all__ = ["TABLES", "Profile", "match_known", "match_profile", "read", "read_profile"]
