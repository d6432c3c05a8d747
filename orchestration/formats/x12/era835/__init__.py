"""Remittances (835) to ``raw_era835``. Bytes in, rows and findings out; each module is one step of that.

``engine`` reads many files: stretches of them (``syntax.parts``) go through one ``run`` together, unless
``regularity`` finds that only the tokenizer can read a file. Of a run, ``columnar`` are the bytes as arrays, ``facts``
the sums of claims and lines, ``validation`` the form; ``judging`` makes ``remittances`` of them, with ``payment``
(header, provider adjustments), ``balancing`` (the three rules) and ``content`` (resend or conflict). What is made of
it: ``rows`` and ``reader`` (raw tables), ``parquet``, ``inspect``, ``explain``, ``opinions`` (pyx12 beside us).
What does not belong here: disk, clock, lake.
"""

from orchestration.formats.x12.era835.inspect import inspect
from orchestration.formats.x12.era835.reader import read
from orchestration.formats.x12.era835.tables import TABLES

__all__ = ["TABLES", "inspect", "read"]
