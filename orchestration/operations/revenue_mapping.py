"""The revenue mapping: approving it as it is now, and the check that what posts is what was approved.

What does not belong here: what a lock is (``accounting/revenue_mapping.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.accounting.revenue_mapping import TABLES, MappingLock, mapping_digest, read_lock
from orchestration.core.errors import GateFailedError
from orchestration.stores.home import DBT_PROJECT
from orchestration.stores.lake import rows
from orchestration.stores.seeds import seed_rows

if TYPE_CHECKING:
    import datetime as dt

    import duckdb

    from orchestration.stores.practice import PracticeStores

LOCK_FILE = DBT_PROJECT / "revenue_mapping.toml"
_MEND = "medbooks gl lock-mapping --effective DAY --reason ..."


def mapping_tables() -> dict[str, list[dict[str, str]]]:
    """Return the rows of the mapping's seeds as their files hold them."""
    return {table: seed_rows(table) for table in TABLES}


def lock_mapping(stores: PracticeStores, effective: dt.date, *, by: str, reason: str) -> MappingLock:
    """Approve the mapping as its seeds are now, meant from a day on; ``by`` is the login of an approver.

    The approver decides for every entity. Raises ``BooksError`` for who may not, ``ConfigurationError`` when others can
    write the list of approvers.
    """
    tables = mapping_tables()
    version = max(int(row["mapping_version"]) for row in tables["procedure_categories"])
    digest = mapping_digest(tables)
    stores.home.require_guarded_settings()
    person = stores.ledger.record_mapping_lock(
        version,
        digest,
        [entity.entity_id for entity in stores.home.settings.all_entities],
        by=by,
        reason=f"from {effective}: {reason}",
    )
    lock = MappingLock(version, effective, person, digest)
    LOCK_FILE.write_text(lock.to_toml(), encoding="utf-8")
    return lock


def require_locked_mapping(lake: duckdb.DuckDBPyConnection) -> None:
    """Raise ``GateFailedError`` when the mapping the lake has booked by is not the one that was approved."""
    text = LOCK_FILE.read_text(encoding="utf-8") if LOCK_FILE.exists() else ""
    used = mapping_digest({table: rows(lake, f"select * from reference.{table}") for table in TABLES})
    if read_lock(text).digest != used:
        message = "the revenue mapping is not the one that was approved, so nothing was posted"
        raise GateFailedError(message, fix=_MEND)
