"""Where the revenue mapping and its lock lie, and the check that what posts is what was approved.

What does not belong here: what a lock is (``accounting/revenue_mapping.py``).
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from orchestration.accounting.revenue_mapping import TABLES, mapping_digest, read_lock
from orchestration.core.errors import GateFailedError
from orchestration.stores.home import DBT_PROJECT
from orchestration.stores.lake import rows

if TYPE_CHECKING:
    import duckdb

LOCK_FILE = DBT_PROJECT / "revenue_mapping.toml"
_MEND = "medbooks gl lock-mapping --effective DAY --reason ..."


def seed_rows() -> dict[str, list[dict[str, str]]]:
    """Return the rows of the mapping's seeds as their files hold them."""
    found = {}
    for table in TABLES:
        with (DBT_PROJECT / "seeds" / f"{table}.csv").open(encoding="utf-8", newline="") as seed:
            found[table] = list(csv.DictReader(seed))
    return found


def require_locked_mapping(lake: duckdb.DuckDBPyConnection) -> None:
    """Raise ``GateFailedError`` when the mapping the lake has booked by is not the one that was approved."""
    text = LOCK_FILE.read_text(encoding="utf-8") if LOCK_FILE.exists() else ""
    used = mapping_digest({table: rows(lake, f"SELECT * FROM reference.{table}") for table in TABLES})
    if read_lock(text).digest != used:
        message = "the revenue mapping is not the one that was approved, so nothing was posted"
        raise GateFailedError(message, mend=_MEND)
