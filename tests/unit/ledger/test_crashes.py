"""A run that is killed posted all of its batch or nothing, and the next run needs no repair."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from crash_loop import ENTRIES_PER_BATCH, KILLS
from support.programs import with_test_imports

pytestmark = pytest.mark.crash

_HERE = Path(__file__).parent


def run(ledger_path, mode):
    done = subprocess.run(
        [sys.executable, str(_HERE / "crash_loop.py"), str(ledger_path), mode],
        env=with_test_imports(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_post_killed_before_any_of_its_statements_leaves_nothing_of_its_batch(ledger_path):
    outcome = run(ledger_path, "statements")
    # begin, look up, batch, lines, entries, audit, commit at the very least
    assert len(outcome["killed"]) >= 7
    assert outcome["killed"] == [{"entries": 0, "difference": "0.00", "findings": []}] * len(outcome["killed"])
    assert outcome["survived"] == {"entries": ENTRIES_PER_BATCH, "difference": "0.00", "findings": []}


def test_posts_killed_at_random_moments_are_there_wholly_or_not_at_all(ledger_path):
    outcome = run(ledger_path, "moments")
    assert len(outcome["seen"]) == KILLS
    assert outcome["killed"] > 0
    for seen in outcome["seen"]:
        assert seen["entries"] % ENTRIES_PER_BATCH == 0
        assert (seen["difference"], seen["findings"]) == ("0.00", [])
    # replaying everything posts only the one batch that had not landed
    assert outcome["posted_after"] == ENTRIES_PER_BATCH
    assert outcome["conflicts"] == 0
    assert outcome["final"] == {"entries": outcome["batches"] * ENTRIES_PER_BATCH, "difference": "0.00", "findings": []}
