"""What waits for a person waits under a number, is decided once by somebody else, and stops nothing else."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa
from support.book_examples import DAY, credit, debit, entry
from support.posting import post

from orchestration.accounting.approval import ApprovalPolicy
from orchestration.accounting.approvers import Approver, Roster
from orchestration.accounting.journal import Refusal
from orchestration.core.errors import BooksError
from orchestration.core.money import ZERO
from orchestration.ledger.approvals import decide
from orchestration.ledger.reasons import REASONS
from orchestration.ledger.store import Ledger

LATER = dt.date(2027, 1, 4)
POLICY = ApprovalPolicy(exception_accounts=frozenset({"2310"}), payables_account="2000")
ROSTER = Roster(
    (
        Approver("alice", ("alice",), Decimal("50000.00"), ("practice_administrator",)),
        *(Approver(name, (name,), Decimal("50000.00")) for name in ("bob", "carol", "biller", "controller")),
        Approver("Dana Moor", ("dana", "dana-2"), Decimal("3000.00"), entities=("E1",)),
    )
)


@pytest.fixture
def ledger(ledger_url):
    opened = Ledger(ledger_url, policy=POLICY, roster=ROSTER)
    yield opened
    opened.sessions.engine.dispose()


def bill(amount, event_id="documents:1"):
    made = entry(event_id, [debit("6100", amount, "R20"), credit("1010", amount, "R20")])
    return dataclass_replace(made, source="documents")


def invoice(amount, event_id="supplies:invoice:1"):
    """An invoice a little dearer than its order: what it owes is on 2000, whatever else it moves."""
    lines = [debit("2010", amount, "R20"), credit("2000", amount, "R20"), debit("6100", "9.00", "R20")]
    return dataclass_replace(entry(event_id, [*lines, credit("2010", "9.00", "R20")]), source="supplies")


def goods(amount):
    made = entry("supplies:receipt:1", [debit("6100", amount, "R20"), credit("2010", amount, "R20")])
    return dataclass_replace(made, source="supplies")


def dataclass_replace(value, **changes):
    from dataclasses import replace

    return replace(value, **changes)


def exception(amount, event_id="bank:1"):
    return entry(event_id, [debit("1010", amount), credit("2310", amount)])


def only(ledger):
    (proposal,) = ledger.waiting()
    return proposal


def is_whole(ledger):
    return ledger.verify_audit() == ledger.verify_books() == [] and ledger.trial_balance_amount() == ZERO


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        pytest.param(bill("1500.00"), None, id="bill_at_the_limit"),
        pytest.param(bill("1500.01"), "over_approval_limit", id="bill_a_cent_over"),
        pytest.param(invoice("1500.00"), None, id="suppliers_invoice_at_the_limit"),
        pytest.param(invoice("1500.01"), "over_approval_limit", id="suppliers_invoice_a_cent_over"),
        pytest.param(goods("9999.00"), None, id="goods_are_no_bill"),
        pytest.param(exception("2500.00"), None, id="exception_at_the_limit"),
        pytest.param(exception("2500.01"), "exception_over_limit", id="exception_a_cent_over"),
        pytest.param(entry(lines=[debit("1200", "9999.00"), credit("4000-EM", "9999.00")]), None, id="no_exception"),
    ],
)
def test_the_limits_are_strict_and_an_amount_at_the_limit_passes(ledger, made, reason):
    result = post(ledger, made, entry("ehr:other"))
    assert [refusal.reason for refusal in result.held] == ([reason] if reason else [])
    assert result.posted == (1 if reason else 2)
    assert ledger.trial_balance_amount() == ZERO


def test_what_is_held_is_told_once_however_often_it_comes(ledger):
    post(ledger, bill("2000.00"))
    head = ledger.audit_head()
    again = post(ledger, bill("2000.00"))
    assert again.held == [Refusal("documents:1", "over_approval_limit", Decimal("2000.00"))]
    assert ledger.audit_head() == head
    assert len(ledger.waiting()) == 1
    assert is_whole(ledger)


def test_a_bill_above_the_limit_is_booked_by_the_administrator_and_by_nobody_else(ledger):
    post(ledger, bill("2000.00"))
    number = only(ledger).proposal_id
    with pytest.raises(BooksError, match="only the practice administrator"):
        ledger.approve(number, DAY, by="biller", reason="looks fine")
    assert ledger.entry_count() == 0
    result = ledger.approve(number, DAY, by="alice", reason="ordered by us")
    assert (result.posted, result.posted_amount) == (1, Decimal("2000.00"))
    assert ledger.waiting() == []
    assert post(ledger, bill("2000.00")).skipped == 1
    assert is_whole(ledger)


def test_nobody_approves_what_he_proposed(ledger):
    post(ledger, exception("3000.00"), made_by="alice")
    number = only(ledger).proposal_id
    with pytest.raises(BooksError, match="somebody else"):
        ledger.approve(number, DAY, by="alice", reason="mine")
    assert ledger.approve(number, DAY, by="bob", reason="seen").posted == 1


def test_a_person_is_the_same_under_every_login_and_an_unlisted_login_is_nobody(ledger):
    post(ledger, exception("3000.00"), made_by="dana-2")
    number = only(ledger).proposal_id
    for login, words in (("dana", "proposed by Dana Moor: somebody else"), ("service", "service is no approver")):
        with pytest.raises(BooksError, match=words) as refused:
            ledger.approve(number, DAY, by=login, reason="mine")
        assert refused.value.fix
    with pytest.raises(BooksError, match="no approver"):
        ledger.reject(number, by="service", reason="no")
    assert len(ledger.waiting()) == 1


def test_an_approver_decides_up_to_the_limit_and_for_the_entities_listed(ledger):
    other = entry("bank:3", [debit("1010", "2600.00"), credit("2310", "2600.00")], entity_id="E2")
    post(ledger, exception("3000.00", "bank:1"), exception("3000.01", "bank:2"), other)
    at_limit, above, elsewhere = (proposal.proposal_id for proposal in ledger.waiting())
    assert ledger.approve(at_limit, DAY, by="dana", reason="seen").posted == 1
    with pytest.raises(BooksError, match=r"approves up to 3,000\.00"):
        ledger.approve(above, DAY, by="dana", reason="seen")
    with pytest.raises(BooksError, match="is of E2"):
        ledger.approve(elsewhere, DAY, by="dana", reason="seen")
    with pytest.raises(BooksError, match="is of E2"):
        ledger.reject(elsewhere, by="dana", reason="seen")
    _head, records = ledger.audit_records()
    (decided,) = [record for record in records if record[3] == "approved"]
    assert (decided[2], decided[5]) == ("Dana Moor", "seen [login dana]")
    assert is_whole(ledger)


def test_the_chain_knows_every_list_of_approvers_that_decided(ledger, ledger_url):
    post(ledger, exception("3000.00", "bank:1"), exception("3000.00", "bank:2"), exception("3000.00", "bank:3"))
    numbers = [proposal.proposal_id for proposal in ledger.waiting()]
    for number in numbers[:2]:
        ledger.approve(number, DAY, by="bob", reason="seen")
    changed = Roster((Approver("bob", ("bob",), Decimal("90000.00")),))
    later = Ledger(ledger_url, policy=POLICY, roster=changed)
    later.approve(numbers[2], DAY, by="bob", reason="seen")
    later.sessions.engine.dispose()
    lists = [record[8] for record in ledger.audit_records()[1] if record[3] == "approvers_changed"]
    assert lists == [ROSTER.digest, changed.digest]


def test_the_database_itself_refuses_who_approves_his_own(ledger):
    post(ledger, exception("3000.00"), made_by="alice")
    with pytest.raises(sa.exc.IntegrityError, match="nobody approves"), ledger.sessions.write() as connection:
        decide(connection, only(ledger), "approved", by="alice", reason="", at=dt.datetime.now(dt.UTC))
    assert len(ledger.waiting()) == 1


def test_a_proposal_is_decided_once(ledger):
    post(ledger, exception("3000.00"))
    number = only(ledger).proposal_id
    ledger.approve(number, DAY, by="bob", reason="seen")
    for decided_again in (
        lambda: ledger.approve(number, DAY, by="carol", reason="seen too"),
        lambda: ledger.reject(number, by="carol", reason="no"),
    ):
        with pytest.raises(BooksError, match="decided already: approved by bob"):
            decided_again()
    assert ledger.entry_count() == 1


def test_what_was_rejected_is_not_offered_again_until_its_body_changes(ledger):
    post(ledger, exception("3000.00"))
    ledger.reject(only(ledger).proposal_id, by="bob", reason="not ours")
    again = post(ledger, exception("3000.00"))
    assert (again.posted, [refusal.reason for refusal in again.rejected]) == (0, ["rejected"])
    assert ledger.waiting() == []
    assert ledger.waiting_reasons() == {"bank:1": "rejected"}
    assert post(ledger, exception("2000.00")).posted == 1
    assert ledger.waiting_reasons() == {"bank:1": "rejected"}
    assert is_whole(ledger)


def test_an_unknown_proposal_is_said(ledger):
    with pytest.raises(BooksError, match="no proposal 7"):
        ledger.approve(7, DAY, by="bob", reason="x")


def test_a_rollback_above_the_limit_waits_for_somebody_else_and_then_restores_the_trial_balance(ledger):
    post(ledger, entry("ehr:0"))
    before = ledger.trial_balance()
    many = [entry(f"ehr:{number}") for number in range(1, 31)]
    tag = post(ledger, *many).batch_tag
    after = ledger.trial_balance()
    result = ledger.rollback(tag, LATER, "wrong fee schedule", made_by="alice")
    assert (result.batch_tag, result.posted) == (None, 0)
    assert result.held == [Refusal(f"batch {tag}", "reversal_over_limit", Decimal("3000.00"))]
    # asking again asks nothing new
    ledger.rollback(tag, LATER, "wrong fee schedule", made_by="alice")
    assert ledger.trial_balance() == after
    number = only(ledger).proposal_id
    with pytest.raises(BooksError, match="somebody else"):
        ledger.approve(number, LATER, by="alice", reason="mine")
    approved = ledger.approve(number, LATER, by="bob", reason="seen")
    assert (approved.posted, approved.batch_tag) == (30, "RV-20270104-1")
    assert ledger.trial_balance() == before
    # and the rollback is a batch like any other: it can be taken back, with the same two people
    undo = ledger.rollback(approved.batch_tag, LATER, "the rollback was the error", made_by="bob")
    assert undo.held
    ledger.approve(only(ledger).proposal_id, LATER, by="alice", reason="seen")
    assert ledger.trial_balance() == after
    assert is_whole(ledger)


def test_a_small_rollback_needs_nobody(ledger):
    tag = post(ledger, entry()).batch_tag
    assert ledger.rollback(tag, LATER, "x", made_by="alice").posted == 1


def test_a_closed_period_is_mended_by_booking_on_the_first_open_day(ledger):
    ledger.close_period("E1", dt.date(2026, 11, 1), dt.date(2026, 11, 30), by="bob")
    ledger.close_period("E1", dt.date(2026, 12, 1), dt.date(2026, 12, 31), by="bob")
    assert [refusal.reason for refusal in post(ledger, entry()).refusals] == ["closed_period"]
    proposal = only(ledger)
    assert (proposal.made.state, proposal.made.total_amount) == ("quarantined", Decimal("100.00"))
    ledger.approve(proposal.proposal_id, DAY, by="bob", reason="late file")
    (posted,) = ledger.entries()
    assert (posted.entry.entry_date, posted.fiscal_period) == (dt.date(2027, 1, 1), "2027-01")
    # the same file again is the same event: nothing is booked twice, nothing is a conflict
    again = post(ledger, entry())
    assert (again.posted, again.skipped, again.conflicts) == (0, 1, [])
    assert is_whole(ledger)


def test_what_waited_for_an_account_is_posted_by_the_next_run_that_has_it(ledger):
    made = entry(lines=[debit("9999", "5.00"), credit("1010", "5.00")])
    post(ledger, made)
    number = only(ledger).proposal_id
    with pytest.raises(BooksError, match="chart") as caught:
        ledger.approve(number, DAY, by="bob", reason="x")
    assert caught.value.fix.startswith("medbooks run")
    ledger.load_accounts([{"account_code": "9999", "account_name": "New", "account_type": "expense"}])
    assert post(ledger, made).posted == 1
    assert ledger.waiting() == []
    assert ledger.proposal(number).decision == "mended"
    assert is_whole(ledger)


def test_rows_that_make_no_entry_wait_with_their_amount_and_stop_nothing(ledger):
    bad = Refusal("ehr:bad", "unbalanced_entry", Decimal("12.345"))
    result = post(ledger, entry(), refused=[bad])
    assert result.posted == 1
    assert (only(ledger).made.reason_code, only(ledger).made.total_amount) == ("unbalanced_entry", Decimal("12.34"))
    head = ledger.audit_head()
    post(ledger, refused=[bad])
    assert ledger.audit_head() == head
    with pytest.raises(BooksError, match="debits and credits differ"):
        ledger.approve(only(ledger).proposal_id, DAY, by="bob", reason="x")
    # the rule is mended and the event comes well-formed
    assert post(ledger, entry("ehr:bad")).posted == 1
    assert ledger.waiting() == []
    assert is_whole(ledger)


def test_a_changed_event_is_booked_anew_only_when_a_person_says_so(ledger):
    post(ledger, entry())
    changed = entry(lines=[debit("1200", "90.00"), credit("4000-EM", "90.00")])
    assert [refusal.reason for refusal in post(ledger, changed).conflicts] == ["other_body"]
    ledger.approve(only(ledger).proposal_id, LATER, by="bob", reason="the second export is right")
    assert [(row.account_code, row.debit_amount - row.credit_amount) for row in ledger.trial_balance()] == [
        ("1200", Decimal("90.00")),
        ("4000-EM", Decimal("-90.00")),
    ]
    again = post(ledger, changed, entry())
    assert (again.posted, again.skipped, again.conflicts) == (0, 2, [])
    assert ledger.standing_totals() == {"ehr:1": Decimal("90.00")}
    assert ledger.reversed_event_ids() == set()
    assert is_whole(ledger)


def test_a_changed_event_that_was_rejected_stays_as_it_is_booked(ledger):
    post(ledger, entry())
    changed = entry(lines=[debit("1200", "90.00"), credit("4000-EM", "90.00")])
    post(ledger, changed)
    ledger.reject(only(ledger).proposal_id, by="bob", reason="the first export is right")
    again = post(ledger, changed)
    assert (again.conflicts, len(again.rejected)) == ([], 1)
    assert ledger.standing_totals() == {"ehr:1": Decimal("100.00")}


def test_every_reason_has_words_and_one_command():
    for reason in REASONS.values():
        assert reason.words.endswith(".")
        assert reason.fix.startswith("medbooks ")
        assert "\n" not in reason.fix


def test_a_period_is_locked_and_opened_by_a_listed_person_of_its_entity_only(ledger):
    first, last = dt.date(2026, 10, 1), dt.date(2026, 10, 31)
    for entity_id, login in (("E1", "robot"), ("E2", "dana-2")):
        with pytest.raises(BooksError, match=r"robot is no approver|Dana Moor decides for E1, not for E2"):
            ledger.close_period(entity_id, first, last, by=login)
        assert not ledger.is_closed(entity_id, last)
    ledger.close_period("E1", first, last, by="dana-2", reason="checked")
    with pytest.raises(BooksError, match="robot is no approver"):
        ledger.open_period("E1", first, last, by="robot", reason="late")
    assert ledger.is_closed("E1", last)
    ledger.open_period("E1", first, last, by="bob", reason="late")
    deeds = [(record[2], record[3], record[5]) for record in ledger.audit_records()[1]]
    assert deeds[-3][1] == "approvers_changed"
    assert deeds[-2:] == [("Dana Moor", "period_closed", "checked [login dana-2]"), ("bob", "period_opened", "late")]
    assert ledger.verify_audit() == []
