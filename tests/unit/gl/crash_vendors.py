"""Kills writers and posters while they post to a vendor's stand-in: run by ``test_crashing_vendors.py``.

A real ledger, the real poster and a vendor's real client; the stand-in answers a share of calls wrongly and lives in
a process that is not killed. At the end nobody is killed any more, and it must hold every entry exactly once.

Usage: crash_vendors.py URL FOLDER VENDOR KILLS SEED; prints one JSON object.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from pathlib import Path

import httpx
from book_examples import DAY, credit, debit, entry
from fakes.harness import ACCOUNTS, KEY, start_fake_process
from fakes.server import FAULTS, STATE_PATH, Faults

from orchestration.gl.connected import mapping_of, open_target
from orchestration.gl.poster import Pacing, Poster
from orchestration.gl.requests import TargetSetup
from orchestration.ledger.store import Ledger

ENTRIES_PER_BATCH = 3
FAULT_RATE = 0.24
POSTERS = 2
CHART = [
    {"account_code": code, "account_name": f"Account {code}", "account_type": "asset"} for code in ACCOUNTS["xero"]
]
# a lease outlasts a call by far, and a rest is short: kills must not have to wait for either
PACING = Pacing(
    claim_size=4, lease_seconds=4.0, call_seconds=2.0, attempts=60, first_wait_seconds=0.01, longest_wait_seconds=0.05,
    first_rest_seconds=0.02, longest_rest_seconds=0.05,
)  # fmt: skip


def amount_of(number):
    # every entry has an amount of its own, so that a lost and a doubled one cannot cancel out
    return f"{number + 1}.{number % 100:02d}"


def write(ledger, batches):
    """Post every batch that is not in the journal, as the pipeline does after any crash."""
    known = ledger.posted_event_ids()
    for batch in range(batches):
        numbers = range(batch * ENTRIES_PER_BATCH, (batch + 1) * ENTRIES_PER_BATCH)
        if f"ehr:{numbers[0]}" not in known:
            entries = [
                entry(f"ehr:{number}", [debit("1200", amount_of(number)), credit("4000-01", amount_of(number))])
                for number in numbers
            ]
            ledger.post(entries, batch_date=DAY, made_by="m", run_id=None, rule_version="v1")


def empty(ledger, folder, vendor, wanted):
    """Run rounds until everything that is wanted is outside."""
    # the stand-in's limits are of requests a minute; this proof is about what happens between two of them
    target = open_target(vendor, folder, KEY, buckets=(), timeout_seconds=10.0)
    poster = Poster(ledger, target, TargetSetup(vendor, ("E1",), mapping_of(vendor, folder).accounts), pacing=PACING)
    outbox = ledger.outbox("t")
    while poster.round().posted or len(outbox.items(vendor, "posted", "reconciled")) < wanted:
        time.sleep(0.001)


def fork(url, work):
    child = os.fork()
    if child == 0:
        try:
            work(Ledger(url))
        except BaseException:  # noqa: BLE001  # a child must never come back into the parent's code
            import traceback

            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return child


def wait(child):
    """Return the signal that ended the child, 0 when it ended by itself and well."""
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        return os.WTERMSIG(status)
    if os.WEXITSTATUS(status):
        message = "a child failed by itself"
        raise RuntimeError(message)
    return 0


def killed_at_random_moments(url, folder, vendor, kills, seed):
    moment = random.Random(seed)  # noqa: S311  # moments, not secrets
    wanted = kills * ENTRIES_PER_BATCH
    # a killed client is what a slow answer is to the stand-in, so that one fault is left out
    kinds = tuple(kind for kind in FAULTS if kind != "slow")
    faults = Faults(rate=FAULT_RATE, seed=seed, kinds=kinds, throttle_seconds=0)
    server, address = start_fake_process(vendor, folder, faults=faults, limits=(), places=100, keep_payloads=False)

    def writer(ledger):
        write(ledger, kills)

    def poster(ledger):
        empty(ledger, folder, vendor, wanted)

    try:
        working = {fork(url, writer): writer, **{fork(url, poster): poster for _ in range(POSTERS)}}
        killed = Counter()
        while sum(killed.values()) < kills:
            time.sleep(moment.uniform(0.0, 0.08))
            child = moment.choice(list(working))
            work = working.pop(child)
            os.kill(child, signal.SIGKILL)
            if wait(child) == signal.SIGKILL:
                killed[work.__name__] += 1
            # one that had ended already starts again too: there is always somebody to kill
            working[fork(url, work)] = work
        for child in working:
            wait(child)
        held = httpx.get(f"{address}{STATE_PATH}", trust_env=False).json()
    finally:
        os.kill(server, signal.SIGKILL)
        os.waitpid(server, 0)
    return outcome(url, vendor, wanted, held) | {"killed": dict(killed)}


def outcome(url, vendor, wanted, held):
    """Return what both sides hold at the end, and what the ledger says about itself."""
    ledger = Ledger(url)
    ours = {item.reference: item for item in ledger.outbox("t").items(vendor)}
    references, counts = held["references"], held["counts"]
    return {
        "wanted": wanted,
        "entries": ledger.entry_count(),
        "lost": len(ours.keys() - references.keys()),
        "duplicated": sum(count - 1 for count in references.values()),
        "strangers": len(references.keys() - ours.keys()),
        "states": dict(Counter(item.state for item in ours.values())),
        "calls": counts["calls"],
        "faulty": sum(counts.get(f"fault_{kind}", 0) for kind in FAULTS),
        "findings": [finding.code for finding in ledger.verify_audit() + ledger.verify_books()],
    }


def main():
    url, folder, vendor, kills, seed = sys.argv[1:]
    ledger = Ledger(url)
    ledger.migrate()
    ledger.load_accounts(CHART)
    # no connection may be shared with a child
    ledger.sessions.engine.dispose()
    done = killed_at_random_moments(url, Path(folder), vendor, int(kills), int(seed))
    sys.stdout.write(json.dumps(done))


if __name__ == "__main__":
    main()
