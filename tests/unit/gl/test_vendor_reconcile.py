"""What people change, delete, double and add at a vendor is found line by line, with its dollars and one command."""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from support.book_examples import DAY
from support.fakes.harness import ACCOUNTS, NAMES, journal
from vendor_world import AT_ONCE

from orchestration.core.errors import BooksError
from orchestration.core.failpoints import arm, disarm
from orchestration.ledger.outbox import reference

ONE = Decimal("1.00")


@pytest.fixture
def posted(world):
    """Four entries at the vendor, each of them seen there once: reference → amount."""
    amounts = {f"ehr:{number}": f"{number}0.00" for number in range(1, 5)}
    for event_id, amount in amounts.items():
        world.post(event_id, amount)
    assert world.round().posted == 4
    assert [len(world.reconciled()[0]), world.reconciled()[1]] == [4, []]
    return [reference(entry.entry_key) for entry in world.ledger.entries()]


def held(world, of_reference):
    return next(journal for journal in world.fake.journals if journal["reference"] == of_reference)


def raise_by_a_dollar(world, one):
    """Change both lines as a person would who wants them to balance."""
    match world.name:
        case "quickbooks":
            for line in one["entry"]["Line"]:
                line["Amount"] += ONE
        case "xero":
            for line in one["entry"]["JournalLines"]:
                line["LineAmount"] += ONE.copy_sign(line["LineAmount"])
        case "intacct":
            for line in one["lines"]:
                line["TRX_AMOUNT"] = str(Decimal(line["TRX_AMOUNT"]) + ONE)
        case "netsuite":
            for line in one["lines"]:
                side = "debit" if "debit" in line else "credit"
                line[side] += ONE


def entered_again(world, one):
    """Return the same journal as it stands when somebody enters it once more: under another number of the vendor's."""
    made = copy.deepcopy(one)
    match world.name:
        case "quickbooks":
            made["entry"]["Id"] = "901"
        case "xero":
            made["entry"]["ManualJournalID"] = "00000000-0000-0000-0000-000000000901"
        case "intacct":
            made["header"]["RECORDNO"] = "901"
            for line in made["lines"]:
                line["BATCHNO"] = "901"
        case "netsuite":
            made["id"] = "901"
    return made


@pytest.mark.parametrize("world", NAMES, indirect=True)
def test_what_people_did_at_a_vendor_is_named_with_its_dollars_and_agrees_again_once_it_is_undone(world, posted):
    fake, before = world.fake, copy.deepcopy(world.fake.journals)
    changed, deleted, doubled, _left = posted
    raise_by_a_dollar(world, held(world, changed))
    fake.journals.remove(held(world, deleted))
    fake.journals.append(entered_again(world, held(world, doubled)))
    # an accountant's own journal, under a number a person typed
    by_hand = replace(journal(world.name, 900, cents=700), reference="JANE DOE REFUND", entry_date=DAY)
    world.target().post(by_hand)

    agreed, rows = world.reconciled()
    assert len(agreed) == 1
    assert {row["kind"]: (row["reference"], row["amount"]) for row in rows} == {
        "changed_outside": (changed, "1.00"),
        "missing_outside": (deleted, "20.00"),
        "double_outside": (doubled, "30.00"),
        "not_ours": (None, "7.00"),
    }
    accounts = next(row["accounts"] for row in rows if row["kind"] == "changed_outside")
    assert sorted(accounts) == sorted(
        [f"{ACCOUNTS[world.name]['1200']} +1.00", f"{ACCOUNTS[world.name]['4000-01']} -1.00"]
    )
    assert {row["kind"]: row["fix"].partition("   #")[0] for row in rows} == {
        "changed_outside": f"medbooks gl reconcile {world.name}",
        "missing_outside": f"medbooks gl post {world.name} --resend {deleted}",
        "double_outside": f"medbooks gl reconcile {world.name}",
        "not_ours": f"medbooks gl reconcile {world.name}",
    }
    assert "DOE" not in str(rows)
    # preview shows the same, until it is fixed
    shown = {row["reason"]: row["amount"] for row in world.rows()}
    assert shown == {"changed_outside": "10.00", "missing_outside": "20.00", "double_outside": "30.00"}

    fake.journals[:] = before
    fake.journals.append(entered_again(world, held(world, deleted)))
    fake.journals.remove(held(world, deleted))
    agreed, rows = world.reconciled()
    assert (len(agreed), rows, world.rows()) == (4, [], [])
    assert world.ledger.verify_audit() == []


def deleted_there(world, of_reference):
    """Delete a journal at the vendor and find out."""
    world.fake.journals.remove(held(world, of_reference))
    _agreed, (row,) = world.reconciled()
    assert (row["kind"], row["reference"]) == ("missing_outside", of_reference)
    assert [shown["fix"] for shown in world.rows()] == [row["fix"]]


def standing(world):
    """How often each journal of ours stands at the vendor."""
    return Counter(journal["reference"] for journal in world.fake.journals)


@pytest.mark.parametrize("world", NAMES, indirect=True)
def test_a_journal_that_was_deleted_there_is_sent_again_once_for_every_decision_of_a_listed_person(world, posted):
    _first, deleted, *_others = posted
    for number in (1, 2):
        deleted_there(world, deleted)
        with pytest.raises(BooksError, match="robot is no approver"):
            world.ledger.send_again(world.name, [deleted], by="robot", reason="mine")
        with pytest.raises(BooksError, match="was not missing"):
            world.ledger.send_again(world.name, posted[:2], by="bob", reason="all")
        world.ledger.send_again(world.name, [deleted], by="bob", reason=f"deleted by mistake {number}")
        done = world.round()
        assert (done.posted, done.found) == (1, 0)
        assert standing(world) == dict.fromkeys(posted, 1)
        assert (len(world.reconciled()[0]), world.reconciled()[1], world.rows()) == (4, [], [])
    deeds = [
        (record[2], record[4], record[5]) for record in world.ledger.audit_records()[1] if record[3] == "sent_again"
    ]
    assert deeds == [("bob", f"{world.name} {deleted}", f"deleted by mistake {number}") for number in (1, 2)]
    assert world.ledger.verify_audit() == []


@pytest.mark.parametrize("world", NAMES, indirect=True)
def test_a_journal_that_somebody_entered_again_meanwhile_is_found_and_not_doubled(world, posted):
    deleted = posted[0]
    by_hand = entered_again(world, held(world, deleted))
    deleted_there(world, deleted)
    world.ledger.send_again(world.name, [deleted], by="bob", reason="deleted by mistake")
    world.fake.journals.append(by_hand)
    done = world.round()
    assert (done.posted, done.found) == (1, 1)
    assert standing(world) == dict.fromkeys(posted, 1)
    assert (world.reconciled()[1], world.ledger.verify_audit()) == ([], [])


@pytest.mark.crash
@pytest.mark.parametrize("world", NAMES, indirect=True)
def test_whoever_dies_while_sending_again_leaves_a_journal_that_goes_there_exactly_once(world, posted):
    class DiedError(BaseException):
        """What a kill leaves behind: nothing that catches errors catches it."""

    def die():
        raise DiedError

    places = (
        "outbox.before_resend_commit", "outbox.after_claim_commit", "outbox.before_lookup", "outbox.after_lookup",
        "outbox.before_call", "outbox.after_call", "outbox.before_receipt_commit", "outbox.after_receipt_commit",
    )  # fmt: skip
    for number, place in enumerate(places):
        deleted = posted[number % len(posted)]
        deleted_there(world, deleted)
        arm(place, die)
        with pytest.raises(DiedError):
            world.ledger.send_again(world.name, [deleted], by="bob", reason="deleted by mistake")
            world.round()
        disarm()
        if place == "outbox.before_resend_commit":
            # nothing was decided, so it is decided again
            world.ledger.send_again(world.name, [deleted], by="bob", reason="deleted by mistake")
        world.clock.move(AT_ONCE.lease_seconds)
        world.round()
        assert standing(world) == dict.fromkeys(posted, 1), place
        assert (world.reconciled()[1], world.rows()) == ([], []), place
    assert world.ledger.verify_audit() == []


@pytest.mark.parametrize("world", ["quickbooks"], indirect=True)
def test_a_line_that_was_changed_in_an_import_file_is_found(crash_folder, world):
    # the same practice, seen as one that posts to import files
    world.name = "journal_file"
    world.post("ehr:1", "10.00")
    world.round()
    (file,) = (crash_folder / "journal_file").glob("journal-*.csv")
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("10.00", "11.00"), encoding="utf-8")
    _agreed, (row,) = world.reconciled()
    assert (row["kind"], row["amount"], row["fix"].partition("   #")[0]) == (
        "changed_outside",
        "1.00",
        "medbooks gl reconcile journal_file",
    )
    file.unlink()
    _agreed, (row,) = world.reconciled()
    assert row["kind"] == "missing_outside"
    # and is written again into a new file when a person says so
    world.ledger.send_again(world.name, [row["reference"]], by="bob", reason="the file was lost")
    assert world.round().posted == 1
    assert (len(world.reconciled()[0]), world.reconciled()[1]) == (1, [])
