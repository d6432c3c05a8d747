"""Round after round, whatever the outside ledger does: every entry is there once, and nothing waits behind one."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from decimal import Decimal

import pytest
from memory_target import MemoryTarget
from support.book_examples import CHART, CODES, DAY, credit, debit, entry
from support.posting import StandingClock, post

from orchestration.gl.poster import Pacing, Poster
from orchestration.gl.reasons import REASONS, explain
from orchestration.gl.requests import TargetSetup
from orchestration.ledger.outbox import reference
from orchestration.ledger.store import Ledger

ACCOUNTS = {code: f"out-{code}" for code in CODES}
# waits of no length, so that a test needs no clock
AT_ONCE = Pacing(first_wait_seconds=0.0, longest_wait_seconds=0.0, first_rest_seconds=0.0, longest_rest_seconds=0.0)


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    path = tmp_path_factory.mktemp("poster") / "empty.sqlite"
    books = Ledger(f"sqlite:///{path}")
    books.migrate()
    books.load_accounts(CHART)
    return path


@pytest.fixture
def ledger(tmp_path, empty):
    return Ledger(f"sqlite:///{shutil.copy(empty, tmp_path / 'ledger.sqlite')}")


@pytest.fixture
def target():
    return MemoryTarget()


def setup(**changes):
    return TargetSetup(**({"name": "memory", "entity_ids": ("E1",), "accounts": ACCOUNTS} | changes))


def poster(ledger, target, pacing=AT_ONCE, **changes):
    return Poster(ledger, target, setup(**changes), pacing=pacing)


def fill(ledger, count):
    post(ledger, *(entry(f"ehr:{number}") for number in range(count)))


def states(ledger):
    return {(total.state, total.reason_code): total.item_count for total in ledger.outbox("t").totals()}


def held(target):
    return [journal.reference for journal in target.held]


def is_whole(ledger):
    return ledger.verify_audit() == ledger.verify_books() == []


def test_a_round_posts_every_entry_once_and_a_second_round_nothing(ledger, target):
    fill(ledger, 60)
    result = poster(ledger, target).round()
    assert (result.enqueued, result.posted, result.posted_amount) == (60, 60, Decimal("6000.00"))
    assert len(set(held(target))) == len(held(target)) == 60
    again = poster(ledger, target).round()
    assert (again.enqueued, again.posted, len(target.held)) == (0, 0, 60)
    assert states(ledger) == {("posted", ""): 60}
    assert is_whole(ledger)


def test_a_round_hands_over_no_more_than_the_target_takes(ledger):
    target = MemoryTarget(batch_limit=7)
    fill(ledger, 20)
    assert [poster(ledger, target).round().posted for _ in range(4)] == [7, 7, 6, 0]


def test_what_goes_out_is_balanced_mapped_and_made_of_codes(ledger):
    made = entry(
        lines=[debit("1200", "60.00"), debit("1200", "40.00"), credit("4000-EM", "100.00")],
        description="Jane Doe, born 1980-01-01",
    )
    tag = post(ledger, made).batch_tag
    ledger.reverse(1, DAY, "charge of Jane Doe")
    from orchestration.gl.requests import request_of

    first, second = (request_of(posted, ACCOUNTS) for posted in ledger.entries())
    assert [(line.account, line.debit_amount, line.credit_amount) for line in first.lines] == [
        ("out-1200", Decimal("100.00"), Decimal("0.00")),
        ("out-4000-EM", Decimal("0.00"), Decimal("100.00")),
    ]
    assert (first.lines[0].payer_class, first.lines[0].provider_id, first.lines[0].location_id) == (
        "commercial",
        "1234567893",
        "MAIN",
    )
    assert first.memo == f"{tag} ehr R01"
    assert second.memo.endswith(f"reverses {first.reference}")
    assert "Doe" not in repr((first, second))
    assert len(first.reference) <= 21


def test_a_reference_is_the_entrys_for_ever():
    assert reference("ab" * 32) == reference("ab" * 32) != reference("ac" * 32)
    assert reference("ab" * 32).isascii()


def test_a_refused_entry_is_set_aside_after_one_try_and_the_others_go_on(ledger, target):
    fill(ledger, 3)
    target.next_posts.extend([None, "refused"])
    result = poster(ledger, target).round()
    assert (result.posted, result.quarantined) == (2, 1)
    assert states(ledger) == {("posted", ""): 2, ("quarantined", "validation"): 1}
    # rounds leave it alone; a person lets it go again
    assert poster(ledger, target).round().posted == 0
    (item,) = ledger.outbox("t").items("memory", "quarantined")
    ledger.outbox("bob").release([item.reference], target="memory", reason="period opened there")
    assert poster(ledger, target).round().posted == 1
    assert len(set(held(target))) == len(held(target)) == 3
    assert is_whole(ledger)


def test_what_nobody_knows_is_looked_up_before_it_is_sent_again(ledger, target):
    fill(ledger, 2)
    target.next_posts.extend(["uncertain_but_there", "uncertain"])
    first = poster(ledger, target, Pacing(first_wait_seconds=0.0)).round()
    # both came round again within the same round
    assert (first.posted, first.found, first.retried) == (2, 1, 2)
    assert len(set(held(target))) == len(held(target)) == 2
    kinds = [kind for kind, _reference in target.calls if kind != "check"]
    assert kinds == ["post", "post", "find", "find", "post"]


def test_an_entry_that_always_fails_is_set_aside_and_no_other_waits_for_it(ledger, target):
    fill(ledger, 5)
    poison = reference(next(iter(ledger.entries())).entry_key)
    target.always[poison] = "uncertain"
    result = poster(ledger, target).round()
    assert (result.posted, result.quarantined, result.retried) == (4, 1, 7)
    assert states(ledger) == {("posted", ""): 4, ("quarantined", "gave_up"): 1}
    assert [call for call in target.calls if call == ("post", poison)] == [("post", poison)] * 8


def test_a_client_that_stumbles_over_one_entry_does_not_stop_the_others(ledger, target):
    fill(ledger, 3)
    target.always[reference(next(iter(ledger.entries())).entry_key)] = "stumble"
    result = poster(ledger, target).round()
    assert (result.posted, result.quarantined) == (2, 1)
    assert result.reasons["client_KeyError"] == 8


def test_a_system_that_is_down_rests_and_costs_no_entry_an_attempt(ledger, target):
    fill(ledger, 10)
    target.next_posts.extend(["unavailable"] * 5)
    patient = Pacing(first_rest_seconds=60.0, longest_rest_seconds=60.0)
    result = poster(ledger, target, patient).round()
    assert (result.posted, result.stopped_by) == (0, "unreachable")
    assert len(target.calls) == 1 + 5
    # while it rests nobody calls it, for as many rounds as there are
    assert [poster(ledger, target, patient).round().stopped_by for _ in range(3)] == ["unreachable"] * 3
    assert len(target.calls) == 1 + 5
    assert {item.attempts for item in ledger.outbox("t").items("memory")} == {0}
    assert states(ledger) == {("pending", "unreachable"): 5, ("pending", ""): 5}


def test_a_system_that_is_down_for_a_day_is_asked_a_harmless_question_each_round_and_loses_nothing(ledger, target):
    fill(ledger, 4)
    resting = Pacing(failures_before_rest=1, first_rest_seconds=0.0, longest_rest_seconds=0.0)
    target.next_posts.append("uncertain_but_there")
    target.next_finds.extend(["unavailable", "uncertain"] * 48)
    assert poster(ledger, target, resting).round().posted == 3
    # the system answers again between the rounds only at the end of the day
    ledger.outbox("t").failed("memory", "unreachable", threshold=1, rest=lambda _failures: 0)
    post(ledger, *(entry(f"late:{number}") for number in range(3)))
    rounds = 0
    while target.next_finds:
        before = len(target.calls)
        assert poster(ledger, target, resting).round().stopped_by in {"unreachable", "no_answer"}
        assert [call[0] for call in target.calls[before:]] == ["find"]
        rounds += 1
    assert rounds > 90
    assert all(item.state != "quarantined" for item in ledger.outbox("t").items("memory"))
    assert {item.attempts for item in ledger.outbox("t").items("memory", "pending")} <= {0, 1}
    poster(ledger, target, resting).round()
    assert len(set(held(target))) == len(held(target)) == 7
    assert is_whole(ledger)


def test_a_system_that_asks_us_to_wait_is_given_its_time(ledger, target):
    fill(ledger, 3)
    target.next_posts.extend([None, "throttled"])
    result = poster(ledger, target).round()
    assert (result.posted, result.stopped_by) == (1, "too_many_requests")
    state = ledger.outbox("t").target("memory")
    assert 25_000 < state.rests_milliseconds <= 30_000
    assert states(ledger) == {("posted", ""): 1, ("pending", ""): 1, ("pending", "too_many_requests"): 1}


def test_after_a_rest_that_was_asked_for_no_question_uses_up_the_room(ledger, target):
    fill(ledger, 3)
    ledger.outbox("t").rest("memory", "own_pace", 0)
    assert poster(ledger, target).round().posted == 3
    assert [kind for kind, _reference in target.calls if kind != "check"] == ["post"] * 3
    state = ledger.outbox("t").target("memory")
    assert (state.state, state.reason_code) == ("closed", "")


def test_a_login_that_is_not_accepted_stops_the_target_until_a_person_resumes_it(ledger, target):
    fill(ledger, 3)
    target.next_posts.append("unauthorized")
    assert poster(ledger, target).round().stopped_by == "token_expired"
    calls = len(target.calls)
    assert poster(ledger, target).round().stopped_by == "token_expired"
    assert len(target.calls) == calls
    ledger.outbox("t").resume("memory", by="bob", reason="signed in again")
    assert poster(ledger, target).round().posted == 3
    assert is_whole(ledger)


def test_an_entry_with_an_account_that_is_not_mapped_waits_alone(ledger, target):
    post(ledger, entry("ehr:1"), entry("ehr:2", [debit("6100", "5.00"), credit("1010", "5.00")]))
    partly = {code: account for code, account in ACCOUNTS.items() if code != "6100"}
    assert poster(ledger, target, accounts=partly).round().posted == 1
    assert states(ledger) == {("posted", ""): 1, ("quarantined", "unmapped_account"): 1}
    (item,) = ledger.outbox("t").items("memory", "quarantined")
    assert item.total_amount == Decimal("5.00")
    ledger.outbox("bob").release([item.reference], target="memory", reason="mapped")
    assert poster(ledger, target).round().posted == 1


def test_the_mapping_is_checked_before_the_first_post_and_again_when_it_changes(ledger, target):
    fill(ledger, 2)
    target.findings = ["1200"]
    result = poster(ledger, target).round()
    assert (result.stopped_by, len(result.findings), target.held) == ("accounts_not_accepted", 1, [])
    target.findings = []
    ledger.outbox("t").resume("memory", by="bob", reason="corrected")
    poster(ledger, target).round()
    poster(ledger, target).round()
    poster(ledger, target, accounts=ACCOUNTS | {"1010": "other"}).round()
    assert [call[0] for call in target.calls].count("check") == 3


def test_a_target_that_is_widened_gets_the_older_entries_too(ledger, target):
    post(ledger, entry("ehr:1"), entry("ehr:2", entity_id="E2"), replace(entry("ehr:3"), book="cash"))
    assert poster(ledger, target).round().posted == 1
    assert poster(ledger, target, entity_ids=("E1", "E2")).round().posted == 1
    assert poster(ledger, target, entity_ids=("E1", "E2"), since=DAY + dt.timedelta(days=1)).round().posted == 0


def test_what_the_system_holds_with_another_amount_is_set_aside(ledger, target):
    fill(ledger, 1)
    target.next_posts.append("uncertain_but_there")
    outbox = ledger.outbox("first")
    outbox.enqueue("memory", book="accrual", entity_ids=["E1"])
    poster(ledger, target, Pacing(first_wait_seconds=3600.0)).round()
    target.edit(0, lines=tuple(replace(line, debit_amount=line.debit_amount * 2) for line in target.held[0].lines))
    with ledger.sessions.write() as connection:
        connection.exec_driver_sql("UPDATE outbox SET next_attempt_ms = 0")
    assert poster(ledger, target).round().quarantined == 1
    assert states(ledger) == {("quarantined", "other_body_outside"): 1}
    assert len(target.held) == 1


def test_the_lease_of_a_dead_poster_runs_out_and_the_next_one_looks_first(ledger, target):
    fill(ledger, 2)
    dead = ledger.outbox("dead")
    dead.enqueue("memory", book="accrual", entity_ids=["E1"])
    claimed = dead.claim("memory", limit=1, lease_milliseconds=0).items
    assert poster(ledger, target).round().posted == 2
    assert ("find", claimed[0].reference) in target.calls
    # and if it was not dead but slow, its word no longer counts
    assert dead.received(claimed[0], "99") is False
    assert {item.external_id for item in ledger.outbox("t").items("memory")} == {"1", "2"}


def test_a_lease_ends_when_the_ledgers_clock_says_so_however_long_the_machine_took(ledger, target):
    clock = StandingClock()
    timed = Ledger(str(ledger.sessions.engine.url), clock=clock)
    fill(timed, 2)
    dead = timed.outbox("dead")
    dead.enqueue("memory", book="accrual", entity_ids=["E1"])
    (claimed,) = dead.claim("memory", limit=1, lease_milliseconds=20).items
    next_one = Poster(timed, target, setup(), pacing=AT_ONCE, stopwatch=clock.seconds)
    clock.move(0.019)
    assert next_one.round().posted == 1
    clock.move(0.001)
    assert next_one.round().posted == 1
    assert ("find", claimed.reference) in target.calls
    assert is_whole(timed)


def test_a_call_that_outlasts_a_lease_leaves_the_others_of_the_claim_to_the_next_poster(ledger):
    clock = StandingClock()

    class SlowTarget(MemoryTarget):
        def post(self, request):
            clock.move(AT_ONCE.lease_seconds - AT_ONCE.call_seconds)
            return super().post(request)

    slow = SlowTarget(batch_limit=3)
    fill(ledger, 3)
    timed = Ledger(str(ledger.sessions.engine.url), clock=clock)
    result = Poster(timed, slow, setup(), pacing=AT_ONCE, stopwatch=clock.seconds).round()
    assert (result.posted, [call[0] for call in slow.calls]) == (1, ["check", "post"])
    assert states(timed) == {("posted", ""): 1, ("pending", ""): 2}


def test_nobody_takes_what_another_poster_holds(ledger, target):
    fill(ledger, 3)
    other = ledger.outbox("other")
    other.enqueue("memory", book="accrual", entity_ids=["E1"])
    assert len(other.claim("memory", limit=2, lease_milliseconds=60_000).items) == 2
    assert poster(ledger, target).round().posted == 1


def test_a_poster_that_runs_out_of_lease_gives_back_what_it_did_not_call_for(ledger, target):
    fill(ledger, 3)
    hasty = Pacing(lease_seconds=1.0, call_seconds=1.0)
    target.batch_limit = 3
    result = poster(ledger, target, hasty).round()
    assert (result.posted, [call[0] for call in target.calls]) == (0, ["check"])
    assert {(item.state, item.is_uncertain) for item in ledger.outbox("t").items("memory")} == {("pending", False)}


def test_a_clock_that_is_behind_the_audit_chain_sends_nothing(ledger, target):
    fill(ledger, 1)
    ahead = Ledger(str(ledger.sessions.engine.url), clock=lambda: dt.datetime.now(dt.UTC) + dt.timedelta(hours=2))
    post(ahead, entry("ehr:ahead"))
    result = poster(ledger, target).round()
    assert (result.stopped_by, target.calls) == ("clock_skew", [])
    assert explain("pending", "clock_skew").fix == "timedatectl set-ntp true"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE outbox SET external_id = '77' WHERE outbox_id = 1",
        # no guard knows people: sending again without a decision is found by its missing record
        "UPDATE outbox SET state = 'pending', external_id = NULL, resend_count = 1 WHERE outbox_id = 1",
    ],
    ids=["another_receipt", "sent_again_by_nobody"],
)
def test_receipts_that_were_edited_past_the_ledger_are_found(ledger, target, tmp_path, statement):
    import sqlite3
    from contextlib import closing

    fill(ledger, 2)
    poster(ledger, target).round()
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as raw:
        raw.execute("DROP TRIGGER outbox_keeps_its_identity")
        raw.execute(statement)
        raw.commit()
    assert [finding.code for finding in ledger.verify_audit()] == ["receipt_not_recorded"] * 1


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM outbox",
        "UPDATE outbox SET reference = 'x'",
        "UPDATE outbox SET entry_id = 2 WHERE outbox_id = 1",
        "UPDATE outbox SET external_id = '7'",
        "UPDATE outbox SET state = 'pending', external_id = NULL",
        "UPDATE outbox SET state = 'pending', external_id = NULL, resend_count = resend_count + 2",
        "UPDATE outbox SET resend_count = resend_count + 1",
        "UPDATE outbox SET external_id = '7', resend_count = resend_count + 1",
        "UPDATE outbox SET state = 'sent', external_id = NULL",
        "UPDATE outbox SET state = 'quarantined', external_id = NULL",
    ],
)
def test_what_is_posted_outside_cannot_be_made_unposted(ledger, target, statement):
    import sqlalchemy as sa

    fill(ledger, 1)
    poster(ledger, target).round()
    with pytest.raises(sa.exc.IntegrityError), ledger.sessions.write() as connection:
        connection.exec_driver_sql(statement)


def test_every_reason_outside_has_words_and_one_command():
    for reason in (
        *REASONS.values(),
        *(explain(state, "x") for state in ("pending", "quarantined", "stopped", "open")),
    ):
        assert reason.words.endswith(".")
        assert "\n" not in reason.fix
