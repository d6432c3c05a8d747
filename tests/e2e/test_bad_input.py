"""Bad input becomes a finding in plain words; nothing of it is lost or posted; everything else goes on."""

from __future__ import annotations

import json
import threading
import time
from decimal import Decimal
from typing import Any

import pytest
from support.e2e_books import Books, assert_every_dollar_is_somewhere

HEADER = (
    "transaction_id,transaction_type,claim_id,patient_id,patient_name,patient_birth_date,service_date,post_date,"
    "rendering_provider_npi,rendering_provider_name,location_id,payer_id,payer_name,procedure_code,modifiers,units,"
    "diagnosis_codes,place_of_service,amount,parent_transaction_id,void_date"
)
ROW = (
    "{id},CHARGE,CL{id},P1,Somebody Somewhere,1980-01-01,2026-01-05,2026-01-06,1234567893,Dr One,L1,10001,Medicare,"
    "{code},,1,J06.9,11,{amount},,"
)


def remittance(trace: str, paid: str = "80", line: str = "80", tail: bool = True) -> str:
    segments = [
        "ISA*00*          *00*          *ZZ*PAYER          *ZZ*PRACTICE       *260110*1200*^*00501*000000001*0*P*:",
        "GS*HP*PAYER*PRACTICE*20260110*1200*1*X*005010X221A1",
        "ST*835*0001",
        f"BPR*I*{paid}*C*ACH*CCP*01*111000025*DA*1*1512345678**01*111000025*DA*2*20260110",
        f"TRN*1*{trace}*1512345678",
        "DTM*405*20260110",
        "N1*PR*SOME PAYER*XV*77777",
        "N3*1 STREET",
        "N4*TOWN*IL*60601",
        "N1*PE*THE PRACTICE*XX*1234567893",
        "LX*1",
        f"CLP*{trace}A*1*100*{paid}**12*ICN{trace}*11",
        "NM1*QC*1*NOBODY*AT*ALL***MI*M1",
        f"SVC*HC:99213*100*{line}",
        "DTM*472*20260105",
        "CAS*CO*45*20",
    ]
    if tail:
        segments += [f"SE*{len(segments) - 1}*0001", "GE*1*1", "IEA*1*000000001"]
    return "~\n".join(segments) + "~\n"


@pytest.fixture(scope="module")
def bad_books(tmp_path_factory: pytest.TempPathFactory) -> Books:
    books = Books(tmp_path_factory.mktemp("bad"))
    inbox = books.inbox
    good = "\n".join([HEADER, ROW.format(id=1, code="99213", amount="100.00"), ""])
    (inbox / "charges_good.csv").write_text(good)
    (inbox / "charges_good_again.csv").write_text(good)
    (inbox / "charges_ragged.csv").write_text(
        "\n".join(
            [
                HEADER,
                ROW.format(id=2, code="99214", amount="150.00"),
                ROW.format(id=3, code="99214", amount="75.00").removesuffix(",,"),
                ROW.format(id=4, code="ZZZZZ", amount="20.00"),
                "",
            ]
        )
    )
    (inbox / "charges_missing_column.csv").write_text(good.replace(",amount,", ",what_it_cost,"))
    (inbox / "good.835").write_text(remittance("T1"))
    (inbox / "unbalanced.835").write_text(remittance("T2", paid="90"))
    (inbox / "truncated.835").write_text(remittance("T3", tail=False))
    (inbox / "garbage.835").write_bytes(b"\x00\x01\x02 this is no remittance")
    (inbox / "empty.csv").write_bytes(b"")
    (inbox / "notes.doc").write_bytes(b"\xd0\xcf\x11\xe0 something else")
    (inbox / "july.zip").write_bytes(b"PK\x03\x04 half an archive")
    (inbox / "invoice.pdf").write_bytes(b"%PDF-1.7 but not really")
    (inbox / "upload.835.part").write_text(remittance("T4"))
    stop = threading.Event()

    def keep_writing() -> None:
        with (inbox / "slow.835").open("w") as file:
            while not stop.wait(0.1):
                file.write("~")
                file.flush()

    writer = threading.Thread(target=keep_writing)
    writer.start()
    time.sleep(0.2)
    try:
        books.medbooks("run", "--quiet")
    finally:
        stop.set()
        writer.join()
    return books


@pytest.fixture(scope="module")
def items(bad_books: Books) -> dict[str, dict[str, Any]]:
    return {item["code"]: item for item in json.loads(bad_books.medbooks("quarantine", "list", "--json").stdout)}


def test_every_dollar_of_bad_files_is_somewhere(bad_books: Books) -> None:
    assert_every_dollar_is_somewhere(bad_books.status())


def test_the_good_files_are_posted_all_the_same(bad_books: Books) -> None:
    assert bad_books.source("era835")["posted_amount"] == "80.00"
    assert Decimal(bad_books.source("ehr")["posted_amount"]) == Decimal("250.00")


def test_the_same_file_twice_counts_once(bad_books: Books) -> None:
    assert bad_books.source("ehr")["files"] == 3


def test_an_unbalanced_remittance_is_held_whole(bad_books: Books) -> None:
    held = [h for h in bad_books.status()["held"] if h["source"] == "era835"]
    assert [(h["hold_reason"], h["held_amount"]) for h in held] == [("unbalanced_claim", "90.00")]


def test_a_truncated_remittance_is_quarantined_with_its_dollars(items: dict[str, dict[str, Any]]) -> None:
    assert items["truncated"]["amount"] == "80.00"
    assert "NOBODY" not in items["truncated"]["message"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("truncated", "ends before"),
        ("not_x12", "X12"),
        ("missing_column", "amount"),
        ("empty_file", "empty"),
        ("unknown_kind", "kind of file"),
        ("unreadable_archive", "archive is damaged"),
        ("not_a_document", "cannot be opened"),
        ("ragged_record", "field"),
    ],
)
def test_each_bad_file_says_in_plain_words_what_is_wrong(
    code: str, words: str, items: dict[str, dict[str, Any]]
) -> None:
    assert words in items[code]["message"]


def test_a_ragged_row_is_named_by_its_line_and_the_others_load(items: dict[str, dict[str, Any]]) -> None:
    assert items["ragged_record"]["where"] == "line 3"


def test_a_code_without_a_category_is_held_not_posted(bad_books: Books) -> None:
    held = {h["hold_reason"]: h["held_amount"] for h in bad_books.status()["held"] if h["source"] == "ehr"}
    assert held == {"unmapped_procedure": "20.00"}


def test_files_that_are_still_arriving_stay_in_the_inbox(bad_books: Books) -> None:
    assert sorted(path.name for path in bad_books.inbox.iterdir()) == ["slow.835", "upload.835.part"]


def test_a_bad_file_is_kept_byte_for_byte(bad_books: Books) -> None:
    from orchestration.stores.home import Home
    from orchestration.stores.practice import PracticeStores

    landed = PracticeStores(Home.locate(bad_books.home)).landed
    contents = [landed.get(identity).content for identity in landed.identities()]
    assert b"\x00\x01\x02 this is no remittance" in contents
    assert remittance("T3", tail=False).encode() in contents
