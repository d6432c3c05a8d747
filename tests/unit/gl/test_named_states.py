"""Whatever goes wrong, the dollars at stake stand in a named state with the one command that fixes them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from memory_target import MemoryTarget
from support.book_examples import BOB, CHART, CODES, DAY, credit, debit, entry
from support.posting import post

from orchestration.accounting.journal import entries_from_proposals
from orchestration.gl.poster import Pacing, Poster
from orchestration.gl.reasons import explain
from orchestration.gl.requests import TargetSetup
from orchestration.ledger.reasons import REASONS
from orchestration.ledger.store import Ledger

AT_ONCE = Pacing(
    first_wait_seconds=0.0, longest_wait_seconds=0.0, first_rest_seconds=60.0, longest_rest_seconds=60.0,
    failures_before_rest=1,
)  # fmt: skip
SETUP = TargetSetup("memory", ("E1",), {code: code for code in CODES})


@pytest.fixture
def ledger(tmp_path):
    books = Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}", roster=BOB)
    books.migrate()
    books.load_accounts(CHART)
    return books


def unbalanced_rows():
    row = {
        "event_id": "ehr:bad", "entity_id": "E1", "book": "accrual", "entry_date": DAY, "description": "x",
        "source": "ehr", "source_file_id": None, "rule_id": "R01", "payer_class": None, "provider_id": None,
        "location_id": None,
    }  # fmt: skip
    sides = (("1200", Decimal("80.00"), Decimal("0.00")), ("4000-EM", Decimal("0.00"), Decimal("79.99")))
    return [
        row | {"line_number": number, "account_code": code, "debit_amount": debited, "credit_amount": credited}
        for number, (code, debited, credited) in enumerate(sides, start=1)
    ]


def unbalanced(ledger):
    _entries, refusals = entries_from_proposals(unbalanced_rows())
    post(ledger, refused=refusals)


def unknown_account(ledger):
    post(ledger, entry("ehr:bad", [debit("9999", "80.00"), credit("1010", "80.00")]))


def closed_period(ledger):
    ledger.close_period("E1", DAY.replace(day=1), DAY, by="bob")
    post(ledger, entry("ehr:bad", [debit("1200", "80.00"), credit("1010", "80.00")]))


def another_body(ledger):
    post(ledger, entry("ehr:bad"))
    post(ledger, entry("ehr:bad", [debit("1200", "80.00"), credit("1010", "80.00")]))


@pytest.mark.parametrize(
    ("spoil", "reason", "command"),
    [
        pytest.param(unbalanced, "unbalanced_entry", "medbooks rebuild", id="unbalanced_proposal"),
        pytest.param(unknown_account, "unknown_account", "medbooks run", id="unknown_account"),
        pytest.param(closed_period, "closed_period", "medbooks gl approve", id="closed_period"),
        pytest.param(another_body, "other_body", "medbooks gl approve", id="duplicate_key_with_another_body"),
    ],
)
def test_what_cannot_be_booked_waits_in_a_named_state_and_the_rest_is_booked(ledger, spoil, reason, command):
    spoil(ledger)
    (waiting,) = ledger.waiting()
    assert (waiting.made.state, waiting.made.reason_code) == ("quarantined", reason)
    assert waiting.made.total_amount == Decimal("80.00")
    assert REASONS[reason].fix.startswith(command)
    good = replace(entry("ehr:good"), entry_date=DAY + dt.timedelta(days=1))
    assert post(ledger, good).posted == 1
    assert ledger.verify_audit() == ledger.verify_books() == []


@pytest.mark.parametrize(
    ("fault", "state", "reason", "command", "target_state"),
    [
        pytest.param(
            "refused", "quarantined", "validation", "medbooks gl post {target} --retry", "closed", id="validation_error"
        ),
        pytest.param("unauthorized", "pending", "token_expired", "medbooks gl connect", "stopped", id="expired_token"),
        pytest.param("unavailable", "pending", "unreachable", "medbooks gl post", "open", id="vendor_down"),
        pytest.param("throttled", "pending", "too_many_requests", "medbooks gl post", "open", id="too_fast"),
    ],
)
def test_what_cannot_go_out_waits_in_a_named_state_with_its_dollars(
    ledger, fault, state, reason, command, target_state
):
    post(ledger, entry("ehr:1", [debit("1200", "80.00"), credit("1010", "80.00")]))
    target = MemoryTarget()
    target.next_posts.append(fault)
    Poster(ledger, target, SETUP, pacing=AT_ONCE).round()
    (total,) = ledger.outbox("t").totals()
    assert (total.state, total.reason_code, total.total_amount) == (state, reason, Decimal("80.00"))
    known = ledger.outbox("t").target("memory")
    assert known.state == target_state
    assert explain(total.state if target_state == "closed" else target_state, reason).fix.startswith(command)
    assert target.held == []
    assert ledger.verify_audit() == []
