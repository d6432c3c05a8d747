import datetime as dt
import io
import re
from collections import defaultdict
from decimal import Decimal
from itertools import pairwise

import pytest

from orchestration.synthetic.bills import make_bills
from orchestration.synthetic.workdays import bank_days_after, is_bank_day


def total(lines, name):
    return sum(line["amount"] for line in lines if line["NAME"] == name)


def test_card_deposits_are_the_payments_of_the_bank_day_before(practice):
    received: dict = defaultdict(Decimal)
    for row in practice.rows("charges"):
        if row["transaction_type"] == "PAYMENT":
            day = dt.date.fromisoformat(row["post_date"])
            received[bank_days_after(day, 1)] -= Decimal(row["amount"])
    deposits = {line["date"]: line["amount"] for line in practice.bank_lines() if line["NAME"].startswith("MERCHANT")}
    last = max(received)
    assert deposits == {day: amount for day, amount in received.items() if day < last or day in deposits}
    assert len(deposits) > 80


def test_payroll_ties_to_the_cent_and_so_does_the_bank(practice):
    rows = practice.rows("payroll")
    for row in rows:
        parts = [Decimal(row[name]) for name in ("employee_taxes", "deductions", "net_pay")]
        assert Decimal(row["gross_pay"]) == sum(parts)
        assert abs(Decimal(row["employer_taxes"]) - Decimal(row["gross_pay"]) * Decimal("0.0765")) <= Decimal("0.005")
    names = ("gross_pay", "net_pay", "employer_taxes", "deductions")
    gross, net, employer, deductions = (sum(Decimal(row[name]) for row in rows) for name in names)
    lines = practice.bank_lines()
    assert total(lines, "PAYROLL NET") == -net
    assert total(lines, "PAYROLL TAX") == -(gross + employer - net - deductions)
    assert total(lines, "PAYROLL DEDUCTIONS") == -deductions
    assert f"{gross + employer:.2f}" == practice.manifest["control_totals"]["payroll"]
    dates = sorted({dt.date.fromisoformat(row["pay_date"]) for row in rows})
    assert {(b - a).days for a, b in pairwise(dates)} == {14}
    assert all(day.weekday() == 4 and is_bank_day(day) for day in dates)


def test_providers_and_staff_are_paid_as_agreed(practice):
    rows = [row for row in practice.rows("payroll") if row["pay_date"] == "2025-11-14"]
    providers = [row for row in rows if row["role"] == "provider"]
    assert len(providers) == 2
    assert all(215_000 <= Decimal(row["gross_pay"]) * 26 <= 260_001 and row["provider_npi"] for row in providers)
    assert sum(row["role"] == "clinical" for row in rows) == 4
    assert {row["role"] for row in rows} == {"provider", "clinical", "front_office", "administration"}
    assert not any(row["provider_npi"] for row in rows if row["role"] != "provider")


def test_statements_add_up_to_the_balances_they_state(practice):
    balance = Decimal(practice.manifest["amounts"]["opening_balance_amount"])
    deposits = Decimal(0)
    ids = []
    for _, text in sorted(practice.texts("bank").items()):
        found = [Decimal(amount) for amount in re.findall(r"<TRNAMT>(\S+)", text)]
        balance += sum(found)
        deposits += sum(amount for amount in found if amount > 0)
        ids += re.findall(r"<FITID>(\d+)", text)
        assert Decimal(re.search(r"<BALAMT>(\S+)", text)[1]) == balance
        assert balance > 0
        assert text.startswith("OFXHEADER:100\r\n")
    assert len(set(ids)) == len(ids)
    assert f"{deposits:.2f}" == practice.manifest["control_totals"]["bank"]
    assert f"{balance:.2f}" == practice.manifest["amounts"]["closing_balance_amount"]
    assert Decimal(practice.manifest["amounts"]["lowest_balance_amount"]) > 0
    assert all(is_bank_day(line["date"]) for line in practice.bank_lines())


def read_pdf(content):
    import pypdfium2

    document = pypdfium2.PdfDocument(io.BytesIO(content))
    text = document[0].get_textpage().get_text_bounded()
    images = [o for o in document[0].get_objects() if o.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]
    document.close()
    return text, len(images)


def test_printed_bills_say_what_the_bank_paid_and_scans_say_nothing(practice):
    printed, scanned, stated = 0, 0, Decimal(0)
    bills = {bill.file_name: bill for bill in make_bills(11, dt.date(2025, 11, 1), 150)}
    assert set(bills) == {name for name in practice.files if name.startswith("bill")}
    paid = {line["MEMO"]: line for line in practice.bank_lines() if line.get("MEMO", "").startswith("INV ")}
    for name, bill in bills.items():
        text, images = read_pdf(practice.files[name])
        assert bill.subtotal_cents == sum(line.quantity * line.unit_cents for line in bill.lines)
        stated += Decimal(bill.total_cents) / 100
        if f"INV {bill.bill_number}" in paid:
            line = paid[f"INV {bill.bill_number}"]
            assert (line["NAME"], line["amount"]) == (bill.vendor.name, -Decimal(bill.total_cents) / 100)
            assert 14 <= (line["date"] - bill.bill_date).days <= 33
        if bill.is_scan:
            scanned += 1
            assert (text.strip(), images) == ("", 1)
            continue
        printed += 1
        lines = text.replace("\r", "").split("\n")
        assert lines[0] == bill.vendor.name
        assert f"Invoice number: {bill.bill_number}" in lines
        assert f"Total ${bill.total_cents / 100:,.2f}" in lines
        assert f"Subtotal ${bill.subtotal_cents / 100:,.2f}" in lines
        assert f"Tax ${bill.tax_cents / 100:,.2f}" in lines
    assert (printed, scanned) == (5, 1)
    assert f"{stated:.2f}" == practice.manifest["control_totals"]["documents"]


@pytest.mark.parametrize("seed", [1, 2, 3, 7])
def test_a_year_has_two_scans_two_large_bills_and_a_dozen_or_so_in_all(seed):
    bills = make_bills(seed, dt.date(2025, 11, 1), 365)
    assert sum(bill.is_scan for bill in bills) == 2
    assert sum(bill.total_cents > 150_000 for bill in bills) == 2
    assert 12 <= len(bills) <= 16
    assert len({bill.bill_number for bill in bills}) == len({bill.file_name for bill in bills}) == len(bills)
