"""A thousand ways to falsify the audit chain, and each is found: bytes, deletions, moves and cut-off ends."""

# ruff: noqa: S608  # the statements are written here
from __future__ import annotations

import random
import sqlite3
from contextlib import closing

import pytest
from support.book_examples import DAY, entry

from orchestration.ledger.sqlite import GUARDS

DAMAGES = 1_000
_SEED = 20261125
TEXTS = ("at", "actor", "action", "object", "reason", "content_hash", "previous_hash", "record_hash")
NUMBERS = ("audit_id", "object_count", "amount")


@pytest.fixture
def chain_of_books(ledger, ledger_path):
    """A ledger with some fifty records of every kind, whose guards somebody has taken away."""
    for number in range(20):
        tag = ledger.post([entry(f"ehr:{number}")], batch_date=DAY, made_by="rules", run_id="r", rule_version="v")
        if number % 2:
            ledger.rollback(tag.batch_tag, DAY, f"wrong fees {number}")
        if number % 5 == 0:
            ledger.close_period(f"E{number + 2}", DAY, DAY, by="bob", reason="closed")
    with closing(sqlite3.connect(ledger_path)) as raw:
        for name in GUARDS:
            raw.execute(f"DROP TRIGGER {name}")
        raw.commit()
    return ledger


def flip(text, chance):
    """Change one byte of a text, or give an empty one its first."""
    if not text:
        return "x"
    place = chance.randrange(len(text))
    return text[:place] + chr((ord(text[place]) - 32 + chance.randrange(1, 95)) % 95 + 32) + text[place + 1 :]


def damage(raw, chance, last):
    """Falsify the chain in one random way, and say which."""
    kind = chance.choice(("byte", "byte", "number", "delete", "swap", "cut"))
    target = chance.randint(1, last)
    if kind == "byte":
        column = chance.choice(TEXTS)
        (before,) = raw.execute(f"SELECT {column} FROM audit WHERE audit_id = ?", (target,)).fetchone()
        raw.execute(f"UPDATE audit SET {column} = ? WHERE audit_id = ?", (flip(before, chance), target))
    elif kind == "number":
        column = chance.choice(NUMBERS)
        # one bit: beyond the other records' numbers where it is the number itself
        bit = 1 << (chance.randrange(10, 20) if column == "audit_id" else chance.randrange(20))
        raw.execute(
            f"UPDATE audit SET {column} = ({column} | {bit}) - ({column} & {bit}) WHERE audit_id = ?", (target,)
        )
    elif kind == "delete":
        raw.execute("DELETE FROM audit WHERE audit_id = ?", (target,))
    elif kind == "swap":
        other = target % last + 1
        raw.execute("UPDATE audit SET audit_id = -1 WHERE audit_id = ?", (target,))
        raw.execute("UPDATE audit SET audit_id = ? WHERE audit_id = ?", (target, other))
        raw.execute("UPDATE audit SET audit_id = ? WHERE audit_id = -1", (other,))
    else:
        raw.execute("DELETE FROM audit WHERE audit_id >= ?", (target,))
    return kind


@pytest.mark.long
def test_a_thousand_of_a_thousand_falsifications_are_found(chain_of_books, ledger_path):
    chance = random.Random(_SEED)  # noqa: S311  # damage, not secrets
    head = chain_of_books.audit_head()
    assert head.audit_id > 30
    assert chain_of_books.verify_audit(head) == []
    missed = []
    kinds = set()
    with closing(sqlite3.connect(ledger_path, isolation_level=None)) as raw:
        for number in range(DAMAGES):
            raw.execute("CREATE TEMP TABLE kept AS SELECT * FROM audit")
            kind = damage(raw, chance, head.audit_id)
            kinds.add(kind)
            if not chain_of_books.verify_audit(head):
                missed.append((number, kind))
            raw.execute("DELETE FROM audit")
            raw.execute("INSERT INTO audit SELECT * FROM kept")
            raw.execute("DROP TABLE kept")
    assert kinds == {"byte", "number", "delete", "swap", "cut"}
    assert missed == []
    assert chain_of_books.verify_audit(head) == []


def test_an_exported_chain_shows_any_changed_byte(tmp_path, monkeypatch):
    from orchestration.core.errors import BooksError
    from orchestration.operations import audit_heads
    from orchestration.stores.home import Home
    from orchestration.stores.practice import PracticeStores

    monkeypatch.delenv("MEDBOOKS_LEDGER_URL", raising=False)
    stores = PracticeStores(Home.locate(tmp_path))
    stores.ledger.load_accounts([{"account_code": "1010", "account_name": "Bank", "account_type": "asset"}])
    stores.ledger.load_accounts([{"account_code": "1020", "account_name": "Cash", "account_type": "asset"}])
    out = tmp_path / "audit.csv"
    assert audit_heads.export_chain(stores, out) == 2
    assert audit_heads.verify_export(stores, out) == []
    good = out.read_bytes()
    for place in range(len(good)):
        out.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
        assert [finding.code for finding in audit_heads.verify_export(stores, out)] == ["export_changed"]
    out.write_bytes(good[:-1])
    assert audit_heads.verify_export(stores, out) != []
    # and a head that somebody wrote himself is no head of this practice
    head = tmp_path / "audit.csv.head.json"
    head.write_text(head.read_text().replace('"audit_id": 2', '"audit_id": 1'))
    with pytest.raises(BooksError, match="not signed"):
        audit_heads.verify_export(stores, out)


def test_a_kept_head_finds_an_end_that_was_cut_off(tmp_path, monkeypatch):
    from orchestration.operations import audit_heads
    from orchestration.stores.home import Home
    from orchestration.stores.practice import PracticeStores

    monkeypatch.delenv("MEDBOOKS_LEDGER_URL", raising=False)
    stores = PracticeStores(Home.locate(tmp_path))
    stores.ledger.load_accounts([{"account_code": "1010", "account_name": "Bank", "account_type": "asset"}])
    stores.ledger.load_accounts([{"account_code": "1010", "account_name": "Checking", "account_type": "asset"}])
    audit_heads.keep_head(stores, DAY)
    assert audit_heads.verify(stores) == (1, [])
    with closing(sqlite3.connect(tmp_path / "ledger" / "ledger.sqlite")) as raw:
        raw.execute("DROP TRIGGER audit_no_delete")
        raw.execute("DELETE FROM audit WHERE audit_id = 2")
        raw.execute(GUARDS["audit_no_delete"])
        raw.commit()
    assert [finding.code for finding in audit_heads.verify(stores)[1]] == ["audit_cut_off"]
