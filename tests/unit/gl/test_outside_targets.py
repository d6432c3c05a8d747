"""Every outside ledger, against a stand-in whose requests and answers the vendor's own specification judges."""

from __future__ import annotations

import datetime as dt
import time
from decimal import Decimal

import pytest
from support.fakes.harness import ACCOUNTS, KEY, NAMES, FastClock, connect, journal, running
from support.fakes.judges import judge_of
from support.fakes.server import Faults

from orchestration.core.errors import ConfigurationError
from orchestration.gl.answers import same_journal
from orchestration.gl.opening import open_target
from orchestration.gl.port import (
    TargetRefusal,
    TargetThrottled,
    TargetUnauthorized,
    TargetUnavailable,
    TargetUncertain,
)

DAYS = (dt.date(2026, 1, 1), dt.date(2026, 3, 31))


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


@pytest.fixture
def clock():
    return FastClock()


@pytest.fixture
def fake(name, clock):
    with running(name, clock=clock.now) as started:
        yield started


@pytest.fixture
def target(fake, clock, tmp_path):
    connect(fake, tmp_path)
    return open_target(fake.name, tmp_path, KEY, timing=clock.timing)


def faulty(fake, *kinds):
    fake.faults.script = list(kinds)


# -- the way it should go ---------------------------------------------------------------------------------------------


def test_a_posted_journal_is_held_found_and_pulled_as_it_was_sent(name, fake, target):
    requests = [journal(name, number) for number in range(5)]
    receipts = [target.post(request) for request in requests]
    assert [receipt.total_amount for receipt in receipts] == [request.total_amount for request in requests]
    assert target.find(requests[2].reference) == receipts[2]
    assert target.find("MB-NOBODY-SENT-THIS") is None
    pulled = list(target.pull(*DAYS))
    assert [entry.external_id for entry in pulled] == [receipt.external_id for receipt in receipts]
    assert [entry.reference for entry in pulled] == [request.reference for request in requests]
    assert all(same_journal(request, entry) for request, entry in zip(requests, pulled, strict=True))
    assert fake.committed == 5


def test_a_pull_takes_only_the_days_it_was_asked_for(name, target):
    for number in range(4):
        target.post(journal(name, number))
    pulled = list(target.pull(dt.date(2026, 1, 2), dt.date(2026, 1, 3)))
    assert [entry.entry_date for entry in pulled] == [dt.date(2026, 1, 2), dt.date(2026, 1, 3)]


def test_the_payer_class_arrives_in_the_field_the_practice_chose(name, fake, target):
    target.post(journal(name, 1, payer_class="medicare"))
    target.post(journal(name, 2, payer_class="commercial"))
    first, second = (payload for payload in fake.payloads if b"MB-" in payload)
    shown = {"quickbooks": b"ClassRef", "xero": b"Tracking", "intacct": b"CLASSID", "netsuite": b'"class"'}[name]
    assert shown in first
    assert first.replace(b"MB-000000000000000001", b"") != second.replace(b"MB-000000000000000002", b"")


def test_the_vendors_own_specification_accepts_every_request_and_every_answer(name, shared, clock, tmp_path):
    judge = judge_of(name, shared)
    if judge is None:
        pytest.skip("NetSuite publishes no specification of a journal entry, or it is not beside the checkout")
    with running(name, clock=clock.now, judge=judge) as fake:
        connect(fake, tmp_path)
        target = open_target(name, tmp_path, KEY, timing=clock.timing)
        for number in range(3):
            target.post(journal(name, number))
        target.post(journal(name, 1))
        with pytest.raises(TargetRefusal):
            target.post(journal(name, 1, cents=1))
        fake.closed_through = "2026-12-31"
        with pytest.raises(TargetRefusal):
            target.post(journal(name, 7))
        target.find("MB-NOBODY-SENT-THIS")
        list(target.pull(*DAYS))
        target.check_accounts(ACCOUNTS[name])
        assert fake.problems == []


def test_a_judge_finds_what_its_specification_forbids(name, shared, clock, tmp_path):
    judge = judge_of(name, shared)
    if judge is None:
        pytest.skip("NetSuite publishes no specification of a journal entry, or it is not beside the checkout")
    spoiled = {
        "quickbooks": (b'"PostingType":"Debit"', b'"PostingType":"Soll"'),
        "xero": (b'"Status":"POSTED"', b'"Status":"BOOKED"'),
        "intacct": (b"<BATCH_DATE>", b"<BATCH_DAY>"),
    }[name]
    with running(name, clock=clock.now) as fake:
        connect(fake, tmp_path)
        seen = []
        fake.judge = lambda request, response: seen.append((request, response)) or []
        open_target(name, tmp_path, KEY, timing=clock.timing).post(journal(name, 1))
        request, response = next((asked, answer) for asked, answer in seen if spoiled[0] in asked.body)
        assert judge(request, response) == []
        body = request.body.replace(*spoiled)
        if name == "intacct":
            body = body.replace(b"</BATCH_DATE>", b"</BATCH_DAY>")
        assert judge(type(request)(request.method, request.path, request.query, request.headers, body), response)


# -- once, whatever happens -------------------------------------------------------------------------------------------


def test_the_same_request_twice_is_one_journal(name, fake, target):
    first = target.post(journal(name, 1))
    assert target.post(journal(name, 1)) == first
    assert (fake.committed, fake.duplicates) == (1, 0)


def test_a_reference_used_for_another_body_is_refused_and_the_first_stays(name, target):
    request = journal(name, 1)
    target.post(request)
    with pytest.raises(TargetRefusal) as refusal:
        target.post(journal(name, 1, cents=123))
    assert refusal.value.code == "other_body"
    assert refusal.value.fix == f"medbooks gl reconcile {name}"
    (held,) = target.pull(*DAYS)
    assert same_journal(request, held)


@pytest.mark.parametrize(
    ("fault", "stands"),
    [
        ("drop_before_commit", 0),
        ("drop_after_commit", 1),
        ("error_after_commit", 1),
        ("unavailable", 0),
        ("malformed", 1),
    ],
)
def test_an_answer_that_is_lost_is_uncertain_and_looking_up_tells(name, fake, target, fault, stands):
    target.find("MB-LOG-IN-FIRST")
    faulty(fake, fault)
    if name == "netsuite" and fault == "malformed":
        # its answer to a create has no body that could be spoiled
        pytest.skip("a 204 has no body")
    request = journal(name, 1)
    with pytest.raises(TargetUncertain) as uncertain:
        target.post(request)
    assert uncertain.value.fix == "medbooks gl post"
    assert fake.committed == stands
    held = target.find(request.reference)
    assert (held is not None) == bool(stands)
    receipt = held or target.post(request)
    assert receipt.total_amount == request.total_amount
    assert (fake.committed, fake.duplicates) == (1, 0)


def test_a_create_that_commits_after_the_client_gave_up_is_not_made_twice(name, clock, tmp_path):
    with running(name, clock=clock.now, faults=Faults(slow_seconds=0.4)) as fake:
        connect(fake, tmp_path)
        target = open_target(name, tmp_path, KEY, timing=clock.timing, timeout_seconds=0.15)
        target.find("MB-LOG-IN-FIRST")
        faulty(fake, "slow")
        request = journal(name, 1)
        with pytest.raises(TargetUncertain):
            target.post(request)
        # nothing stands yet, so the same request goes out again while the first is still under way
        assert target.find(request.reference) is None
        target.post(request)
        while fake._at_once:
            time.sleep(0.02)
        assert (fake.committed, fake.duplicates) == (1, 0)


def test_throttling_posts_nothing_and_says_how_long_to_rest(name, fake, target):
    target.find("MB-LOG-IN-FIRST")
    faulty(fake, "throttle")
    with pytest.raises(TargetThrottled) as throttled:
        target.post(journal(name, 1))
    assert throttled.value.retry_after_seconds == 1.0
    assert fake.committed == 0
    target.post(journal(name, 1))
    assert fake.committed == 1


def test_reading_is_tried_again_by_itself(name, fake, target, clock):
    receipt = target.post(journal(name, 1))
    faulty(fake, "unavailable", "drop_before_commit", "drop_after_commit")
    assert target.find(receipt.reference) == receipt
    assert clock.slept > 0


# -- bad input and bad surroundings -----------------------------------------------------------------------------------


def test_an_unbalanced_journal_is_refused_by_the_vendor_too(name, fake, target):
    request = journal(name, 1)
    unbalanced = type(request)(
        request.reference, request.entry_date, request.memo, request.entity_id, (request.lines[0], request.lines[2])
    )
    with pytest.raises(TargetRefusal) as refusal:
        target.post(unbalanced)
    # QuickBooks has one number for everything its books forbid
    assert refusal.value.code == ("validation" if name == "quickbooks" else "unbalanced")
    assert fake.committed == 0


def test_an_account_that_went_away_is_a_refusal_that_leads_to_the_mapping(name, fake, target):
    del fake.accounts[ACCOUNTS[name]["4900"]]
    with pytest.raises(TargetRefusal) as refusal:
        target.post(journal(name, 1))
    assert refusal.value.code == "account_unknown"
    assert refusal.value.fix == f"medbooks gl accounts {name}"


def test_a_date_in_books_that_are_closed_there_is_a_refusal(name, fake, target):
    fake.closed_through = "2026-12-31"
    with pytest.raises(TargetRefusal) as refusal:
        target.post(journal(name, 1))
    assert refusal.value.code == "period_closed"


def test_no_word_of_a_vendors_answer_gets_into_a_message(name, fake, target):
    del fake.accounts[ACCOUNTS[name]["4900"]]
    with pytest.raises(TargetRefusal) as refusal:
        target.post(journal(name, 1))
    assert "CANARY" not in refusal.value.message


def test_a_dimension_without_a_value_is_a_refusal_and_nothing_is_sent(name, fake, target):
    with pytest.raises(TargetRefusal) as refusal:
        target.post(journal(name, 1, payer_class="workers_compensation"))
    assert refusal.value.code == "dimension_unmapped"
    assert fake.committed == 0


def test_an_expired_token_is_renewed_without_a_word(name, fake, target, clock):
    target.post(journal(name, 1))
    clock.sleep(fake.token_seconds + 1)
    target.post(journal(name, 2))
    assert fake.committed == 2


def test_a_token_the_vendor_forgot_early_is_renewed_once(name, fake, target):
    target.post(journal(name, 1))
    fake.access.clear()
    target.post(journal(name, 2))
    assert fake.committed == 2


def test_revoked_access_stops_the_target_and_names_the_command(name, fake, target):
    target.post(journal(name, 1))
    fake.is_revoked = True
    with pytest.raises(TargetUnauthorized) as stopped:
        target.post(journal(name, 2))
    assert stopped.value.code == "access_revoked"
    assert stopped.value.fix == f"medbooks gl connect {name}"
    assert fake.committed == 1


def test_a_login_for_another_company_is_said_before_anything_is_sent(name, fake, tmp_path, clock):
    connect(fake, tmp_path)
    file = tmp_path / f"{name}.toml"
    file.write_text(file.read_text().replace('tenant_id = "', 'tenant_id = "other-'), encoding="utf-8")
    with pytest.raises(TargetUnauthorized) as stopped:
        open_target(name, tmp_path, KEY, timing=clock.timing).post(journal(name, 1))
    assert (stopped.value.code, fake.counts["calls"]) == ("wrong_tenant", 0)


def test_a_company_the_vendor_closes_to_this_login_is_the_wrong_tenant(name, fake, target):
    match name:
        case "quickbooks":
            fake.realm = "9999"
        case "xero":
            fake.tenant = "another"
        case "intacct":
            fake.sender_is_let_in = False
        case "netsuite":
            fake.role_may_post = False
    with pytest.raises(TargetUnauthorized) as stopped:
        target.post(journal(name, 1))
    assert stopped.value.code == "wrong_tenant"
    assert fake.committed == 0


def test_a_subscription_that_has_ended_stops_the_target(clock, tmp_path):
    with running("quickbooks", clock=clock.now) as fake:
        connect(fake, tmp_path)
        fake.checked = lambda _: fake.fault(400, "6190", "ValidationFault")
        with pytest.raises(TargetUnauthorized) as stopped:
            open_target("quickbooks", tmp_path, KEY, timing=clock.timing).post(journal("quickbooks", 1))
    assert stopped.value.code == "subscription_ended"


def test_a_clock_that_is_wrong_is_told_apart_from_revoked_access(name, fake, target):
    if name == "intacct":
        # its sessions are judged by Sage's clock alone
        pytest.skip("no time goes into an Intacct login")
    fake.is_revoked = True
    fake.date_offset_seconds = 3600.0
    with pytest.raises(TargetUnauthorized) as stopped:
        target.post(journal(name, 1))
    assert (stopped.value.code, stopped.value.fix) == ("clock_skew", "timedatectl set-ntp true")
    assert "60 minutes behind" in stopped.value.message


def test_a_vendor_that_cannot_be_reached_is_unavailable(name, fake, target):
    target.find("MB-LOG-IN-FIRST")
    fake.stop()
    # the kept connection still ends in the stand-in; a new one does not
    target._caller._clients[True].close()
    target._caller._clients.clear()
    with pytest.raises(TargetUnavailable) as away:
        target.post(journal(name, 1))
    assert away.value.code == "unreachable"


def test_without_a_connection_the_command_that_makes_one_is_named(name, tmp_path):
    (tmp_path / f"{name}.toml").write_text('tenant_id = "1"\n[accounts]\n', encoding="utf-8")
    with pytest.raises(ConfigurationError) as missing:
        open_target(name, tmp_path, KEY).post(journal(name, 1))
    assert missing.value.fix == f"medbooks gl connect {name}"


# -- accounts ---------------------------------------------------------------------------------------------------------


def test_a_right_mapping_has_no_finding(name, target):
    assert target.check_accounts(ACCOUNTS[name]) == []


def test_a_mapping_is_checked_for_what_is_absent_inactive_or_not_for_journals(name, target):
    control, inactive = {
        "quickbooks": ("85", "90"),
        "xero": ("610", "999"),
        "intacct": ("1100", "6999"),
        "netsuite": ("119", "299"),
    }[name]
    findings = target.check_accounts({"1200": control, "6999": inactive, "3000": "nowhere", "4900": ""})
    assert [finding.code for finding in findings] == [
        "account_unusable",
        "account_unknown",
        "account_unmapped",
        "account_unusable",
    ]


def test_two_of_ours_in_one_account_there_is_a_warning(name, target):
    theirs = ACCOUNTS[name]["4900"]
    findings = target.check_accounts({"4900": theirs, "4940": theirs})
    assert [(finding.code, finding.severity) for finding in findings] == [("account_shared", "warning")]


def test_xeros_bank_account_is_closed_to_journals(clock, tmp_path):
    with running("xero", clock=clock.now) as fake:
        connect(fake, tmp_path)
        findings = open_target("xero", tmp_path, KEY, timing=clock.timing).check_accounts({"1010": "090"})
    assert [finding.code for finding in findings] == ["account_unusable"]


def test_accounts_of_the_same_number_fill_a_first_mapping(name, target):
    numbered = target.numbered_accounts()
    assert {code: numbered[code] for code in ACCOUNTS[name]} == ACCOUNTS[name]


# -- pace -------------------------------------------------------------------------------------------------------------


def posts_within_the_limits(name, count, tmp_path, **options):
    clock = FastClock()
    with running(name, clock=clock.now, **options) as fake:
        connect(fake, tmp_path)
        target = open_target(name, tmp_path, KEY, timing=clock.timing)
        for number in range(count):
            try:
                target.post(journal(name, number))
            except TargetThrottled as throttled:
                assert throttled.code == "own_pace"
                clock.sleep(throttled.retry_after_seconds)
                target.post(journal(name, number))
        return fake, clock


def test_a_burst_of_posts_never_exceeds_the_vendors_limits(name, tmp_path):
    fake, _ = posts_within_the_limits(name, 100, tmp_path)
    assert (fake.committed, fake.duplicates, fake.over_limit) == (100, 0, 0)


def test_no_payload_holds_more_than_codes_dates_and_amounts(name, fake, target):
    request = journal(name, 1)
    target.post(request)
    payload = next(payload for payload in fake.payloads if request.reference.encode() in payload).decode()
    for ours in (request.lines[0].provider_id, request.lines[0].location_id, request.entity_id):
        assert ours not in payload
    assert str(Decimal("100.37")) in payload
