"""Small files of every kind through the whole pipeline: odd rows are named, voids and prices right, nothing is lost."""

from __future__ import annotations

import json
import sqlite3
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from support.e2e_books import Books, assert_every_dollar_is_somewhere
from support.format_examples import PAID_CLAIM, header, interchange, join, transaction

HEADER = (
    "transaction_id,transaction_type,claim_id,service_date,post_date,rendering_provider_npi,location_id,payer_id,"
    "payer_name,procedure_code,units,place_of_service,amount,parent_transaction_id,void_date"
)


def row(number: str, **cells: str) -> str:
    values = {
        "transaction_id": number,
        "transaction_type": "CHARGE",
        "claim_id": f"CL{number}",
        "service_date": "2026-01-05",
        "post_date": "2026-01-06",
        "rendering_provider_npi": "1234567893",
        "location_id": "L1",
        "payer_id": "10001",
        "payer_name": "Medicare",
        "procedure_code": "99213",
        "units": "1",
        "place_of_service": "11",
        "amount": "100.00",
        "parent_transaction_id": "",
        "void_date": "",
    }
    return ",".join({**values, **cells}.values())


def table(*rows: str) -> str:
    return "\n".join([HEADER, *rows, ""])


FEES = (
    "payer_id,payer_name,procedure_code,modifier,fee_amount,effective_date\n"
    ",,71046,26,30.00,2026-01-01\n,,71046,TC,90.00,2026-01-01\n"
)
ODD = table(
    row("c1"),
    row("c2", amount='"($1,234.50)"'),
    row("c3", service_date="05-Jan-2026"),
    row("c4", procedure_code="71046", amount="120.00"),
    row("c5", rendering_provider_npi="1234567890"),
    row("c6", rendering_provider_npi="1999999984"),
    row("c7", units="one"),
    row("c8", amount="1O0"),
    row("c9", service_date="soon"),
    "c10,CHARGE",
    row("c1", amount="101.00"),
    row("p1", transaction_type="PAYMENT", amount="-25.00", parent_transaction_id="c1", post_date="2026-01-04"),
    row("p2", transaction_type="PAYMENT", amount="-10.00", parent_transaction_id="gone"),
)
PAYROLL = (
    "payroll_run_id,pay_date,period_start,period_end,employee_id,employee_name,role,provider_npi,location_id,"
    "gross_pay,employee_taxes,deductions,net_pay,employer_taxes\n"
    "R1,2026-01-09,2025-12-22,2026-01-04,E1,Somebody,provider,1234567893,L1,1000.00,200.00,50.00,750.00,76.50\n"
)
BANK = (
    "01,071000013,CLINIC,260110,0600,1,,,2/\n02,CLINIC,071000013,1,260109,2359,USD,2/\n03,000123454321,USD,015,0,,/\n"
    "16,475,75000,0,B1,1042,PAYROLL NET/\n16,165,5000,0,B2,,SOMEBODY/\n49,80000,4/\n98,80000,1,6/\n99,80000,1,8/\n"
)
ORDER = """PO Number,Order Date,Item Code,Qty Ordered,UOM,Unit Price
PO7,01/05/2026,1,10,BX,2.50
PO7,01/05/2026,2,4,BX,1.00
"""
INVOICE = (
    "Invoice Number,Invoice Date,PO Number,Item Code,Qty Shipped,UOM,Unit Price,Extended Price\n"
    "INV1,01/08/2026,PO7,1,10,BX,2.60,26.00\n"
)
# ordered, shipped and billed over X12; one bill charges freight besides, one does not add up
EDI_ORDER = ("BEG*00*SA*PO8**20260105", "N1*SE*Larkspur", "PO1*1*10*BX*2.5*PE*VN*7", "PO1*2*4*BX*1*PE*VN*8", "CTT*2")
EDI_NOTICE = (
    "BSN*00*PS8*20260106*1200*0004", "HL*1**S", "DTM*035*20260107", "N1*SF*Larkspur", "HL*2*1*O", "PRF*PO8", "HL*3*2*I",
    "LIN**VN*7", "SN1**10*BX", "HL*4*2*I", "LIN**VN*8", "SN1**4*BX", "CTT*4",
)  # fmt: skip
EDI_INVOICE = (
    "BIG*20260108*B8**PO8",
    "N1*SE*Larkspur",
    "IT1*1*10*BX*2.5*PE*VN*7",
    "TDS*3000",
    "SAC*C*D240***500",
    "CTT*1",
)
EDI_UNTIED = ("BIG*20260109*B9**PO8", "N1*SE*Larkspur", "IT1*1*4*BX*1*PE*VN*8", "TDS*401", "CTT*1")
LAYOUT = """
name = "clinic"
code_system = "CPT"
date_formats = ["%d.%m.%Y"]
required = ["transaction_id", "transaction_type", "amount", "service_date", "procedure_code"]
[columns]
transaction_id = "Nr"
transaction_type = "Art"
amount = "Betrag"
service_date = "Datum"
procedure_code = "Code"
[types]
C = "CHARGE"
"""

CLAIM = (
    "BHT*0019*00*B1*20260301*1200*CH",
    "NM1*41*2*SYNTH BILLING*****46*SUB1",
    "NM1*40*2*SYNTH CLEARING*****46*REC1",
    "HL*1**20*1",
    "NM1*85*2*SYNTH CLINIC*****XX*1234567893",
    "HL*2*1*22*0",
    "SBR*P*18*******CI",
    "NM1*IL*1*DOE*JANE****MI*W1",
    "NM1*PR*2*SYNTH HEALTH*****PI*60054",
    "CLM*P1*150***11:B:1*Y*A*Y*Y",
    "HI*ABK:J029",
    "LX*1",
    "SV1*HC:99213*150*UN*1***1",
    "DTP*472*D8*20260110",
)
REFUSAL = (
    "BHT*0085*08*REF1*20260302*1200*TH",
    "HL*1**20*1",
    "NM1*PR*2*SYNTH HEALTH*****PI*60054",
    "HL*2*1*21*1",
    "NM1*41*2*SYNTH BILLING*****46*SUB1",
    "HL*3*2*19*1",
    "NM1*85*2*SYNTH CLINIC*****XX*1234567893",
    "HL*4*3*PT",
    "NM1*QC*1*DOE*JANE****MI*W1",
    "TRN*2*P1",
    "STC*A7:562:85*20260302*U*150",
    "DTP*472*D8*20260110",
)
CHARGE_ITEM = {
    "resourceType": "ChargeItem",
    "id": "ci1",
    "status": "billable",
    "code": {"coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": "99213"}]},
    "subject": {"reference": "Patient/p1"},
    "occurrenceDateTime": "2026-01-10T09:00:00Z",
    "enteredDate": "2026-01-10T17:00:00Z",
    "priceOverride": {"value": 88.5, "currency": "USD"},
}
TRIAL_MESSAGE = (
    "MSH|^~\\&|EHR|CLINIC|BOOKS|CLINIC|20260110083000||DFT^P03|C1|T|2.5.1\rPID|1||MRN1\r"
    "FT1|1|T1||20260109|20260110|CG|99213^^C4|||1|150.00\r"
)
# who insures the patient is said by one message, what was done by another
ADMISSION = (
    "MSH|^~\\&|EHR|CLINIC|BOOKS|CLINIC|20260108083000||ADT^A08|C2|P|2.5.1\rPID|1||MRN9\rPV1|1|O\r"
    "IN1|1|PLAN|10001|MEDICARE PART B||||||||20250101\r"
)
UNINSURED = (
    "MSH|^~\\&|BILLING|CLINIC|BOOKS|CLINIC|20260110083000||DFT^P03|C3|P|2.5.1\rPID|1||MRN9\r"
    "FT1|1|T9||20260109|20260110|CG|99213^^C4|||1|90.00\r"
)
TEST_LABEL = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST"}


def x12(code: str, group: str, version: str, segments: tuple[str, ...]) -> bytes:
    opening = [header(), f"GS*{group}*A*B*20260301*1200*1*X*{version}", f"ST*{code}*0001*{version}"]
    return join([*opening, *segments, f"SE*{len(segments) + 2}*0001", "GE*1*1", "IEA*1*000000001"])


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Books:
    """Two runs: odd files of every kind, then a file whose copies void two transactions of the first."""
    made = Books(tmp_path_factory.mktemp("tables"))
    (made.home / "layouts").mkdir(parents=True)
    (made.home / "layouts" / "clinic.toml").write_text(LAYOUT)
    for name, text in {
        "fees.csv": FEES,
        "odd.csv": ODD,
        "untied.csv": table(row("u1"), "Record count,2"),
        "own.csv": "Nr;Art;Betrag;Datum;Code\n1;C;80.00;31.01.2026;99213\n2;X;60.00;01.02.2026;99213\n",
        "payroll.csv": PAYROLL,
        "bank.bai": BANK,
        "untied.bai": BANK.replace("49,80000", "49,80001"),
        "order.csv": ORDER,
        "invoice.csv": INVOICE,
    }.items():
        (made.inbox / name).write_text(text)
    (made.inbox / "mixed.csv").write_bytes(
        table(row("m1", payer_name="Santé"), row("m2", payer_name="Straße")).encode("utf-8").replace(
            "Santé".encode(), "Santé".encode("cp1252")
        )
    )  # fmt: skip
    (made.inbox / "nul.csv").write_bytes(table(row("n1")).encode().replace(b"Medicare", b"Medi\x00care"))
    (made.inbox / "claim.837").write_bytes(x12("837", "HC", "005010X222A1", CLAIM))
    (made.inbox / "refusal.277").write_bytes(x12("277", "HN", "005010X214", REFUSAL))
    (made.inbox / "trial.835").write_bytes(join(interchange(transaction(*PAID_CLAIM), usage="T")))
    for name, code, group, segments in (
        ("order.850", "850", "PO", EDI_ORDER), ("notice.856", "856", "SH", EDI_NOTICE),
        ("invoice.810", "810", "IN", EDI_INVOICE), ("untied.810", "810", "IN", EDI_UNTIED),
    ):  # fmt: skip
        (made.inbox / name).write_bytes(x12(code, group, "005010", segments))
    (made.inbox / "trial.hl7").write_text(TRIAL_MESSAGE)
    (made.inbox / "adt.hl7").write_text(ADMISSION)
    (made.inbox / "dft.hl7").write_text(UNINSURED)
    trial = CHARGE_ITEM | {"id": "ci2", "meta": {"security": [TEST_LABEL]}}
    (made.inbox / "charges.ndjson").write_text("".join(f"{json.dumps(one)}\n" for one in (CHARGE_ITEM, trial)))
    made.medbooks("run", "--quiet")
    # the practice learns what the layout's X means, and has the file read again
    (refused,) = (item for item in _waiting(made) if item["code"] == "unknown_type")
    (made.home / "layouts" / "clinic.toml").write_text(f'{LAYOUT}X = "CHARGE"\n')
    made.medbooks("quarantine", "replay", refused["file_id"][:12])
    void = {"void_date": "2026-01-20"}
    payment = {"transaction_type": "PAYMENT", "amount": "-25.00", "parent_transaction_id": "c1", **void}
    (made.inbox / "voids.csv").write_text(table(row("c1", **void), row("p1", **payment), row("c1", **void)))
    made.medbooks("run", "--quiet")
    return made


def _lake(books: Books, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(books.home / "published" / "medbooks.duckdb"), read_only=True) as published:
        return published.execute(sql).fetchall()


def _waiting(books: Books) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(books.medbooks("quarantine", "list", "--json").stdout)
    return found


def _quarantined(books: Books) -> set[str]:
    return {item["code"] for item in _waiting(books)}


def test_every_dollar_is_posted_held_or_quarantined(books: Books) -> None:
    assert_every_dollar_is_somewhere(books.status())


def test_what_cannot_be_read_is_named_by_row_or_by_file(books: Books) -> None:
    assert {
        "unreadable_amount",
        "unreadable_service_date",
        "ragged_record",
        "nul_byte",
        "counts_do_not_tie",
        "totals_do_not_tie",
    } <= _quarantined(books)


def test_what_only_all_files_can_tell_is_named_by_row(books: Books) -> None:
    found = {code for (code,) in _lake(books, "select exception_code from marts.fct_transaction_exceptions")}
    assert {
        "changed_transaction",
        "voided_later",
        "payment_before_service",
        "payment_of_unseen_charge",
        "unknown_provider",
    } <= found


def test_a_void_in_a_later_copy_takes_back_what_was_booked_once(books: Books) -> None:
    lines = dict(
        _lake(
            books,
            "select account_code, sum(debit_amount - credit_amount) from marts.fct_journal_lines "
            "where rule_id = 'RV' group by account_code",
        )
    )
    # the payment came before the service, so it was a prepayment
    assert {"1200": Decimal(-100), "2310": Decimal(25), "1040": Decimal(-25)}.items() <= lines.items()
    assert sum(lines.values()) == 0


def test_a_global_service_splits_by_the_practices_own_fees(books: Books) -> None:
    (line,) = _lake(
        books,
        "select professional_amount, component_basis from marts.fct_charge_lines where procedure_code = '71046'",
    )
    assert line == (Decimal(30), "fee_schedule")


def test_a_layout_of_the_practices_own_and_two_encodings_are_read(books: Books) -> None:
    posted = _lake(
        books,
        "select count(*), sum(charged_amount) from marts.fct_charge_lines "
        "where profile = 'clinic' or payer_class = 'commercial'",
    )
    assert posted == [(4, Decimal(340))]


def test_a_refused_row_is_booked_when_its_file_is_replayed_and_nothing_of_the_file_twice(books: Books) -> None:
    assert "unknown_type" not in _quarantined(books)
    events = _lake(
        books,
        "select events.event_id, sum(credit_amount) from marts.fct_journal_lines as lines inner join "
        "(select distinct event_id from marts.fct_charge_lines where profile = 'clinic') as events "
        "on lines.event_id = events.event_id where book = 'accrual' group by events.event_id order by 2",
    )
    assert [amount for _, amount in events] == [Decimal(60), Decimal(80)]
    with sqlite3.connect(books.home / "ledger" / "ledger.sqlite") as ledger:
        entries = ledger.execute(
            "select count(*) from entries where event_id in (?, ?)", [event for event, _ in events]
        ).fetchone()
    assert entries == (2,)


def test_pay_and_a_bank_statement_meet_in_the_books(books: Books) -> None:
    assert books.source("payroll")["posted_amount"] == "1076.50"
    bank = books.source("bank")
    assert (bank["files"], bank["quarantined_files"]) == (2, 1)
    # a deposit nobody explains is in the books on its day, and waits in 2300
    assert (bank["held_amount"], bank["posted_amount"]) == ("0.00", "50.00")
    waiting = _lake(
        books,
        "select sum(credit_amount - debit_amount) from marts.fct_journal_lines "
        "where account_code = '2300' and book = 'accrual'",
    )
    assert waiting == [(Decimal(50),)]


def test_what_a_sender_marks_as_a_test_is_held_whatever_the_feed(books: Books) -> None:
    held = {h["source"]: h["held_amount"] for h in books.status()["held"] if h["hold_reason"] == "test_data"}
    assert held == {"era835": "80.00", "hl7": "150.00", "fhir": "88.50"}
    assert [books.source(name)["posted_amount"] for name in ("era835", "hl7")] == ["0.00", "90.00"]


def test_a_charge_without_insurance_takes_what_another_message_said_of_its_patient(books: Books) -> None:
    found = _lake(
        books,
        "select payer_id, payer_class, charged_amount from marts.fct_charge_lines "
        "where source = 'hl7' and disposition = 'proposed'",
    )
    assert found == [("10001", "medicare", Decimal(90))]


def test_what_was_ordered_shipped_and_billed_over_x12_is_matched_and_booked(books: Books) -> None:
    # item 7 was billed as it was ordered and came; item 8 came and is not billed yet
    waiting = _lake(
        books,
        "select item_id, open_amount, invoice_hold_reason from marts.goods_received_not_invoiced "
        "where order_number = 'PO8'",
    )
    assert waiting == [("8", Decimal(4), None)]
    lines = dict(
        _lake(
            books,
            "select account_code, sum(debit_amount - credit_amount) from marts.fct_journal_lines "
            "where book = 'accrual' and event_id like 'supplies:%' and (event_id like '%:PS8' or event_id like '%:B8') "
            "group by account_code",
        )
    )
    assert lines == {"6200": Decimal(29), "2010": Decimal(-4), "2000": Decimal(-25)}


def test_freight_of_an_x12_invoice_and_one_that_does_not_add_up_wait_with_their_dollars(books: Books) -> None:
    waiting = {item["code"]: item["amount"] for item in _waiting(books) if item["source"] == "supplies"}
    assert waiting == {"charge_not_booked": "5.00", "total_mismatch": "4.00"}
    assert books.source("supplies")["quarantined_amount"] == "9.00"


def test_a_fhir_charge_is_posted_and_one_labelled_as_a_test_is_held(books: Books) -> None:
    fhir = books.source("fhir")
    assert (fhir["posted_amount"], fhir["held_amount"]) == ("88.50", "88.50")
    held = [h for h in books.status()["held"] if h["source"] == "fhir"]
    assert [(h["hold_reason"], h["items"]) for h in held] == [("test_data", 1)]
    posted = _lake(
        books,
        "select sum(credit_amount - debit_amount) from marts.fct_journal_lines "
        "where event_id like 'fhir:%' and account_code like '4%' and book = 'accrual'",
    )
    assert posted == [(Decimal("88.50"),)]


def test_a_claim_that_a_277ca_refuses_is_in_the_worklist_with_its_dollars(books: Books) -> None:
    (item,) = json.loads(books.medbooks("claims", "rejected", "--json").stdout)
    assert (item["claim_id"], item["rejection_level"], item["is_open"]) == ("P1", "claim", True)
    assert (item["charged_amount"], item["payer_name"]) == ("150.00", "SYNTH HEALTH")
    assert item["what_to_do"]
    rejections = _lake(books, "select count(*), sum(charged_amount) from marts.fct_claim_rejections where is_open")
    assert rejections == [(1, Decimal("150.00"))]
