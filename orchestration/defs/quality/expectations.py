"""The quality report finance reads: what is new since the last report, checked at three gates, as pages.

Only new rows are checked, so the cost follows what arrived; a gate that fails keeps its rows new.
"""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import dagster as dg

from orchestration.defs.catalog import FINANCE
from orchestration.defs.resources import Practice
from orchestration.privacy.phi import scrubbed
from orchestration.resources.lake import frame

GATES = ("remittances", "charges", "journal_batch")
KEY = dg.AssetKey(["quality", "data_docs"])
_CHECK_NAMES = {
    "remittances": "remittances_are_fit_to_post",
    "charges": "charges_are_fit_to_post",
    "journal_batch": "journal_batch_is_fit_to_post",
}
_FACTS = {
    "remittances": "marts.fct_remittance_lines",
    "charges": "marts.fct_charge_lines",
    "journal_batch": "posting.fct_journal_lines",
}
_AMOUNTS = {"remittances": "paid_amount", "charges": "charged_amount", "journal_batch": "debit_amount"}

_WATERMARKS = """
create schema if not exists quality;
create table if not exists quality.checked_through (gate varchar, loaded_at timestamp with time zone)
"""


@dg.asset(
    key=KEY,
    group_name="quality",
    owners=[FINANCE],
    kinds={"greatexpectations", "html"},
    tags={"phi": "false"},
    deps=[dg.AssetKey(name.split(".")) for name in _FACTS.values()],
    pool="lake",
    check_specs=[
        dg.AssetCheckSpec(
            name=_CHECK_NAMES[gate],
            asset=KEY,
            blocking=True,
            description=f"No rule of the gate '{gate}' whose failure keeps a batch from being posted has failed.",
        )
        for gate in GATES
    ],
    description=(
        "Grain: one report per run with new rows. A Great Expectations checkpoint over the rows that are new at three "
        "gates, as Data Docs that render offline; results are pass or fail, never a value of a row. Known limit: "
        "drift against history is not judged yet."
    ),
)
def data_docs(context: dg.AssetExecutionContext, practice: Practice) -> Iterator[dg.MaterializeResult]:
    """Check what is new at every gate and write the pages."""
    from orchestration.resources.data_quality import validate
    from orchestration.resources.gate_columns import COLUMNS

    stores = practice.stores
    posted = stores.ledger.posted_event_ids()
    with stores.lake.connect() as lake, scrubbed("reading the rows of the quality gates"):
        lake.execute(_WATERMARKS)
        events = {row[0] for row in lake.execute("select distinct event_id from posting.fct_journal_lines").fetchall()}
        lake.execute("create or replace temporary table new_events (event_id varchar)")
        if new_events := sorted(events - posted):
            lake.execute("insert into new_events select unnest(?)", [new_events])
        conditions = {
            gate: "event_id in (select event_id from new_events)"
            if gate == "journal_batch"
            else "loaded_at > (select coalesce(max(loaded_at), timestamptz '1970-01-01') from quality.checked_through "
            f"where gate = '{gate}')"
            for gate in GATES
        }
        frames = {
            gate: frame(lake, f"select {', '.join(COLUMNS[gate])} from {_FACTS[gate]} where {conditions[gate]}")
            for gate in GATES
        }
        stakes = {
            gate: Decimal(
                (
                    lake.execute(
                        f"select coalesce(sum({_AMOUNTS[gate]}), 0) from {_FACTS[gate]} where {conditions[gate]}"
                    ).fetchone()
                    or (0,)
                )[0]
            )
            for gate in GATES
        }
    folder = stores.home.reports / "data_docs"
    if not any(len(rows) for rows in frames.values()) and (folder / "index.html").exists():
        # nothing new: the last report still says what is in the books
        yield dg.MaterializeResult(metadata={"checked_rows": 0, "report": str(folder / "index.html")})
        yield from (_check(gate, passed=True, rows=0) for gate in GATES)
        return
    result = validate(
        frames, docs_folder=folder, run_name=context.run_id, as_of=dt.datetime.now(dt.UTC), at_stake_amounts=stakes
    )
    with stores.lake.connect() as lake:
        for gate in ("remittances", "charges"):
            if result.gates[gate].success:
                lake.execute(
                    "insert into quality.checked_through select ?, max(loaded_at) "
                    f"from {_FACTS[gate]} having max(loaded_at) is not null",
                    [gate],
                )
    yield dg.MaterializeResult(
        metadata={"checked_rows": sum(len(rows) for rows in frames.values()), "report": str(result.docs_index)}
    )
    yield from (_check(gate, passed=result.gates[gate].success, rows=len(frames[gate])) for gate in GATES)


def _check(gate: str, *, passed: bool, rows: int) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=KEY, check_name=_CHECK_NAMES[gate], passed=passed, metadata={"checked_rows": rows}
    )
