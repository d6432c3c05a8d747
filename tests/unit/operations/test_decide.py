"""A verb settles an item or is refused in one sentence with dollars, and then nothing is written."""

from __future__ import annotations

from decimal import Decimal

import pytest

from orchestration.core.errors import BooksError
from orchestration.ledger.items import DecisionPart
from orchestration.operations.decide import approve_item, decide, undo, waiting_items
from orchestration.stores.home import Home, Settings
from orchestration.stores.practice import PracticeStores

_SETTINGS = """
practice_name = "Decisions"
[[approvers]]
person = "alice"
logins = ["alice"]
limit_amount = 10000
[[approvers]]
person = "bob"
logins = ["bob"]
limit_amount = 3000
"""
_ITEMS = """
create table posting.waiting_items as
select * from (values
    ('bank:1', 'bank', 'unidentified_withdrawal', date '2026-10-07', 0.00, 425.00, 'withdrawal', 'reclassify,split'),
    ('bank:2', 'bank', 'unidentified_withdrawal', date '2026-10-08', 0.00, 5000.00, 'withdrawal', 'reclassify,split'),
    ('era835:1', 'era835', 'paid_twice', date '2026-10-09', 120.00, 0.00, 'the same payment again', 'apply,reject')
) as items(
    item_key, source, reason_code, item_date, incoming_amount, outgoing_amount, words, verbs
)
"""


@pytest.fixture
def stores(tmp_path):
    file = tmp_path / "practice.toml"
    file.write_text(_SETTINGS, encoding="utf-8")
    file.chmod(0o600)
    stores = PracticeStores(Home(tmp_path, tmp_path / "keys" / "medbooks.key", Settings.read(file)))
    with stores.lake.connect() as lake:
        lake.execute("create schema posting")
        lake.execute(_ITEMS)
    stores.ledger.load_accounts(
        [
            {"account_code": code, "account_name": code, "account_type": "expense"}
            for code in ("6300", "6310", "6920", "2410")
        ]
    )
    return stores


def numbers(stores):
    return {item.item_key: item.number for item in waiting_items(stores)}


def test_a_decision_below_the_limit_holds_at_once_and_leaves_the_list(stores):
    number = numbers(stores)["bank:1"]
    assert decide(stores, number, "reclassify", [DecisionPart("6300")], by="clerk", reason="rent").is_decided
    assert "bank:1" not in numbers(stores)
    assert stores.ledger.item_decisions()["bank:1"].made.parts == (DecisionPart("6300"),)


def test_above_the_limit_another_person_decides_within_his_own_limit(stores):
    number = numbers(stores)["bank:2"]
    assert not decide(stores, number, "reclassify", [DecisionPart("6300")], by="clerk", reason="rent").is_decided
    with pytest.raises(BooksError, match=r"bob decides up to 3,000\.00, and item \d+ is 5,000\.00"):
        approve_item(stores, number, by="bob", reason="right")
    with pytest.raises(BooksError, match="no approver"):
        approve_item(stores, number, by="clerk", reason="right")
    assert "bank:2" in numbers(stores)
    approve_item(stores, number, by="alice", reason="right")
    assert "bank:2" not in numbers(stores)


def test_nobody_approves_what_he_proposed(stores):
    number = numbers(stores)["bank:2"]
    decide(stores, number, "reclassify", [DecisionPart("6300")], by="alice", reason="rent")
    with pytest.raises(BooksError, match="alice proposed it: another person decides about item 2"):
        approve_item(stores, number, by="alice", reason="right")


@pytest.mark.parametrize(
    ("key", "verb", "parts", "words"),
    [
        ("bank:1", "split", [("6300", "400.00"), ("6310", "24.99")], "the parts are 424.99 and the item is 425.00"),
        ("bank:1", "split", [("6300", "430.00"), ("6310", "-5.00")], "the parts are 425.00 and the item is 425.00"),
        ("bank:1", "reclassify", [("6399", None)], "the chart has no account 6399: nothing was decided about 425.00"),
        ("bank:1", "reclassify", [], "reclassify needs the account that 425.00 goes to"),
        ("bank:1", "apply", [], "cannot be settled by apply: it takes reclassify, split"),
        ("era835:1", "split", [("6300", "120.00")], "cannot be settled by split: it takes apply, reject"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_written(stores, key, verb, parts, words):
    found = [DecisionPart(code, None if amount is None else Decimal(amount)) for code, amount in parts]
    with pytest.raises(BooksError, match=words) as refused:
        decide(stores, numbers(stores)[key], verb, found, by="alice", reason="x")
    assert refused.value.fix
    assert stores.ledger.item_decisions() == {}


def test_an_item_is_decided_once_and_waits_again_when_that_is_taken_back(stores):
    number = numbers(stores)["bank:1"]
    decide(stores, number, "reclassify", [DecisionPart("6300")], by="clerk", reason="rent")
    with pytest.raises(BooksError, match=r"item 1 \(425.00\) is decided already: reclassify by clerk"):
        decide(stores, number, "reclassify", [DecisionPart("6310")], by="clerk", reason="a fee")
    undo(stores, number, by="clerk", reason="it was a fee")
    assert numbers(stores)["bank:1"] == number
    with pytest.raises(BooksError, match="nothing is decided about item 1"):
        undo(stores, number, by="clerk", reason="again")


def test_a_number_that_nothing_waits_under_is_said_so(stores):
    with pytest.raises(BooksError, match="nothing waits under the number 99"):
        decide(stores, 99, "reject", [], by="alice", reason="x")
