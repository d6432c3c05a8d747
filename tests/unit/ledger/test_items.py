"""What waits in the lake has one number for ever, and the newest row about it holds."""

from __future__ import annotations

from decimal import Decimal

import pytest
import sqlalchemy as sa

from orchestration.ledger.items import DecisionPart, NewItemDecision
from orchestration.ledger.store import Ledger


@pytest.fixture
def ledger(ledger_url):
    opened = Ledger(ledger_url)
    opened.migrate()
    yield opened
    opened.sessions.engine.dispose()


def decision(number, kind="decided"):
    parts = (DecisionPart("6300", Decimal("400.00")), DecisionPart("6310"))
    return NewItemDecision(number, kind, "split", parts, Decimal("425.00"), "alice", "alice", "a lease and a fee")


def test_an_item_keeps_its_number_whatever_comes_later(ledger):
    assert ledger.number_items(["b", "c"]) == {"b": 1, "c": 2}
    assert ledger.number_items(["a", "c"]) == {"b": 1, "c": 2, "a": 3}


def test_the_newest_row_about_an_item_holds_with_its_parts_to_the_cent(ledger):
    numbers = ledger.number_items(["bank:1"])
    ledger.decide_item(decision(numbers["bank:1"]))
    ledger.decide_item(decision(numbers["bank:1"], kind="undone"))
    last = ledger.item_decisions()["bank:1"]
    assert (last.decision_number, last.made.kind) == (2, "undone")
    assert last.made.parts == (DecisionPart("6300", Decimal("400.00")), DecisionPart("6310", None))


def test_every_decision_about_an_item_stands_in_the_audit_chain(ledger):
    ledger.decide_item(decision(ledger.number_items(["bank:1"])["bank:1"]))
    _, records = ledger.audit_records()
    assert any("item_decided" in record and Decimal("425.00") in record for record in records)
    assert ledger.verify_audit() == []


@pytest.mark.parametrize(
    "change",
    [
        "update items set item_key = 'other'",
        "delete from items",
        "update item_decisions set verb = 'reject'",
        "delete from item_decisions",
    ],
)
def test_items_and_decisions_about_them_are_never_changed(ledger, change):
    ledger.decide_item(decision(ledger.number_items(["bank:1"])["bank:1"]))
    with pytest.raises(sa.exc.DBAPIError, match="never"), ledger.sessions.write() as connection:
        connection.execute(sa.text(change))
