"""BAI2, CAMT.053 and downloads as tables: the same statement in every format is the same money."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.format_examples import assert_conserved, codes_of, damaged, money_in, only, reading, rows_of, source

from orchestration.formats.bank import reader as bank
from orchestration.formats.registry import detect_kind

_read = reading(bank.read, money_in)


def bai2(*details, total=None, records=None, currency="USD", end=True):
    """A file of one account; details are 16 records with their continuations."""
    amounts = [int(line.split(",")[2]) for line in details if line.startswith("16,") and line.split(",")[2].isdigit()]
    account_total = 123456 + sum(amounts) if total is None else total
    account = [f"03,000123454321,{currency},015,123456,,/", *details]
    count = len(account) + 1 if records is None else records
    lines = [
        "01,071000013,CLINIC,260304,0600,1,,,2/",
        f"02,CLINIC,071000013,1,260303,2359,{currency},2/",
        *account,
        f"49,{account_total},{count}/",
        f"98,{account_total},1,{len(account) + 3}/",
        f"99,{account_total},1,{len(account) + 5}/",
    ]
    return ("\n".join(lines if end else lines[:-1]) + "\n").encode()


EFT = "16,165,8000,0,BREF1,CREF1,HCCLAIMPMT SYNTH HEALTH TRN*1*TRC1*1512345678/"
CHECK = "16,475,3025,V,260303,,,1042/"


def camt(*entries, count=None, opening="100.00", closing=None, version="02"):
    total = sum((Decimal(amount) if sign == "CRDT" else -Decimal(amount) for amount, sign in entries), Decimal(0))
    closing = closing or str(Decimal(opening) + total)
    body = "\n".join(
        f'<Ntry><Amt Ccy="USD">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Sts>BOOK</Sts>'
        f"<BookgDt><Dt>2026-03-03</Dt></BookgDt><AcctSvcrRef>R{number}</AcctSvcrRef>"
        "<NtryDtls><TxDtls><RltdPties><Dbtr><Nm>SYNTH HEALTH</Nm></Dbtr></RltdPties>"
        "<RmtInf><Ustrd>TRN*1*TRC1*1512345678</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
        for number, (amount, sign) in enumerate(entries)
    )
    balances = "".join(
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='USD'>{amount}</Amt>"
        "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-03</Dt></Dt></Bal>"
        for code, amount in (("OPBD", opening), ("CLBD", closing))
    )
    number = len(entries) if count is None else count
    return (
        f'<?xml version="1.0"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}">'
        "<BkToCstmrStmt><Stmt><Acct><Id><Othr><Id>000123454321</Id></Othr></Id></Acct>"
        f"<FrToDt><FrDtTm>2026-03-03T00:00:00</FrDtTm><ToDtTm>2026-03-03T23:59:59</ToDtTm></FrToDt>{balances}"
        f"<TxsSummry><TtlNtries><NbOfNtries>{number}</NbOfNtries></TtlNtries></TxsSummry>\n{body}\n"
        "</Stmt></BkToCstmrStmt></Document>"
    ).encode()


SIGNED = (
    "Date,Description,Amount,Running Bal.\n"
    "03/03/2026,SYNTH HEALTH TRN*1*TRC1*1512345678,80.00,180.00\n03/03/2026,Check 1042,-30.25,149.75\n"
)
TWO_COLUMNS = (
    "Date,Description,Debit,Credit,Balance\n"
    "03/03/2026,Check 1042,30.25,,149.75\n03/03/2026,SYNTH HEALTH TRN*1*TRC1*1512345678,,80.00,180.00\n"
)
EVERY_FORMAT = {
    "BAI2": bai2(EFT, CHECK),
    "CAMT.053": camt(("80.00", "CRDT"), ("30.25", "DBIT")),
    "CAMT.053 version 8": camt(("80.00", "CRDT"), ("30.25", "DBIT"), version="08"),
    "one signed amount": SIGNED.encode(),
    "debit and credit": TWO_COLUMNS.encode(),
}


@pytest.mark.parametrize("content", EVERY_FORMAT.values(), ids=EVERY_FORMAT.keys())
def test_a_statement_is_the_same_money_in_every_format(content):
    assert detect_kind("upload", content) == "bank"
    batch = _read(content)
    rows = sorted(rows_of(batch, "transactions"), key=lambda row: row["amount"])
    assert [row["amount"] for row in rows] == [Decimal("-30.25"), Decimal("80.00")]
    assert {row["posted_date"] for row in rows} == {dt.date(2026, 3, 3)}
    assert (rows[1]["trace_number"], rows[1]["originating_company_id"]) == ("TRC1", "1512345678")
    assert all(row["transaction_id"] for row in rows)
    statement = only(batch, "statements")
    assert (statement["deposit_amount"], statement["withdrawal_amount"]) == (Decimal(80), Decimal("-30.25"))
    assert not codes_of(batch)


def test_a_bai2_account_keeps_its_last_four_digits_and_its_closing_balance():
    row = only(_read(bai2(EFT)), "statements")
    assert (row["account_id"], row["ledger_balance_amount"]) == ("4321", Decimal("1234.56"))


def test_a_bai2_continuation_belongs_to_the_line_above():
    batch = _read(bai2("16,165,8000,0,BREF1,CREF1,HCCLAIMPMT", "88,TRN*1*TRC9*1512345678"))
    assert only(batch, "transactions")["trace_number"] == "TRC9"


UNTIED = {
    "a total that is off by a cent": (bai2(EFT, total=131457), "totals_do_not_tie"),
    "a record that is not there": (bai2(EFT, records=4), "counts_do_not_tie"),
    "a file cut off before its trailer": (bai2(EFT, end=False), "truncated"),
    "a line that is no record": (bai2(EFT, "77,1,2/"), "unknown_record"),
    "an entry that is not there": (camt(("80.00", "CRDT"), count=2), "counts_do_not_tie"),
    "balances that do not follow": (camt(("80.00", "CRDT"), closing="180.01"), "balances_do_not_tie"),
    "XML that is cut off": (camt(("80.00", "CRDT"))[:-40], "unreadable_xml"),
    "XML that declares entities": (
        camt(("80.00", "CRDT")).replace(b"?>\n", b'?>\n<!DOCTYPE a [<!ENTITY b "c">]>', 1), "unreadable_xml",
    ),
    "a message without a statement": (b"<Document xmlns='urn:camt.053'><BkToCstmrStmt/></Document>", "no_statement"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "code"), UNTIED.values(), ids=UNTIED.keys())
def test_a_statement_that_does_not_tie_is_quarantined_whole(content, code):
    file = only(_read(content), "files")
    assert (file["status"], file["reason_code"]) == ("quarantined", code)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(bai2(EFT, "16,820,100,0,,,x/"), "unknown_type_code", id="neither credit nor debit"),
        pytest.param(bai2(EFT, "16,165,x,0,,,x/"), "unreadable_amount", id="no amount"),
        pytest.param(bai2(EFT, currency="CAD"), "foreign_currency", id="Canadian dollars"),
        pytest.param(camt(("80.00", "CRDT")).replace(b'"USD">8', b'"EUR">8'), "foreign_currency", id="euros"),
        pytest.param(camt(("80.00", "CRDT"), closing="99").replace(b">80.00", b">80.0x"), "unreadable_amount", id="x"),
        pytest.param(SIGNED.replace("-30.25", "").encode(), "unreadable_amount", id="empty amount"),
        pytest.param(TWO_COLUMNS.replace("30.25,,", "30.25,1.00,").encode(), "unreadable_amount", id="both columns"),
        pytest.param(SIGNED.replace("03/03/2026,Check", "13/31/2026,Check").encode(), "unreadable_date", id="no day"),
        pytest.param((SIGNED + "03/03/2026,x\n").encode(), "ragged_record", id="ragged"),
    ],
)
def test_a_transaction_that_cannot_be_read_is_refused_alone(content, code):
    batch = _read(content)
    assert [c for c in codes_of(batch) if c != "balance_does_not_follow"] == [code]
    assert only(batch, "files")["status"] == "loaded"


def test_what_is_not_booked_or_no_money_is_named_and_not_loaded():
    batch = _read(bai2(EFT, "16,890,,0,,,for information/"))
    assert (codes_of(batch), len(batch.rows["transactions"])) == (["no_dollars"], 1)
    pending = camt(("80.00", "CRDT"), ("5.00", "CRDT"), closing="185.00")
    batch = _read(pending.replace(b"BOOK", b"PDNG", 1))
    assert codes_of(batch)[-1] == "not_booked"


def test_amounts_that_are_filled_with_zeros_and_records_that_share_a_line_are_read():
    whole = bai2(EFT, CHECK).decode()
    filled = re.sub(r"\b(49|98|99),(\d+)", lambda found: f"{found[1]},+{int(found[2]):018d}", whole)
    for content in (filled, whole.replace("/\n16,", "/   16,").replace("/\n98,", "/ 98,")):
        batch = _read(content.encode())
        assert [row["amount"] for row in rows_of(batch, "transactions")] == [Decimal("80.00"), Decimal("-30.25")]
        assert codes_of(batch) == []


def test_a_running_balance_with_a_hole_is_a_warning_at_its_line():
    batch = _read((SIGNED + "03/04/2026,Later,10.00,200.00\n").encode())
    finding = only(batch, "findings")
    assert (finding["code"], finding["severity"], finding["line_number"]) == ("balance_does_not_follow", "warning", 4)


def test_a_later_download_gives_its_overlap_the_same_ids_and_equal_lines_stay_two():
    twice = SIGNED + "03/03/2026,Check 1042,-30.25,119.50\n"
    first = [row["transaction_id"] for row in rows_of(_read(SIGNED.encode()), "transactions")]
    later = [row["transaction_id"] for row in rows_of(_read(twice.encode()), "transactions")]
    assert later[:2] == first
    assert len(set(later)) == 3


@settings(max_examples=200)
@given(st.sampled_from(list(EVERY_FORMAT.values())).flatmap(damaged))
def test_damage_never_raises_and_never_loses_money(content):
    batch = bank.read([source(content)])
    assert_conserved(batch, money_in)
    for file in rows_of(batch, "files"):
        if file["status"] == "loaded":
            refused = [finding for finding in rows_of(batch, "findings") if finding["severity"] == "error"]
            assert file["record_count"] == len(batch.rows["transactions"]) + len(refused)


@settings(max_examples=100)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_quarantined(content):
    for start in (b"", b"01,A,B,260304,0600,1,,,2/\n", b"<Document xmlns='camt.053'>", b"Date,Description,Amount\n"):
        assert_conserved(bank.read([source(start + content)]), money_in)
