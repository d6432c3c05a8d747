"""Many posts to every stand-in: never over its limits, once whatever goes wrong, and nothing about a person in them.

The short runs are the default; the long ones of 10,000 posts each are slow (-m slow).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from decimal import Decimal

import pytest
from defusedxml.ElementTree import fromstring
from support.fakes.harness import ACCOUNTS, DIMENSIONS, KEY, NAMES, FastClock, connect, journal, running
from support.fakes.server import FAULTS, Faults, Request

from orchestration.accounting.journal import Entry, Line
from orchestration.core.money import ZERO
from orchestration.gl.opening import open_target
from orchestration.gl.port import TargetThrottled, TargetUnavailable, TargetUncertain
from orchestration.gl.requests import request_of
from orchestration.ledger.records import PostedEntry

LONG = 10_000

# what every entry says about a person in the words it has for people; none of it may go out
PLANTED = ("Jane", "Doe", "1980-01-02", "01/02/1980", "MRN-0047110815", "1EG4-TE5-MK73")

# everything a request may say: codes of ours and of the vendor's, dates, amounts, and words of the protocol
_WORDS = {
    "quickbooks": {"JournalEntryLineDetail", "Debit", "Credit", "35", "84", "79", "80", "75"},
    "xero": {"NoTax", "POSTED", "NONE", "Payer", "False", "1010", "1200", "4000-01", "4900", "false", "Date ASC", "1",
             "100"},
    "intacct": {"GJ", "Posted", "1", "-1", "true", "false", "3.0", "sender", "senderpass", "user", "pass",
                "clinic-dev", "1010", "1200", "4000-01", "4900", "GLBATCH", "GLENTRY", "RECORDNO", "REFERENCENO",
                "BATCH_DATE", "BATCH_TITLE", "JOURNAL", "STATE", "BATCHNO", "LINE_NO", "ACCOUNTNO", "TR_TYPE",
                "TRX_AMOUNT", "0", "1000"},
    "netsuite": {"201", "202", "203", "204", "0", "1000"},
}  # fmt: skip
_REFERENCE = r"MB-[A-Z2-7]{18}"
_SHAPES = (
    rf"({_REFERENCE} )?AI-\d{{8}}-\d+ era835 R04,R05",
    _REFERENCE,
    r"2026-\d\d-\d\d",
    r"\d\d/\d\d/2026",
    r"-?\d+\.\d\d",
    r"access-\d+",
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
)
# how each vendor is asked for a reference
_QUESTIONS = {
    "quickbooks": r"select \* from JournalEntry where DocNumber = 'REF' orderby Id startposition 1 maxresults 1000",
    "xero": r'Narration\.StartsWith\("REF "\)',
    # by the number Sage gave a journal
    "intacct": r"\d{1,5}",
    "netsuite": r"SELECT [A-Za-z_.,= ]+\(t\.trandate, 'YYYY-MM-DD'\)[A-Za-z.,= ]+ WHERE t\.type = 'Journal'"
    r" AND t\.externalid = 'REF' ORDER BY t\.id, tal\.transactionline",
}
_PATTERNS = {
    name: [re.compile(shape) for shape in (*_SHAPES, question.replace("REF", _REFERENCE))]
    for name, question in _QUESTIONS.items()
}


def posted_entry(number):
    """Return an entry as the ledger holds it: three lines, an amount of its own, and a person in its description."""
    amount = Decimal(10_000 + number * 37).scaleb(-2)
    part = Decimal(int(amount * 100) // 3).scaleb(-2)

    def line(code, debit, credit, rule):
        return Line(code, debit, credit, rule, ("medicare", "commercial")[number % 2], "1234567893", "loc-1")

    day = dt.date(2026, 1, 1) + dt.timedelta(days=number % 90)
    description = f"Payment for {' '.join(PLANTED)}"
    lines = (
        line("1010", amount - part, ZERO, "R04"),
        line("4900", part, ZERO, "R05"),
        line("1200", ZERO, amount, "R04"),
    )
    made = Entry(f"era835:{number}", "main", "accrual", day, description, "era835", ("a" * 64,), lines)
    key = hashlib.sha256(made.event_id.encode()).hexdigest()
    return PostedEntry(number, key, f"AI-20260401-{number % 97}", "v1", f"{day:%Y-%m}", None, made)


def leaves(value):
    if isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    else:
        yield str(value)


def said(payload):
    if payload.startswith(b"{"):
        # numbers as they were written, so that an amount is told by its cents
        return leaves(json.loads(payload, parse_float=str))
    return (element.text for element in fromstring(payload).iter() if not len(element) and element.text)


def unexpected(name, payloads):
    """Return every text of what was sent that is neither a known word nor of a known shape."""
    known = _WORDS[name] | set(DIMENSIONS[name])
    found = {text for payload in payloads for text in said(payload) if text not in known}
    return {text for text in found if not any(pattern.fullmatch(text) for pattern in _PATTERNS[name])}


def deliver(target, requests, clock):
    """Post every request as a poster does: look up after an uncertain answer, rest when asked to."""
    for request in requests:
        is_uncertain = False
        while True:
            try:
                if is_uncertain and target.find(request.reference) is not None:
                    break
                is_uncertain = False
                target.post(request)
                break
            except TargetThrottled as throttled:
                # it is not there: looking would only use up the room that is waited for
                clock.sleep(throttled.retry_after_seconds)
            except TargetUnavailable:
                clock.sleep(5)
            except TargetUncertain:
                is_uncertain = True
                clock.sleep(5)


def run(name, count, tmp_path, *, faults=None, timeout_seconds=30.0):
    clock = FastClock()
    with running(name, clock=clock.now, faults=faults) as fake:
        connect(fake, tmp_path)
        target = open_target(name, tmp_path, KEY, timing=clock.timing, timeout_seconds=timeout_seconds)
        deliver(target, (request_of(posted_entry(number), ACCOUNTS[name]) for number in range(count)), clock)
        return fake


def is_perfect(fake, name, count):
    assert (fake.committed, fake.duplicates, fake.over_limit) == (count, 0, 0)
    # creates and look-ups, bodies and addresses
    sent = [*fake.payloads, *fake.queries]
    assert len(sent) >= count
    assert unexpected(name, sent) == set()
    everything = b"\n".join(sent)
    assert not [text for text in PLANTED if text.encode() in everything]


@pytest.mark.parametrize("name", NAMES)
def test_posts_stay_within_the_vendors_limits_and_say_nothing_about_a_person(name, tmp_path):
    is_perfect(run(name, 80, tmp_path), name, 80)


@pytest.mark.parametrize("name", NAMES)
def test_a_quarter_of_calls_going_wrong_loses_and_doubles_nothing(name, tmp_path):
    faults = Faults(rate=0.24, seed=20261123, slow_seconds=0.6)
    fake = run(name, 80, tmp_path, faults=faults, timeout_seconds=0.3)
    is_perfect(fake, name, 80)
    assert sum(fake.counts[f"fault_{kind}"] for kind in FAULTS) > 15


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_ten_thousand_posts_stay_within_the_vendors_limits(name, tmp_path):
    is_perfect(run(name, LONG, tmp_path), name, LONG)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_ten_thousand_posts_with_a_quarter_of_calls_going_wrong_lose_and_double_nothing(name, tmp_path):
    faults = Faults(rate=0.24, seed=7, kinds=tuple(kind for kind in FAULTS if kind != "slow"))
    is_perfect(run(name, LONG, tmp_path, faults=faults), name, LONG)


@pytest.mark.parametrize("name", NAMES)
def test_a_stand_in_doubles_what_is_sent_again_without_a_key(name, tmp_path):
    """The proofs above would mean nothing against a server that cannot go wrong."""
    clock = FastClock()
    with running(name, clock=clock.now) as fake:
        connect(fake, tmp_path)
        seen = []
        fake.judge = lambda request, _: seen.append(request) or []
        open_target(name, tmp_path, KEY, timing=clock.timing).post(journal(name, 1))
        sent = next(request for request in seen if b"MB-" in request.body)
        keyless = {key: value for key, value in sent.headers.items() if key != "idempotency-key"}
        body = sent.body.replace(b"<uniqueid>true", b"<uniqueid>false").replace(b'"externalId"', b'"otherId"')
        for _ in range(2):
            fake.serve(Request(sent.method, sent.path, {}, keyless, body))
        assert fake.committed == 3


@pytest.mark.parametrize("name", NAMES)
def test_a_person_in_a_payload_would_be_seen(name, tmp_path):
    fake = run(name, 1, tmp_path)
    (create,) = (payload for payload in fake.payloads if b"era835" in payload)
    for text in PLANTED:
        spoiled = create.replace(b"era835", f"era835 {text}".encode())
        assert len(unexpected(name, [spoiled])) == 1
