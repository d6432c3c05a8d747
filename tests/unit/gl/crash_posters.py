"""Posts outside from child processes and kills them with SIGKILL: run by ``test_crashing_posters.py``.

One writer fills the journal and two posters empty the outbox at once, against a system of which a share of answers is
faulty; all three are killed at random moments, or each at one named place. At the end nobody is killed any more, and
the outside system must hold every entry exactly once.

Usage: crash_posters.py URL MODE NUMBER [SEED]; MODE is ``moments`` or ``places``; prints one JSON object.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from decimal import Decimal

from book_examples import CHART, CODES, DAY, credit, debit, entry
from loopback_ledger import LoopbackTarget, start

from orchestration.accounting.approval import ApprovalPolicy
from orchestration.core import failpoints
from orchestration.gl.compare import reconcile
from orchestration.gl.poster import Pacing, Poster
from orchestration.gl.requests import TargetSetup
from orchestration.ledger.store import Ledger

ENTRIES_PER_BATCH = 5
FAULT_RATE = 0.24
POSTERS = 2
SETUP = TargetSetup("loopback", ("E1",), {code: f"out-{code}" for code in CODES})
POLICY = ApprovalPolicy(exception_accounts=frozenset({"2310"}))
# a lease outlasts a call by far, and a rest is short: kills must not have to wait for either
PACING = Pacing(
    claim_size=4,
    lease_seconds=3.0,
    call_seconds=1.5,
    attempts=40,
    first_wait_seconds=0.01,
    longest_wait_seconds=0.05,
    first_rest_seconds=0.02,
    longest_rest_seconds=0.05,
)


def amount_of(number):
    # every entry has an amount of its own, so that a lost and a doubled one cannot cancel out
    return f"{number + 1}.{number % 100:02d}"


def entries_of(batch):
    numbers = range(batch * ENTRIES_PER_BATCH, (batch + 1) * ENTRIES_PER_BATCH)
    return [
        entry(f"ehr:{number}", [debit("1200", amount_of(number)), credit("4000-EM", amount_of(number))])
        for number in numbers
    ]


def write(ledger, batches):
    """Post every batch that is not in the journal, as the pipeline does after any crash."""
    known = ledger.posted_event_ids()
    for batch in range(batches):
        if f"ehr:{batch * ENTRIES_PER_BATCH}" not in known:
            ledger.post(entries_of(batch), batch_date=DAY, made_by="m", run_id=None, rule_version="v1")


def empty(ledger, port, wanted):
    """Run rounds until everything that is wanted is outside."""
    poster = Poster(ledger, LoopbackTarget(port), SETUP, pacing=PACING)
    while True:
        result = poster.round()
        if len(ledger.outbox("t").items("loopback", "posted", "reconciled")) >= wanted:
            return
        if not result.posted:
            time.sleep(0.01)


def fork(url, work):
    """Do some work on the ledger in a child process and return its number."""
    child = os.fork()
    if child == 0:
        try:
            work(Ledger(url, policy=POLICY))
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


def outcome(url, port, wanted):
    """Return what both sides hold at the end, and what the ledger says about itself."""
    ledger = Ledger(url)
    outside = LoopbackTarget(port).state()
    references = Counter(journal["reference"] for journal in outside["journals"])
    ours = {item.reference: item for item in ledger.outbox("t").items("loopback")}
    return {
        "entries": ledger.entry_count(),
        "wanted": wanted,
        "lost": len(ours.keys() - references.keys()),
        "duplicated": sum(count - 1 for count in references.values()),
        "strangers": len(references.keys() - ours.keys()),
        "states": dict(Counter(item.state for item in ours.values())),
        "inside_amount": str(sum((item.total_amount for item in ours.values()), Decimal("0.00"))),
        "outside_amount": str(sum((Decimal(journal["total"]) for journal in outside["journals"]), Decimal("0.00"))),
        "requests": outside["requests"],
        "faulty": outside["faulty"],
        "findings": [finding.code for finding in ledger.verify_audit() + ledger.verify_books()],
    }


def kill_at_random_moments(url, kills, seed):
    moment = random.Random(seed)  # noqa: S311  # moments, not secrets
    # a batch for every kill, so that there is work to be killed at until the end
    batches = kills
    wanted = batches * ENTRIES_PER_BATCH
    # half of the runs face a system that knows keys, half one where only looking up helps
    server, port = start(FAULT_RATE, seed, has_keys=bool(seed % 2))

    def writer(ledger):
        write(ledger, batches)

    def poster(ledger):
        empty(ledger, port, wanted)

    try:
        working = {fork(url, writer): writer, **{fork(url, poster): poster for _ in range(POSTERS)}}
        killed = Counter()
        while sum(killed.values()) < kills:
            time.sleep(moment.uniform(0.0, 0.05))
            child = moment.choice(list(working))
            work = working.pop(child)
            os.kill(child, signal.SIGKILL)
            if wait(child) == signal.SIGKILL:
                killed[work.__name__] += 1
            # one that had ended already starts again too: there is always somebody to kill
            working[fork(url, work)] = work
        for child in working:
            wait(child)
        return {"killed": dict(killed), **outcome(url, port, wanted)}
    finally:
        os.kill(server, signal.SIGKILL)
        os.waitpid(server, 0)


def kill_at_every_place(url, visits, seed):
    """Kill a child at each named place at its first visit, at its second and so on, then let one go through."""
    server, port = start(0.0, seed, has_keys=False)
    target = LoopbackTarget(port)
    killed, not_reached = [], []
    batches = 0
    try:
        for place in failpoints.FAILPOINTS:
            for visit in range(1, visits + 1):
                batches += 1
                wanted = batches * ENTRIES_PER_BATCH
                # one of each kind, so that every way through a round is taken
                target.set_faults("refuse", "drop_after", "error_before")
                child = fork(url, _one_of_everything(port, batches, place, visit))
                if wait(child) == signal.SIGKILL:
                    killed.append(f"{place}:{visit}")
                else:
                    not_reached.append(f"{place}:{visit}")
                target.set_faults()
                time.sleep(PACING.lease_seconds / 60)
                wait(fork(url, _finish(port, batches, wanted)))
        return {"killed": killed, "not_reached": not_reached, **outcome(url, port, batches * (ENTRIES_PER_BATCH + 1))}
    finally:
        os.kill(server, signal.SIGKILL)
        os.waitpid(server, 0)


def _one_of_everything(port, batches, place, visit):
    def work(ledger):
        visits = Counter()

        def die():
            visits[place] += 1
            if visits[place] == visit:
                os.kill(os.getpid(), signal.SIGKILL)

        failpoints.arm(place, die)
        write(ledger, batches)
        _hold_and_approve(ledger, batches)
        poster = Poster(ledger, LoopbackTarget(port), SETUP, pacing=SHORT_LEASE)
        for _round in range(4):
            poster.round()
            reconcile(ledger, LoopbackTarget(port), SETUP, DAY, DAY)
            time.sleep(0.02)

    return work


def _hold_and_approve(ledger, batches):
    """Propose one exception per batch and approve what waits."""
    for number in range(batches):
        held = entry(f"bank:{number}", [debit("1010", "3000.00"), credit("2310", "3000.00")])
        ledger.post([held], batch_date=DAY, made_by="rules", run_id=None, rule_version="v1")
    for proposal in ledger.waiting():
        ledger.approve(proposal.proposal_id, DAY, by="bob", reason="seen")


def _finish(port, batches, wanted):
    def work(ledger):
        write(ledger, batches)
        _hold_and_approve(ledger, batches)
        outbox = ledger.outbox("bob")
        poster = Poster(ledger, LoopbackTarget(port), SETUP, pacing=SHORT_LEASE)
        while len(outbox.items("loopback", "posted", "reconciled")) < wanted + batches:
            set_aside = [item.reference for item in outbox.items("loopback", "quarantined")]
            outbox.release(set_aside, target="loopback", reason="mended")
            poster.round()

    return work


# no other poster is alive in this mode, so a lease may end as soon as its holder is dead
SHORT_LEASE = Pacing(
    claim_size=4, lease_seconds=0.05, call_seconds=0.0, attempts=40, first_wait_seconds=0.0, longest_wait_seconds=0.0,
    first_rest_seconds=0.0, longest_rest_seconds=0.0, failures_before_rest=1,
)  # fmt: skip


def main():
    url, mode, number, *seed = sys.argv[1:]
    ledger = Ledger(url)
    ledger.migrate()
    ledger.load_accounts(CHART)
    # no connection may be shared with a child
    ledger.sessions.engine.dispose()
    run = kill_at_random_moments if mode == "moments" else kill_at_every_place
    sys.stdout.write(json.dumps(run(url, int(number), int(seed[0]) if seed else 1)))


if __name__ == "__main__":
    main()
