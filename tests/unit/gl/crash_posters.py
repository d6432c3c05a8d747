"""Posts outside from child processes and kills them with SIGKILL: run by ``crash_proof`` of ``conftest.py``.

One writer fills the journal and two posters empty the outbox at once, against a system of which a share of answers is
faulty; all three are killed at random moments (``moments``), or one process that does everything at each named place
(``places``). At the end nobody is killed any more, and the outside ledger must hold every entry exactly once.

Reads one JSON object a line (the arguments of ``prove``) and answers each with one: so that many proofs
pay for one interpreter.
"""

from __future__ import annotations

import datetime as dt
import gc
import json
import os
import random
import signal
import sys
import time
import traceback
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from crash_systems import CODES, NEW_PAYER, amounts_held, start_system
from support.book_examples import BOB, DAY, credit, debit, entry
from support.children import fork, wait
from support.posting import post

from orchestration.accounting.approval import ApprovalPolicy
from orchestration.core import failpoints
from orchestration.gl.compare import reconcile
from orchestration.gl.poster import Pacing, Poster
from orchestration.ledger.outbox import MISSING_OUTSIDE
from orchestration.ledger.store import Ledger

ENTRIES_PER_BATCH = 3
FAULT_RATE = 0.24
POSTERS = 2
CHART = [{"account_code": code, "account_name": f"Account {code}", "account_type": "asset"} for code in CODES]
POLICY = ApprovalPolicy(exception_accounts=frozenset({"4900"}), payables_account="2000")
# a lease outlasts a call by far, and a rest is short: kills must not have to wait for either
PACING = Pacing(
    claim_size=4, lease_seconds=3.0, call_seconds=1.5, attempts=60, first_wait_seconds=0.01, longest_wait_seconds=0.05,
    first_rest_seconds=0.02, longest_rest_seconds=0.05,
)  # fmt: skip
# where no other poster is alive a lease may end as soon as its holder is dead
ALONE = Pacing(
    claim_size=4, lease_seconds=0.05, call_seconds=0.0, attempts=60, first_wait_seconds=0.0, longest_wait_seconds=0.0,
    first_rest_seconds=0.0, longest_rest_seconds=0.0, failures_before_rest=1,
)  # fmt: skip


def amount_of(number):
    # every entry has an amount of its own, so that a lost and a doubled one cannot cancel out
    return f"{number + 1}.{number % 100:02d}"


def entries_of(batch):
    numbers = range(batch * ENTRIES_PER_BATCH, (batch + 1) * ENTRIES_PER_BATCH)
    return [
        entry(f"ehr:{number}", [debit("1200", amount_of(number)), credit("4000-01", amount_of(number))])
        for number in numbers
    ]


def empty(ledger, system, wanted, pacing):
    """Run rounds until everything that is wanted is outside; what was set aside is released as a person would."""
    name = system.setup.name
    poster = Poster(ledger, system.open(), system.setup, pacing=pacing)
    outbox = ledger.outbox("bob")
    while poster.round().posted or len(outbox.items(name, "posted", "reconciled")) < wanted:
        outbox.release([item.reference for item in outbox.items(name, "quarantined")], target=name, reason="fixed")
        time.sleep(0.001)


def fork_with(ledger, system, work):
    """Do some work in a child process and return its number."""

    def apart():
        # no connection may be shared with the parent
        ledger.sessions.engine.dispose(close=False)
        system.enter_child()
        work()

    return fork(apart)


def outcome(ledger, system, wanted):
    """Return what both sides hold at the end, and what the ledger says about itself."""
    target = system.open(is_patient=True)
    references = system.references()
    comparison = reconcile(ledger, target, system.setup, DAY, _day_of(wanted))
    ours = {item.reference: item for item in ledger.outbox("t").items(system.setup.name)}
    calls, faulty = system.calls()
    return {
        "wanted": wanted,
        "entries": ledger.entry_count(),
        "lost": len(ours.keys() - references.keys()),
        "duplicated": sum(count - 1 for count in references.values()),
        "strangers": len(references.keys() - ours.keys()),
        "states": dict(Counter(item.state for item in ours.values())),
        "differences": [difference.kind for difference in comparison.differences],
        "inside_amount": str(sum((item.total_amount for item in ours.values()), Decimal("0.00"))),
        "outside_amount": str(amounts_held(target)),
        "calls": calls,
        "faulty": faulty,
        "findings": [finding.code for finding in ledger.verify_audit() + ledger.verify_books()],
    }


# -- random moments ---------------------------------------------------------------------------------------------------


def kill_at_random_moments(ledger, system, kills, seed):
    moment = random.Random(seed)  # noqa: S311  # moments, not secrets
    # a batch for every kill, so that there is work to be killed at until the end
    wanted = kills * ENTRIES_PER_BATCH

    def writer():
        # as the pipeline does after any crash: whatever is not in the journal
        known = ledger.posted_event_ids()
        for batch in range(kills):
            if f"ehr:{batch * ENTRIES_PER_BATCH}" not in known:
                post(ledger, *entries_of(batch))

    def poster():
        empty(ledger, system, wanted, PACING)

    working = {fork_with(ledger, system, work): work for work in (writer, *[poster] * POSTERS)}
    killed = Counter()
    while sum(killed.values()) < kills:
        time.sleep(moment.uniform(0.0, 0.08))
        child = moment.choice(list(working))
        work = working.pop(child)
        os.kill(child, signal.SIGKILL)
        if wait(child) == signal.SIGKILL:
            killed[work.__name__] += 1
        # one that had ended already starts again too: there is always somebody to kill
        working[fork_with(ledger, system, work)] = work
    for child in working:
        wait(child)
    calls, faulty = system.calls()
    system.fix()
    return {"killed": dict(killed)} | outcome(ledger, system, wanted) | {"calls": calls, "faulty": faulty}


# -- named places -----------------------------------------------------------------------------------------------------


def kill_at_places(ledger, system, places, visits):
    """Kill one process after another, each at the next named place or at a later visit of it.

    Each has a batch of its own to post and finds what the one before it left behind.
    """
    killed, not_reached = [], []
    # nobody is killed the first time: what is loaded and compiled now, no child has to load and compile
    _do_everything(ledger, system, 0, lambda: None)
    gc.collect()
    ledger.sessions.engine.dispose()
    deaths = [(place, visit) for place in places for visit in range(1, visits + 1)]
    for batch, (place, visit) in enumerate(deaths, start=1):
        child = fork_with(ledger, system, _dying_at(ledger, system, batch, place, visit))
        reached = killed if wait(child) == signal.SIGKILL else not_reached
        reached.append(f"{place}:{visit}")
    system.fix()
    wanted = (len(deaths) + 1) * (ENTRIES_PER_BATCH + 1)
    wait(fork_with(ledger, system, lambda: _finish(ledger, system, len(deaths), wanted)))
    return {"killed": killed, "not_reached": not_reached, **outcome(ledger, system, wanted)}


def _dying_at(ledger, system, batch, place, visit):
    visits = Counter()

    def die():
        visits[place] += 1
        if visits[place] == visit:
            os.kill(os.getpid(), signal.SIGKILL)

    return lambda: _do_everything(ledger, system, batch, lambda: failpoints.arm(place, die))


def _do_everything(ledger, system, batch, arm):
    """Clear up what a predecessor left behind, then take every way through posting that one process can take."""
    target = system.open()
    with ledger.sessions.kept_open():
        poster = Poster(ledger, target, system.setup, pacing=ALONE)
        if batch:
            _write(ledger, batch - 1)
            poster.round()
            while not ledger.outbox("t").is_idle(system.setup.name):
                time.sleep(ALONE.lease_seconds / 5)
                poster.round()
        system.spoil()
        arm()
        _write(ledger, batch)
        # what was opened before holds a token that was good then
        target = system.open()
        poster = Poster(ledger, target, system.setup, pacing=ALONE)
        for _round in range(3):
            poster.round()
        reconcile(ledger, target, system.setup, _day_of(batch), _day_of(batch))
        _send_one_again(ledger, system, _day_of(batch))
        poster.round()


def _send_one_again(ledger, system, day):
    """Decide to send a journal again that only seems to be gone: looking it up first keeps it from being doubled."""
    name = system.setup.name
    outbox = ledger.outbox("t")
    one, *_others = outbox.items(name, "posted", "reconciled", days=(day, day))
    outbox.unreconciled(name, [one.reference], MISSING_OUTSIDE)
    ledger.send_again(name, [one.reference], by="bob", reason="deleted there")


def _day_of(batch):
    return DAY + dt.timedelta(days=batch)


def _write(ledger, batch):
    """Post a batch, one entry of it for a payer that no mapping knows yet, and an exception that a person approves."""
    day = _day_of(batch)
    first, *others = (replace(made, entry_date=day) for made in entries_of(batch))
    new_payer = replace(first, lines=tuple(replace(line, payer_class=NEW_PAYER) for line in first.lines))
    held = entry(f"bank:{batch}", [debit("1010", "3000.00"), credit("4900", "3000.00")], entry_date=day)
    post(ledger, *others, new_payer, held)
    for proposal in ledger.waiting():
        ledger.approve(proposal.proposal_id, day, by="bob", reason="seen")


def _finish(ledger, system, batch, wanted):
    for number in range(batch + 1):
        _write(ledger, number)
    empty(ledger, system, wanted, ALONE)


# ---------------------------------------------------------------------------------------------------------------------


def prove(*, url, folder, system, mode, number, seed, places):
    ledger = Ledger(url, policy=POLICY, roster=BOB)
    ledger.migrate()
    ledger.load_accounts(CHART)
    ledger.sessions.engine.dispose()
    started = start_system(system, Path(folder), fault_rate=FAULT_RATE if mode == "moments" else 0.0, seed=seed)
    try:
        if mode == "moments":
            return kill_at_random_moments(ledger, started, number, seed)
        return kill_at_places(ledger, started, places or failpoints.FAILPOINTS, number)
    finally:
        ledger.sessions.engine.dispose()
        started.stop()


def main():
    for line in sys.stdin:
        try:
            answer = prove(**json.loads(line))
        except Exception:  # noqa: BLE001  # the test that asked says what went wrong
            answer = {"error": traceback.format_exc()}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
