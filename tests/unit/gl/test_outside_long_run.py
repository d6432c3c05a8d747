"""Many posts to every stand-in: never over its limits, once whatever goes wrong, and nothing about a person in them.

The short runs are the default; the long ones of 10,000 posts each are slow (-m slow).
"""

from __future__ import annotations

import json
import re

import pytest
from defusedxml.ElementTree import fromstring
from fakes.harness import DIMENSIONS, KEY, NAMES, FastClock, connect, journal, running
from fakes.server import FAULTS, Faults, Request

from orchestration.gl.connected import open_target
from orchestration.gl.port import TargetThrottled, TargetUnavailable, TargetUncertain

LONG = 10_000

# everything a payload may say: codes of ours and of the vendor's, dates, amounts, and words of the protocol
_WORDS = {
    "quickbooks": {"JournalEntryLineDetail", "Debit", "Credit", "35", "84", "79", "80"},
    "xero": {"NoTax", "POSTED", "NONE", "Payer", "False", "1010", "1200", "4000-01", "4900"},
    "intacct": {"GJ", "Posted", "1", "-1", "true", "false", "3.0", "sender", "senderpass", "user", "pass",
                "clinic-dev", "1010", "1200", "4000-01", "4900"},
    "netsuite": {"201", "202", "203", "204"},
}  # fmt: skip
_PATTERNS = [
    re.compile(pattern)
    for pattern in (
        r"MB-\d{18}( era835 AI-\d{8}-\d+)?",
        r"era835 AI-\d{8}-\d+",
        r"2026-\d\d-\d\d",
        r"\d\d/\d\d/2026",
        r"-?\d+\.\d\d",
        r"access-\d+",
        r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    )
]


def leaves(value):
    if isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    else:
        yield str(value)


def said(name, payload):
    if name != "intacct":
        # numbers as they were written, so that an amount is told by its cents
        return leaves(json.loads(payload, parse_float=str))
    return (element.text for element in fromstring(payload).iter() if not len(element) and element.text)


def unexpected(name, payloads):
    """Return every text of the creates that is neither a known word nor of a known shape."""
    known = _WORDS[name] | set(DIMENSIONS[name])
    return {
        text
        for payload in payloads
        if b"MB-" in payload and b"SELECT" not in payload and b"<query>" not in payload
        for text in said(name, payload)
        if text not in known and not any(pattern.fullmatch(text) for pattern in _PATTERNS)
    }


def deliver(target, requests, clock):
    """Post every request as a poster does: look up after an uncertain answer, rest when asked to."""
    for request in requests:
        is_uncertain = False
        while True:
            try:
                if not is_uncertain or target.find(request.reference) is None:
                    is_uncertain = True
                    target.post(request)
                break
            except TargetThrottled as throttled:
                clock.sleep(throttled.retry_after_seconds)
            except (TargetUncertain, TargetUnavailable):
                clock.sleep(5)


def run(name, count, tmp_path, *, faults=None, timeout_seconds=30.0):
    clock = FastClock()
    with running(name, clock=clock.now, faults=faults) as fake:
        connect(fake, tmp_path)
        target = open_target(name, tmp_path, KEY, timing=clock.timing, timeout_seconds=timeout_seconds)
        deliver(target, (journal(name, number) for number in range(count)), clock)
        return fake


def is_perfect(fake, name, count):
    assert (fake.committed, fake.duplicates, fake.over_limit) == (count, 0, 0)
    assert unexpected(name, fake.payloads) == set()


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


def test_a_name_in_a_payload_would_be_seen():
    request = journal("xero", 1)
    payload = json.dumps({"Narration": f"{request.reference} Jane Doe 1980-01-02"}).encode()
    assert unexpected("xero", [payload]) == {f"{request.reference} Jane Doe 1980-01-02"}
