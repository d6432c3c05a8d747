"""Rounds of the real poster with a vendor's real client: what waits, what is set aside, and what nobody may see.

What does not belong here: clients without a poster (``test_outside_targets.py``), and killing anybody
(``test_crashing_vendors.py``).
"""

from __future__ import annotations

import threading

import pytest
from support.book_examples import DAY, credit, debit, entry
from support.fakes.harness import ACCOUNTS, KEY, NAMES, connect, running

from orchestration.gl.opening import mapping_of, open_target
from orchestration.gl.poster import Pacing, Poster
from orchestration.gl.requests import TargetSetup
from orchestration.ledger.store import Ledger

CHART = [
    {"account_code": code, "account_name": f"Account {code}", "account_type": "asset"} for code in ACCOUNTS["xero"]
]
# waits are short: a test must not have to wait for them
PACING = Pacing(
    claim_size=4, lease_seconds=4.0, call_seconds=2.0, attempts=60, first_wait_seconds=0.01, longest_wait_seconds=0.05,
    first_rest_seconds=0.02, longest_rest_seconds=0.05,
)  # fmt: skip


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


@pytest.fixture
def folder(crash_folder):
    return crash_folder


@pytest.fixture
def ledger(folder):
    made = Ledger(f"sqlite:///{folder}/ledger.sqlite")
    made.migrate()
    made.load_accounts(CHART)
    entries = [
        entry(f"ehr:{number}", [debit("1200", f"{number + 1}.00"), credit("4000-01", f"{number + 1}.00")])
        for number in range(12)
    ]
    made.post(entries, batch_date=DAY, made_by="m", run_id=None, rule_version="v1")
    yield made
    made.sessions.engine.dispose()


def poster_of(ledger, folder, name):
    target = open_target(name, folder, KEY, buckets=(), timeout_seconds=2.0)
    return Poster(ledger, target, TargetSetup(name, ("E1",), mapping_of(name, folder).accounts), pacing=PACING)


def test_a_refused_entry_is_set_aside_and_the_others_go_on(ledger, folder, name):
    with running(name, limits=()) as fake:
        connect(fake, folder)
        # one line's payer class has no value there, as when the practice takes on a new payer
        file = folder / f"{name}.toml"
        odd = [debit("1010", "7.00"), credit("1200", "7.00")]
        strange = [type(line)(**_fields(line, payer_class="auto")) if line.debit_amount else line for line in odd]
        made = entry("ehr:odd", strange)
        ledger.post([made], batch_date=DAY, made_by="m", run_id=None, rule_version="v1")
        poster = poster_of(ledger, folder, name)
        result = poster.round()
        assert (result.posted, result.quarantined, dict(result.reasons)) == (12, 1, {"dimension_unmapped": 1})
        # the mapping is fixed, the entry released, and it goes
        file.write_text(
            file.read_text().replace(
                "[dimensions.payer_class.values]", "[dimensions.payer_class.values]\nauto = " + _value(file)
            ),
            encoding="utf-8",
        )
        (aside,) = ledger.outbox("t").items(name, "quarantined")
        ledger.outbox("bob").release([aside.reference], target=name, reason="payer added")
        assert poster_of(ledger, folder, name).round().posted == 1
        assert (fake.committed, fake.duplicates) == (13, 0)


def _fields(line, **changes):
    return {field: getattr(line, field) for field in line.__dataclass_fields__} | changes


def _value(file):
    return file.read_text().partition("medicare = ")[2].splitlines()[0]


def test_nothing_a_person_typed_or_a_file_said_leaves_the_house(ledger, folder, name):
    planted = ("Doe", "1980-01-02", "MRN 4711")
    named = entry("ehr:named", [debit("1010", "7.00"), credit("1200", "7.00")], description=f"Jane {' '.join(planted)}")
    batch = ledger.post([named], batch_date=DAY, made_by="m", run_id=None, rule_version="v1").batch_tag
    ledger.rollback(batch, DAY, f"refund to Jane {' '.join(planted)}", made_by="bob", run_id=None)
    with running(name, limits=()) as fake:
        connect(fake, folder)
        assert poster_of(ledger, folder, name).round().posted == 14
        sent = b"".join(fake.payloads).decode()
    assert "7.00" in sent
    assert not [text for text in planted if text in sent]


def test_two_posters_at_once_post_every_entry_once(ledger, folder, name):
    with running(name, limits=()) as fake:
        connect(fake, folder)

        def work():
            poster = poster_of(ledger, folder, name)
            while len(ledger.outbox("t").items(name, "posted")) < 12:
                poster.round()

        workers = [threading.Thread(target=work) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)
        assert (fake.committed, fake.duplicates, fake.over_limit) == (12, 0, 0)
