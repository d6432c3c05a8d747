"""What people do to our journals in the outside ledger is found, line by line, and what agrees is reconciled."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from memory_target import MemoryTarget
from support.book_examples import CHART, CODES, DAY, entry

from orchestration.gl.compare import reconcile
from orchestration.gl.port import PulledEntry, PulledLine
from orchestration.gl.poster import Poster
from orchestration.gl.requests import TargetSetup
from orchestration.ledger.store import Ledger

SETUP = TargetSetup("memory", ("E1",), {code: f"out-{code}" for code in CODES})


@pytest.fixture
def ledger(tmp_path):
    books = Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    books.migrate()
    books.load_accounts(CHART)
    entries = [entry(f"ehr:{number}") for number in range(3)]
    books.post(entries, batch_date=DAY, made_by="rules", run_id=None, rule_version="v1")
    return books


@pytest.fixture
def target(ledger):
    target = MemoryTarget()
    Poster(ledger, target, SETUP).round()
    return target


def states(ledger):
    return [(item.state, item.reason_code) for item in ledger.outbox("t").items("memory")]


def compared(ledger, target):
    return reconcile(ledger, target, SETUP, DAY, DAY)


def test_what_agrees_line_by_line_is_reconciled(ledger, target):
    result = compared(ledger, target)
    assert (len(result.agreed), result.differences) == (3, [])
    assert states(ledger) == [("reconciled", "")] * 3
    assert ledger.verify_audit() == []


def test_an_edited_line_is_found_with_its_account_and_dollars_and_is_reconciled_no_more(ledger, target):
    compared(ledger, target)
    lines = target.held[1].lines
    target.edit(1, lines=(replace(lines[0], debit_amount=Decimal("101.00")), *lines[1:]))
    (difference,) = compared(ledger, target).differences
    assert (difference.kind, difference.entry_id, difference.amount) == ("changed_outside", 2, Decimal("1.00"))
    assert difference.accounts == (("out-1200", Decimal("1.00")),)
    assert states(ledger) == [("reconciled", ""), ("posted", "changed_outside"), ("reconciled", "")]


def test_a_line_moved_to_another_account_is_found_though_the_sums_agree(ledger, target):
    lines = target.held[0].lines
    target.edit(0, lines=(replace(lines[0], account="out-1010"), *lines[1:]))
    (difference,) = compared(ledger, target).differences
    assert difference.accounts == (("out-1010", Decimal("100.00")), ("out-1200", Decimal("-100.00")))


def test_a_moved_date_a_deletion_a_double_and_a_stranger_are_found(ledger, target):
    target.edit(0, entry_date=DAY + dt.timedelta(days=1))
    gone = target.held.pop(1)
    target.held.append(replace(target.held[1], external_id="99"))
    hand = (PulledLine("out-1010", Decimal("7.00"), Decimal(0)), PulledLine("out-6100", Decimal(0), Decimal("7.00")))
    target.held.append(PulledEntry("100", None, DAY, hand))
    result = compared(ledger, target)
    found = {difference.kind: difference for difference in result.differences}
    assert {kind: (d.reference is not None, d.amount) for kind, d in found.items()} == {
        "missing_outside": (True, Decimal("100.00")),
        "double_outside": (True, Decimal("100.00")),
        "not_ours": (False, Decimal("7.00")),
    }
    # the moved one and the deleted one are both missing on this day
    missing = {d.reference for d in result.differences if d.kind == "missing_outside"}
    assert missing == {gone.reference, target.held[0].reference}
    assert result.agreed == []
