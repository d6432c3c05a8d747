"""Judge what is new at the three quality gates, and write the pages finance reads.

Only new rows are judged, so the cost follows what arrived; a gate that fails keeps its rows new. What does not belong
here: the rules and their evaluation (``quality``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from orchestration.privacy.phi import scrubbed
from orchestration.quality.rules import GATES, Gate
from orchestration.stores.lake import frame

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import duckdb

    from orchestration.stores.practice import PracticeStores

# the model each gate reads, and the dollars at stake in it
GATE_MODELS: Final[dict[Gate, tuple[str, str]]] = {
    "remittances": ("marts", "fct_remittance_lines"),
    "charges": ("marts", "fct_charge_lines"),
    "journal_batch": ("posting", "fct_journal_lines"),
}
_AMOUNTS: Final[dict[Gate, str]] = {
    "remittances": "paid_amount",
    "charges": "charged_amount",
    "journal_batch": "debit_amount",
}
# what is new of a gate is told by its event, of the others by when its file was loaded
_BY_EVENT: Final[Gate] = "journal_batch"

_WATERMARKS = """
create schema if not exists quality;
create table if not exists quality.checked_through (gate varchar, loaded_at timestamp with time zone)
"""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The pages, and per gate the rows that were judged and whether they are fit to post."""

    page: Path
    row_counts: Mapping[Gate, int]
    is_passed: Mapping[Gate, bool]


def judge(stores: PracticeStores, run_name: str) -> Judgement:
    """Judge the rows that are new; without any, the last pages still say what is in the books and stay."""
    from orchestration.quality.columns import COLUMNS
    from orchestration.quality.evaluation import validate

    posted = stores.ledger.posted_event_ids()
    with stores.lake.connect() as lake, scrubbed("reading the rows of the quality gates"):
        conditions = _conditions_of_new_rows(lake, posted)
        sources = {gate: f"{'.'.join(GATE_MODELS[gate])} where {conditions[gate]}" for gate in GATES}
        frames = {gate: frame(lake, f"select {', '.join(COLUMNS[gate])} from {sources[gate]}") for gate in GATES}
        stakes = {
            gate: Decimal(
                (lake.execute(f"select coalesce(sum({_AMOUNTS[gate]}), 0) from {sources[gate]}").fetchone() or (0,))[0]
            )
            for gate in GATES
        }
    folder = stores.home.reports / "data_docs"
    counts = {gate: len(rows) for gate, rows in frames.items()}
    if not any(counts.values()) and (folder / "index.html").exists():
        return Judgement(folder / "index.html", counts, dict.fromkeys(GATES, True))
    result = validate(
        frames, docs_folder=folder, run_name=run_name, as_of=dt.datetime.now(dt.UTC), at_stake_amounts=stakes
    )
    passed = {gate: outcome.success for gate, outcome in result.gates.items()}
    with stores.lake.connect() as lake:
        for gate in GATES:
            if gate != _BY_EVENT and passed[gate]:
                lake.execute(
                    "insert into quality.checked_through select ?, max(loaded_at) "
                    f"from {'.'.join(GATE_MODELS[gate])} having max(loaded_at) is not null",
                    [gate],
                )
    return Judgement(result.docs_index, counts, passed)


def _conditions_of_new_rows(lake: duckdb.DuckDBPyConnection, posted: set[str]) -> dict[Gate, str]:
    lake.execute(_WATERMARKS)
    journal = ".".join(GATE_MODELS[_BY_EVENT])
    events = {row[0] for row in lake.execute(f"select distinct event_id from {journal}").fetchall()}
    lake.execute("create or replace temporary table new_events (event_id varchar)")
    if new_events := sorted(events - posted):
        lake.execute("insert into new_events select unnest(?)", [new_events])
    return {
        gate: "event_id in (select event_id from new_events)"
        if gate == _BY_EVENT
        else "loaded_at > (select coalesce(max(loaded_at), timestamptz '1970-01-01') from quality.checked_through "
        f"where gate = '{gate}')"
        for gate in GATES
    }
