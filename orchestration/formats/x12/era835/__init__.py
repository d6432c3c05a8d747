"""X12: remittances (835) to ``raw_era835``. Bytes in, rows and findings out; each module is one step of that.

``segments`` (the exact tokenizer) and ``parts`` (bytes to canonical stretches) → ``engine`` (many files in one pass) →
``envelope`` (trailers), ``payment`` (header, provider adjustments), ``columnar`` (claims and lines) → ``balancing``
(words of a verdict) → ``reader`` (raw tables); ``inspect`` prints one file's verdict. What does not belong here: disk,
clock, lake.
"""

from orchestration.formats.x12.era835.inspect import inspect
from orchestration.formats.x12.era835.reader import read
from orchestration.formats.x12.era835.tables import TABLES

__all__ = ["TABLES", "inspect", "read"]
