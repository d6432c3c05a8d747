"""Tell the lake what is booked and decided, and keep what it proposes: the movements of claims, sealed.

The ledger holds no person, so which claim a posted amount stands on is kept here, one sealed list per run. A lake that
is made anew reads them back, and proposes only what is wanted beyond. What does not belong here: what is wanted (dbt).
"""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Final

from orchestration.core.books_tables import CLOSED_PERIODS, ITEM_DECISIONS, MOVEMENTS, TABLES
from orchestration.core.ids import file_id as hash_of
from orchestration.stores.lake import create_tables, insert, table_names

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from orchestration.core.tables import Table
    from orchestration.stores.practice import PracticeStores

_KEPT: Final = ", ".join(c.name for c in MOVEMENTS.columns if c.name != "remembered_id")
# a version before this one kept no lists: what it proposed stands in its lake alone, without claims
_EARLIER: Final = "posting.coded_movements"


def tell_lake(stores: PracticeStores) -> None:
    """Bring into the lake what it does not hold of the sealed lists, what people decided, and what is closed."""
    with stores.lake.connect() as lake:
        is_new = MOVEMENTS.qualified_name not in table_names(lake)
        create_tables(lake, TABLES)
        known = {
            row[0] for row in lake.execute(f"select distinct remembered_id from {MOVEMENTS.qualified_name}").fetchall()
        }
        for identity in sorted(set(stores.remembered.identities()) - known):
            _read_back(stores, lake, identity)
        if is_new and not known and _EARLIER in table_names(lake):
            _adopt(stores, lake)
        _replace(lake, ITEM_DECISIONS, _decisions(stores))
        _replace(lake, CLOSED_PERIODS, [tuple(period) for period in stores.ledger.closed_periods()])


def remember_movements(stores: PracticeStores, lake: duckdb.DuckDBPyConnection) -> int:
    """Seal what was proposed and stands in no list yet; to be called before anything of it is posted.

    Returns the number of movements. A run that was killed in between does it again.
    """
    return _remember(
        stores,
        lake,
        f"select {_KEPT} from posting.proposed_movements where concat(event_id, ' ', book) not in "
        f"(select concat(event_id, ' ', book) from {MOVEMENTS.qualified_name}) order by all",
    )


def _decisions(stores: PracticeStores) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for key, decision in stores.ledger.item_decisions().items():
        if decision.made.kind == "decided":
            day = dt.datetime.fromisoformat(decision.decided_at).date()
            number, verb = decision.decision_number, decision.made.verb
            rows += [
                (key, number, place, verb, part.account_code, None, None, part.amount, None, day)
                for place, part in enumerate(decision.made.parts, start=1)
            ]
    return rows


def _replace(lake: duckdb.DuckDBPyConnection, table: Table, rows: list[tuple[object, ...]]) -> None:
    """Make a table anew: what holds in the ledger now, nothing of before."""
    lake.execute(f"delete from {table.qualified_name}")
    insert(lake, table.schema, {table.name: table.to_arrow(rows)})


def _adopt(stores: PracticeStores, lake: duckdb.DuckDBPyConnection) -> None:
    unknown = ", ".join(f"cast(null as varchar) as {name}" for name in ("payer_id", "claim_id", "service_key", "part"))
    _remember(
        stores,
        lake,
        "select event_id, event_id as base_event_id, book, file_id, source, entry_date, rule_id, account_code, "
        f"account_role, payer_class, provider_id, location_id, entity_id, {unknown}, signed_amount "
        f"from {_EARLIER} where signed_amount <> 0 order by all",
    )


def _remember(stores: PracticeStores, lake: duckdb.DuckDBPyConnection, sql: str) -> int:
    import pyarrow.parquet as pq

    found = lake.execute(sql).to_arrow_table()
    if not found.num_rows:
        return 0
    content = io.BytesIO()
    pq.write_table(found, content)
    identity = hash_of(content.getvalue())
    content.seek(0)
    stores.remembered.put(identity, content, "movements.parquet", dt.datetime.now(dt.UTC))
    _insert(lake, found, identity)
    return int(found.num_rows)


def _read_back(stores: PracticeStores, lake: duckdb.DuckDBPyConnection, identity: str) -> None:
    import pyarrow.parquet as pq

    _insert(lake, pq.read_table(io.BytesIO(bytes(stores.remembered.get(identity).content))), identity)


def _insert(lake: duckdb.DuckDBPyConnection, found: pa.Table, identity: str) -> None:
    import pyarrow as pa

    rows = found.append_column("remembered_id", pa.repeat(pa.scalar(identity), found.num_rows))
    insert(lake, MOVEMENTS.schema, {MOVEMENTS.name: rows})
