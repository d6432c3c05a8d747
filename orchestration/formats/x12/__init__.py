"""X12: remittances (835) to ``raw_era835``. Bytes in, rows and findings out; each module is one step of that.

``segments`` (bytes to segments) → ``envelope`` (trailers) → ``remittance`` (rows) → ``balancing`` (verdict) →
``reader`` (files); ``inspect`` prints one file's verdict. What does not belong here: disk, clock, lake.
"""

from orchestration.formats.x12.inspect import inspect
from orchestration.formats.x12.reader import read
from orchestration.formats.x12.tables import TABLES

__all__ = ["TABLES", "inspect", "read"]
