"""What is quarantined can be listed, shown, read again and rejected; every decision stands in the audit chain."""

from __future__ import annotations

import stat
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from orchestration.cli.main import app
from orchestration.core.errors import BooksError
from orchestration.formats.registry import kind_named
from orchestration.operations.land import land, register
from orchestration.operations.load import load
from orchestration.operations.quarantine import describe, find, items, reject, replay, reveal
from orchestration.stores.home import Home
from orchestration.stores.inboxes.folder import FolderInbox
from orchestration.stores.practice import PracticeStores

if TYPE_CHECKING:
    from pathlib import Path

MSH = "MSH|^~\\&|EHR|CLINIC|BOOKS|CLINIC|20260110083000||DFT^P03|C1|P|2.5.1"
CHARGE = "FT1|1|{id}||20260109|20260109|CG|99213^^C4|||1|{amount}"
CUT_OFF = f"FHS|^~\\&\rBHS|^~\\&\r{MSH}\rPID|1||PATIENTNAME\r{CHARGE.format(id='T1', amount='150.00')}\r"
ONE_BAD_ROW = (
    f"{MSH}\rPID|1||MRN1\r{CHARGE.format(id='T2', amount='80.00')}\r{CHARGE.format(id='T3', amount='cheap')}\r"
)


@pytest.fixture
def stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PracticeStores:
    monkeypatch.setenv("MEDBOOKS_HOME", str(tmp_path / "home"))
    stores = PracticeStores(Home.locate(tmp_path / "home"))
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "DOE_JANE.hl7").write_text(CUT_OFF)
    (inbox / "two.hl7").write_text(ONE_BAD_ROW)
    (inbox / "notes.doc").write_bytes(b"\xd0\xcf\x11\xe0 something else")
    land(stores, FolderInbox(inbox, standstill_seconds=0.0))
    ingest(stores)
    return stores


def ingest(stores: PracticeStores, reader=None) -> None:
    register(stores)
    kind = kind_named("hl7")
    load(stores, replace(kind, reader=reader) if reader else kind)


def waiting(stores: PracticeStores) -> dict[str, str]:
    return {item.code: item.file_id for item in items(stores) if not item.is_rejected}


def test_files_and_rows_that_could_not_be_read_are_listed_with_their_dollars(stores):
    found = {item.code: (item.where, item.amount) for item in items(stores)}
    assert found == {
        "truncated": ("file", Decimal("150.00")),
        "unreadable_amount": ("segment 4", None),
        "unknown_kind": ("file", None),
    }


def test_a_file_is_found_by_the_beginning_of_its_id_alone(stores):
    identity = waiting(stores)["truncated"]
    assert find(stores, identity[:8].upper())[0] == identity
    for beginning in (identity[:3], "ffffffff" if identity[:8] != "ffffffff" else "00000000", "%", ""):
        with pytest.raises(BooksError, match="begins so"):
            find(stores, beginning)


def test_a_replay_reads_the_same_bytes_again_with_the_reader_of_today(stores):
    identity, found = find(stores, waiting(stores)["truncated"])
    assert replay(stores, found, by="biller") == [identity]
    assert "truncated" not in waiting(stores)

    def newer_reader(files, _own, _pages):
        from orchestration.formats.hl7 import reader as hl7

        return hl7.read([replace(file, content=file.content + b"BTS|1\rFTS|1\r") for file in files])

    before = stores.landed.get(identity).landed_at
    ingest(stores, newer_reader)
    assert "truncated" not in waiting(stores)
    with stores.lake.connect() as lake:
        booked = lake.execute(
            "SELECT amount, loaded_at FROM raw_hl7.transactions WHERE file_id = ?", [identity]
        ).fetchall()
    assert booked == [(Decimal("150.00"), before)]


def test_a_replay_without_a_better_reader_changes_nothing(stores):
    before = items(stores)
    replay(stores, [item for item in before if item.is_file], by="biller")
    ingest(stores)
    assert items(stores) == before


@pytest.mark.long
def test_a_file_of_which_rows_were_refused_is_read_again_and_what_was_made_of_files_is_made_anew(stores):
    identity, found = find(stores, waiting(stores)["unreadable_amount"])
    with stores.lake.connect() as lake:
        lake.execute("CREATE SCHEMA marts")
        lake.execute("CREATE TABLE marts.fct_claim_balances AS SELECT 1 AS added_to_by_every_run")
        lake.execute("CREATE TABLE marts.dim_payers AS SELECT 1 AS made_anew_by_every_run")
    assert replay(stores, found, by="biller") == [identity]

    def newer_reader(files, _own, _pages):
        from orchestration.formats.hl7 import reader as hl7

        return hl7.read([replace(file, content=file.content.replace(b"cheap", b"20.00")) for file in files])

    ingest(stores, newer_reader)
    assert "unreadable_amount" not in waiting(stores)
    with stores.lake.connect() as lake:
        read = lake.execute(
            "SELECT transaction_id, amount FROM raw_hl7.transactions ORDER BY transaction_id"
        ).fetchall()
        kept = lake.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'marts'").fetchall()
    # each row once: those that were read before, and the one that was refused
    assert read == [("T2", Decimal("80.00")), ("T3", Decimal("20.00"))]
    assert kept == [("dim_payers",)]


def test_a_rejection_has_a_reason_and_stands_in_the_audit_chain(stores):
    identity, found = find(stores, waiting(stores)["truncated"])
    with pytest.raises(BooksError, match="needs a reason"):
        reject(stores, identity, found, by="biller", reason="  ")
    assert reject(stores, identity, found, by="biller", reason="sent again as a whole") == Decimal("150.00")
    assert "truncated" not in waiting(stores)
    record = stores.ledger.audit_records()[1][-1]
    assert record[2:8] == (
        "biller",
        "quarantine_rejected",
        identity,
        "sent again as a whole",
        1,
        record[7],
    )
    assert Decimal(str(record[7])) == Decimal("150.00")
    assert not stores.ledger.verify_audit()
    with pytest.raises(BooksError, match="rejected already"):
        reject(stores, identity, find(stores, identity)[1], by="biller", reason="again")


def test_a_replay_takes_a_rejection_back(stores):
    identity, found = find(stores, waiting(stores)["truncated"])
    reject(stores, identity, found, by="biller", reason="not ours")
    replay(stores, found, by="biller")
    ingest(stores)
    assert waiting(stores)["truncated"] == identity


def test_the_content_is_handed_out_only_for_a_purpose_and_on_record(stores, tmp_path):
    identity = waiting(stores)["truncated"]
    target = tmp_path / "out.hl7"
    with pytest.raises(BooksError, match="say what it is needed for"):
        reveal(stores, identity, target, by="biller", purpose="")
    assert not target.exists()
    assert reveal(stores, identity, target, by="biller", purpose="ask the sender") == len(CUT_OFF)
    assert target.read_bytes() == CUT_OFF.encode()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert stores.ledger.audit_records()[1][-1][3:6] == ("quarantine_revealed", identity, "ask the sender")
    with pytest.raises(BooksError, match="exists already"):
        reveal(stores, identity, target, by="biller", purpose="again")


def test_what_is_described_holds_neither_name_nor_content(stores):
    known = repr(describe(stores, waiting(stores)["truncated"]))
    assert "truncated" in known
    assert not [word for word in ("DOE", "JANE", "PATIENTNAME") if word in known]


def test_the_verbs_say_what_to_do_and_never_a_name(stores):
    run = CliRunner()
    identity = waiting(stores)["truncated"]
    listed = run.invoke(app, ["quarantine", "list"])
    shown = run.invoke(app, ["quarantine", "show", identity[:12]])
    assert (listed.exit_code, shown.exit_code) == (0, 0)
    assert f"medbooks quarantine replay {identity[:12]}" in listed.output
    assert "150.00" in listed.output
    assert "fix it with" in shown.output
    for text in (listed.output, shown.output):
        assert not [word for word in ("DOE", "JANE", "PATIENTNAME") if word in text]
    assert run.invoke(app, ["quarantine", "reject", identity[:12], "--reason", "not ours"]).exit_code == 0
    assert identity[:12] not in run.invoke(app, ["quarantine", "list"]).output
    assert "(rejected)" in run.invoke(app, ["quarantine", "list", "--all"]).output
    assert run.invoke(app, ["quarantine", "replay", identity[:12]]).exit_code == 0
    assert isinstance(run.invoke(app, ["quarantine", "replay"]).exception, BooksError)
