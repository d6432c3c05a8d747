"""Gusto's report, Rippling's runs and registers by layout: pay that ties, or is told to be held."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.format_examples import (
    assert_conserved,
    codes_of,
    damaged,
    only,
    pay_line,
    payroll,
    reading,
    rows_of,
    source,
    sum_of,
)

from orchestration.formats.payroll import reader
from orchestration.formats.payroll.layout import read_layout
from orchestration.formats.registry import detect_kind

CONTROL = sum_of("pay_lines", "gross_amount", "employer_tax_amount")


_read = reading(reader.read, CONTROL)


def gusto(*rows, totals=None, **members):
    body = rows or (
        ["EmployerTax", "Medicare, the employer's", "Clinic", "76.50", None],
        ["RegularWages", "Wages", "Clinic", "800.00", None],
        ["OvertimeWages", "Overtime", "Desk", 200, None],
        ["DebitNetPay", "Net pay", "", None, "750.00"],
        ["DebitTax", "Taxes", "", None, "276.50"],
        ["DebitChildSupport", "Garnishment", "", None, 50.0],
    )
    table = {
        "headers": ["Account Type", "Account Description", "Job", "Debit", "Credit"],
        "rows": [list(row) for row in body],
        "totals": totals or [None, "Totals", "", "1076.50", "1076.50"],
        "data_type": "Basic",
    }
    return {
        "company_name": "Clinic",
        "ledger_description": "Regular payroll",
        "check_date": "2026-03-06",
        "data": [{**table, "data_type": "Detailed", "rows": [["x"] * 5]}, table],
        **members,
    }


def test_a_gusto_report_is_one_line_a_run_that_ties():
    batch = _read(gusto())
    row = only(batch, "pay_lines")
    assert (row["gross_amount"], row["employer_tax_amount"]) == (Decimal(1000), Decimal("76.50"))
    assert (row["employee_tax_amount"], row["deduction_amount"], row["net_amount"]) == (
        Decimal(200), Decimal(50), Decimal(750),
    )  # fmt: skip
    assert (row["pay_date"], row["is_tied"]) == (dt.date(2026, 3, 6), True)
    assert (only(batch, "files")["profile"], codes_of(batch)) == ("gusto", [])


@pytest.mark.parametrize(
    ("report", "code"),
    [
        pytest.param(gusto(totals=[None, "Totals", "", "1076.51", "1076.50"]), "totals_do_not_tie", id="total"),
        pytest.param(gusto(["RegularWages", "Wages", "", "much", None]), "unreadable_amount", id="amount"),
        pytest.param(gusto(data=[]), "no_accounts", id="no table"),
        pytest.param(b'{"check_date": "2026-03-06", ', "unreadable_json", id="cut off"),
        pytest.param({"pay": 1}, "unknown_layout", id="another JSON"),
    ],
)
def test_a_report_that_is_not_complete_is_quarantined_whole(report, code):
    assert only(_read(report), "files")["reason_code"] == code


def test_a_report_whose_sides_differ_is_loaded_to_be_held():
    report = gusto(["RegularWages", "Wages", "", "100.00", None], ["DebitNetPay", "Net", "", None, "90.00"],
                   totals=[None, "", "", "100.00", "90.00"])  # fmt: skip
    batch = _read(report)
    assert (only(batch, "pay_lines")["is_tied"], codes_of(batch)) == (False, ["untied_pay"])


EMPLOYEE = {
    "id": "e1",
    "run": "r1",
    "role": "p1",
    "grossPay": "4166.67",
    "netPay": "3344.90",
    "earnings": [{"amount": "4166.67", "earningTypeEnum": "SALARY"}],
    "taxes": [
        {"amount": "258.33", "name": "Social Security"},
        {"amount": "258.33", "name": "Social Security - Employer"},
        {"amount": "60.42", "name": "Employer Medicare Tax"},
        {"amount": "60.42", "name": "Medicare"},
        {"amount": "4.04", "name": "Oregon Transit Tax"},
        {"amount": "12.00", "name": "Federal Unemployment Insurance Tax"},
    ],
    "deductions": [{"employeeDeductionAmt": "498.98", "companyContributionAmt": "0.00"}],
    "garnishments": [],
}
RUN = {
    "id": "r1",
    "runState": "PAID",
    "checkDate": "2026-03-06",
    "payPeriod": {"startDate": "2026-02-15", "endDate": "2026-02-28"},
}


@pytest.mark.parametrize(
    "value",
    [
        pytest.param([{**RUN, "employees": [EMPLOYEE]}], id="list of runs"),
        pytest.param({**RUN, "employees": [EMPLOYEE]}, id="one run"),
        pytest.param({"payroll_runs": [RUN], "employees": [EMPLOYEE]}, id="two lists"),
    ],
)
def test_a_rippling_run_gives_each_employees_pay(value):
    batch = _read(value)
    row = only(batch, "pay_lines")
    assert (row["payroll_run_id"], row["employee_id"]) == ("r1", "p1")
    assert (row["gross_amount"], row["net_amount"], row["is_tied"]) == (Decimal("4166.67"), Decimal("3344.90"), True)
    assert (row["employee_tax_amount"], row["employer_tax_amount"]) == (Decimal("322.79"), Decimal("330.75"))
    assert (row["pay_date"], row["period_end_date"]) == (dt.date(2026, 3, 6), dt.date(2026, 2, 28))
    assert not codes_of(batch)


@pytest.mark.parametrize(
    ("value", "code", "loaded"),
    [
        pytest.param({**RUN, "employees": [{**EMPLOYEE, "netPay": "?"}]}, "unreadable_amount", 0, id="net"),
        pytest.param({**RUN, "checkDate": None, "employees": [EMPLOYEE]}, "unreadable_date", 0, id="date"),
        pytest.param({**RUN, "runState": "DRAFT", "employees": [EMPLOYEE]}, "run_not_paid", 0, id="draft"),
        pytest.param({"payroll_runs": [], "employees": [EMPLOYEE]}, "run_missing", 0, id="no run"),
        pytest.param({**RUN, "employees": [{**EMPLOYEE, "netPay": "3344.91"}]}, "untied_pay", 1, id="untied"),
        pytest.param(
            {**RUN, "employees": [{**EMPLOYEE, "deductions": [
                {"employeeDeductionAmt": "498.98", "companyContributionAmt": "30.00"}]}]},
            "contribution_not_loaded", 1, id="contribution",
        ),
    ],
)  # fmt: skip
def test_pay_of_rippling_that_is_odd_is_named(value, code, loaded):
    batch = _read(value)
    assert (codes_of(batch), len(batch.rows["pay_lines"])) == ([code], loaded)


def test_a_bonus_of_rippling_and_of_onpay_is_told_from_other_pay():
    earnings = [{"earningTypeEnum": "SALARY", "amount": "4000.00"}, {"earningTypeEnum": "BONUS", "amount": "166.67"}]
    run = {**RUN, "employees": [{**EMPLOYEE, "earnings": earnings}]}
    assert only(_read(run), "pay_lines")["bonus_amount"] == Decimal("166.67")
    onpay = ONPAY.replace("Employer Taxes", "Employer Taxes,Bonus").replace("76.50", "76.50,250.00")
    assert only(_read(onpay.encode()), "pay_lines")["bonus_amount"] == Decimal("250.00")


@pytest.mark.shared
def test_the_published_sample_of_rippling_ties_to_the_cent(shared):
    yaml = pytest.importorskip("yaml", reason="PyYAML reads the published specification")
    text = (shared / "specs" / "rippling" / "RipplingOpenAPI.v1.yaml").read_text(encoding="utf-8")
    path = yaml.safe_load(text)["paths"]["/payroll_runs/{payrollRunId}/employees"]["get"]
    employees = path["responses"]["200"]["content"]["application/json"]["examples"]["Sample"]["value"]
    batch = _read({"payroll_runs": [{**RUN, "id": employees[0]["run"]}], "employees": employees})
    assert len(batch.rows["pay_lines"]) == len(employees)
    assert all(row["is_tied"] for row in rows_of(batch, "pay_lines"))


ONPAY = (
    "Payroll register\nEmployee Name,Check Date,Gross Pay,Employee Taxes,Employee Deductions,Net Pay,Employer Taxes\n"
    '"Roe, Richard",03/06/2026,"$1,000.00",200.00,,800.00,76.50\n'
)


def test_a_register_is_read_by_its_layout_and_an_empty_amount_is_zero_where_the_layout_says_so():
    row = only(_read(ONPAY.encode()), "pay_lines")
    assert (row["gross_amount"], row["deduction_amount"], row["is_tied"]) == (Decimal(1000), Decimal(0), True)
    assert row["employee_id"] == "Roe, Richard"
    assert detect_kind("x", ONPAY.encode()) == "payroll"


def test_a_column_of_an_amount_that_is_missing_is_named():
    file = only(_read(ONPAY.replace("Employer Taxes", "Other").encode()), "files")
    assert (file["reason_code"], file["status"]) == ("missing_column", "quarantined")
    assert "Employer Taxes" in file["reason"]


OWN = """
name = "paycheck"
required = ["pay_date"]
[columns]
pay_date = "Paid"
[amounts]
gross = ["Salary", "Bonus"]
bonus = ["Bonus"]
employee_taxes = ["FIT", "FICA"]
deductions = ["401k"]
net = ["Take home"]
employer_taxes = ["ER FICA"]
"""


def test_a_practice_can_say_which_columns_add_up():
    own = {"paycheck": read_layout(OWN)}
    content = b"Paid,Salary,Bonus,FIT,FICA,401k,Take home,ER FICA\n2026-03-06,900,100,120,80,50,750,76.50\n"
    row = only(reader.read([source(content)], own), "pay_lines")
    assert (row["gross_amount"], row["employee_tax_amount"], row["is_tied"]) == (Decimal(1000), Decimal(200), True)


@pytest.mark.parametrize(
    "content", [json.dumps(gusto()).encode(), json.dumps([RUN]).encode()], ids=["gusto", "rippling"]
)
def test_the_json_of_a_payroll_service_is_told_by_its_members(content):
    assert detect_kind("upload.json", content) == "payroll"


SAMPLES = [json.dumps(gusto()).encode(), json.dumps({**RUN, "employees": [EMPLOYEE]}).encode(), ONPAY.encode(),
           payroll(pay_line())]  # fmt: skip


@settings(max_examples=200)
@given(st.sampled_from(SAMPLES).flatmap(damaged))
def test_damage_never_raises_and_every_line_is_a_row_or_a_refusal(content):
    batch = reader.read([source(content)])
    assert_conserved(batch, CONTROL)
    for file in rows_of(batch, "files"):
        if file["status"] == "loaded":
            wrong = [f for f in rows_of(batch, "findings") if f["severity"] == "error" and f["code"] != "untied_pay"]
            assert file["record_count"] == len(batch.rows["pay_lines"]) + len(wrong)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("12.00"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["data", "headers", "rows", "employees", "taxes", "payPeriod", "grossPay", "id"]), inner),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=200)
@given(JSON, JSON, st.booleans())
def test_json_of_any_shape_is_read_or_quarantined(one, other, is_gusto):
    value = (
        {"ledger_description": one, "check_date": "2026-03-06", "data": other}
        if is_gusto
        else {"runState": "PAID", "checkDate": "2026-03-06", "employees": one, "payPeriod": other}
    )
    _read(value)
    _read({"payroll_runs": one, "employees": other})
