"""Posts in child processes and kills them with SIGKILL: run by ``test_crashes.py``, one process for all kills.

The children are forked here and not in the test run, whose threads would not survive a fork.
Usage: crash_loop.py <ledger file> <statements | moments>; prints one JSON object.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time

import sqlalchemy as sa
from support.book_examples import CHART, credit, debit, entry
from support.children import fork, wait
from support.posting import post

from orchestration.ledger.store import Ledger

ENTRIES_PER_BATCH = 400
KILLS = 15
_SEED = 20261123


def entries_of(batch_number):
    return [
        entry(
            f"ehr:{batch_number}:{number}", [debit("1200", "9.00"), credit("1010", "4.00"), credit("4000-EM", "5.00")]
        )
        for number in range(ENTRIES_PER_BATCH)
    ]


def fork_and_post(ledger, batch_number, kill_before_statement=None):
    seen = 0

    def count(*_arguments):
        nonlocal seen
        seen += 1
        if seen == kill_before_statement:
            os.kill(os.getpid(), signal.SIGKILL)

    def work():
        # every statement, the lines' executemany too, and the moment before COMMIT
        sa.event.listen(ledger.sessions.engine, "before_cursor_execute", count)
        sa.event.listen(ledger.sessions.engine, "commit", count)
        post(ledger, *entries_of(batch_number))

    return fork(work)


def was_killed(child):
    return wait(child) == signal.SIGKILL


def state(ledger):
    return {
        "entries": ledger.entry_count(),
        "difference": str(ledger.trial_balance_amount()),
        "findings": [finding.code for finding in ledger.verify_audit() + ledger.verify_books()],
    }


def kill_before_every_statement(ledger):
    """Kill one post before its first statement, the next before its second, until one survives."""
    seen, statement = [], 1
    while was_killed(fork_and_post(ledger, 0, kill_before_statement=statement)):
        seen.append(state(ledger))
        statement += 1
    return {"killed": seen, "survived": state(ledger)}


def kill_at_random_moments(ledger):
    """Kill posts at random moments; a batch that did not land is posted again by the next child."""
    moment = random.Random(_SEED)  # noqa: S311  # moments, not secrets
    start = time.monotonic()
    post(ledger, *entries_of(0))
    duration = time.monotonic() - start
    seen, batch_number, killed = [], 1, 0
    for _kill in range(KILLS):
        child = fork_and_post(ledger, batch_number)
        time.sleep(moment.uniform(0, duration * 1.2))
        os.kill(child, signal.SIGKILL)
        killed += was_killed(child)
        seen.append(state(ledger))
        # whether it landed is asked of the ledger, as the pipeline does
        batch_number += f"ehr:{batch_number}:0" in ledger.posted_event_ids()
    again = [post(ledger, *entries_of(number)) for number in range(batch_number + 1)]
    return {
        "seen": seen,
        "killed": killed,
        "batches": batch_number + 1,
        "posted_after": sum(result.posted for result in again),
        "conflicts": sum(len(result.conflicts) for result in again),
        "final": state(ledger),
    }


def main():
    path, mode = sys.argv[1:]
    ledger = Ledger(f"sqlite:///{path}")
    ledger.migrate()
    ledger.load_accounts(CHART)
    outcome = kill_before_every_statement(ledger) if mode == "statements" else kill_at_random_moments(ledger)
    sys.stdout.write(json.dumps(outcome))


if __name__ == "__main__":
    main()
