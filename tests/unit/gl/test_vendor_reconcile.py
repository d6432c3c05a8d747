"""What people change, delete, double and add at a vendor is found line by line, with its dollars and one command."""

from __future__ import annotations

import copy
from dataclasses import replace
from decimal import Decimal

import pytest
from book_examples import DAY
from fakes.harness import ACCOUNTS, NAMES, journal

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
    assert {row["mend"].partition("   #")[0] for row in rows} == {f"medbooks gl reconcile {world.name}"}
    assert "DOE" not in str(rows)
    # preview shows the same, until it is mended
    shown = {row["reason"]: row["amount"] for row in world.rows()}
    assert shown == {"changed_outside": "10.00", "missing_outside": "20.00", "double_outside": "30.00"}

    fake.journals[:] = before
    fake.journals.append(entered_again(world, held(world, deleted)))
    fake.journals.remove(held(world, deleted))
    agreed, rows = world.reconciled()
    assert (len(agreed), rows, world.rows()) == (4, [], [])
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
    assert (row["kind"], row["amount"], row["mend"].partition("   #")[0]) == (
        "changed_outside",
        "1.00",
        "medbooks gl reconcile journal_file",
    )
    file.unlink()
    assert [row["kind"] for row in world.reconciled()[1]] == ["missing_outside"]
