import datetime as dt
from collections import Counter
from decimal import Decimal

from orchestration.core.ids import is_npi
from orchestration.synthetic.workdays import is_open
from orchestration.synthetic.writers.generic_csv import HEADER


def test_nobody_is_seen_on_weekends_and_holidays(practice):
    days = {dt.date.fromisoformat(row["service_date"]) for row in practice.rows("charges")}
    assert len(days) > 80
    assert all(is_open(day) for day in days)
    assert dt.date(2025, 11, 27) not in days


def test_every_export_has_the_agreed_header_and_holds_its_own_day_only(practice):
    for name, text in practice.texts("charges").items():
        lines = text.splitlines()
        assert lines[0] == HEADER
        assert len(lines) > 1
        assert is_open(dt.date.fromisoformat(name.removeprefix("charges_").removesuffix(".csv")))
    for row in practice.rows("charges"):
        assert None not in row
        assert 0 <= (dt.date.fromisoformat(row["post_date"]) - dt.date.fromisoformat(row["service_date"])).days <= 150


def test_charges_are_posted_within_a_day_as_a_rule(practice):
    lags = [
        (dt.date.fromisoformat(row["post_date"]) - dt.date.fromisoformat(row["service_date"])).days
        for row in practice.rows("charges")
        if row["transaction_type"] == "CHARGE"
    ]
    assert sum(lag == 0 for lag in lags) / len(lags) > 0.6
    assert max(lags) <= 8


def test_a_payment_pays_an_earlier_charge_and_never_more_than_it(practice):
    rows = practice.rows("charges")
    charges = {row["transaction_id"]: row for row in rows if row["transaction_type"] == "CHARGE"}
    payments = [row for row in rows if row["transaction_type"] == "PAYMENT"]
    assert len({row["transaction_id"] for row in rows}) == len(rows)
    assert len(charges) + len(payments) == len(rows)
    paid: Counter = Counter()
    for row in payments:
        charge = charges[row["parent_transaction_id"]]
        assert charge["claim_id"] == row["claim_id"]
        assert charge["post_date"] <= row["post_date"]
        assert (row["payer_id"], Decimal(row["amount"]) < 0) == ("", True)
        paid[row["parent_transaction_id"]] -= Decimal(row["amount"])
    assert all(amount <= Decimal(charges[key]["amount"]) for key, amount in paid.items())
    assert len(payments) > 500


def test_codes_modifiers_and_providers_are_what_readers_expect(practice):
    charges = [row for row in practice.rows("charges") if row["transaction_type"] == "CHARGE"]
    assert all(is_npi(row["rendering_provider_npi"]) for row in charges)
    assert all(len(row["procedure_code"]) == 5 for row in charges)
    assert {"", "25", "26", "TC", "59"} <= {row["modifiers"] for row in charges}
    assert {"11", "10", "22"} == {row["place_of_service"] for row in charges}
    assert all(Decimal(row["amount"]) > 0 and int(row["units"]) >= 1 for row in charges)
    assert all(len(set(row["diagnosis_codes"].split(";"))) == row["diagnosis_codes"].count(";") + 1 for row in charges)
    lines_a_visit = len(charges) / len({row["claim_id"] for row in charges})
    assert 2.1 < lines_a_visit < 2.7


def test_the_manifest_knows_what_was_charged_and_received(practice):
    rows = practice.rows("charges")
    charged = sum(Decimal(row["amount"]) for row in rows if row["transaction_type"] == "CHARGE")
    received = -sum(Decimal(row["amount"]) for row in rows if row["transaction_type"] == "PAYMENT")
    assert f"{charged:.2f}" == practice.manifest["control_totals"]["ehr"]
    assert f"{received:.2f}" == practice.manifest["amounts"]["patient_paid_amount"]
    assert practice.manifest["counts"]["charge_lines"] == sum(row["transaction_type"] == "CHARGE" for row in rows)
    months = practice.manifest["by_month"].values()
    voided = sum(Decimal(row["amount"]) for row in rows if row["void_date"])
    assert sum(Decimal(month.get("charged_amount", "0")) for month in months) == charged - voided
    assert f"{voided:.2f}" == practice.manifest["amounts"]["voided_amount"] != "0.00"
