"""pyx12's word on every remittance file beside ours: asked for, compared, and kept in the lake.

pyx12 is slow, so a run asks about new files for a bounded time and the next run goes on. What does not belong here:
asking about one file and comparing (``formats.x12``).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from orchestration.formats.x12.era835.opinions import SECOND_OPINIONS, second_opinion
from orchestration.privacy.phi import scrubbed
from orchestration.stores.lake import create_tables

if TYPE_CHECKING:
    from orchestration.stores.practice import PracticeStores

_TABLE = SECOND_OPINIONS.qualified_name


def ask_second_opinions(stores: PracticeStores, seconds: float) -> int:
    """Ask about files no row knows, newest first, for so many CPU-seconds; return how many were asked about."""
    with stores.lake.connect() as lake, scrubbed("asking for a second opinion"):
        create_tables(lake, (SECOND_OPINIONS,))
        waiting = lake.execute(
            f"select file_id from raw_era835.files where file_id not in (select file_id from {_TABLE}) "
            "order by loaded_at desc, file_id"
        ).fetchall()
        rows = []
        started = time.process_time()
        for (identity,) in waiting:
            if time.process_time() - started >= seconds:
                break
            rows.append(second_opinion(stores.landed.get(identity)))
        if rows:
            lake.register("incoming", SECOND_OPINIONS.to_arrow(rows))
            lake.execute(f"insert into {_TABLE} by name select * from incoming")
    return len(rows)


def second_opinion_counts(stores: PracticeStores) -> dict[str, int]:
    """Return outcome of the comparison → number of files."""
    with stores.lake.connect() as lake:
        found = lake.execute(f"select comparison, count(*) from {_TABLE} group by comparison").fetchall()
    return {str(comparison): int(count) for comparison, count in found}
