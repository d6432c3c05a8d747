"""A practice that is changing over: several systems send charges, and every charge comes once."""

import datetime as dt
from collections import Counter
from decimal import Decimal

import pytest

from orchestration.core.ids import file_id
from orchestration.core.tables import SourceFile
from orchestration.formats.exports import reader as exports
from orchestration.formats.fhir import reader as fhir
from orchestration.formats.hl7 import reader as hl7
from orchestration.synthetic.entities import PRACTICE, changing_over
from orchestration.synthetic.generate import generate

LANDED_AT = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
START = dt.date(2026, 1, 1)
READERS = {
    "ehr": (exports.read, ("charges_", "athena_")),
    "hl7": (hl7.read, ("adt_", "dft_", "siu_")),
    "fhir": (fhir.read, ("Claim_", "Coverage_", "Encounter_", "Patient_", "ExplanationOfBenefit_")),
}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    out = tmp_path_factory.mktemp("mixed")
    # the first month is before the systems were connected
    manifest = generate(out, providers=4, start=START, days=75, seed=9, entity=changing_over(PRACTICE))
    return manifest, sorted((out / "inbox").iterdir())


def read(mixed, source):
    reader, prefixes = READERS[source]
    for path in mixed[1]:
        if path.name.startswith(prefixes):
            content = path.read_bytes()
            batch = reader([SourceFile(file_id(content), path.name, content, LANDED_AT)])
            yield {name: table.to_pylist() for name, table in batch.to_arrow().items()}


def test_what_each_system_sends_is_its_control_total_and_all_of_them_are_every_charge(mixed):
    manifest = mixed[0]
    came_in = {
        source: sum((row["in_amount"] for tables in read(mixed, source) for row in tables["files"]), Decimal(0))
        for source in READERS
    }
    assert came_in == {source: manifest.control_totals[source] for source in READERS}
    assert all(came_in.values())
    voided = sum(
        row["amount"] for tables in read(mixed, "ehr") for row in tables["transactions"]
        if row["transaction_type"] == "CHARGE" and row["void_date"] is not None
    )  # fmt: skip
    assert sum(came_in.values()) - voided == manifest.amounts["charged_amount"]


def test_a_charge_comes_once_and_every_payment_of_a_patient_by_the_desk(mixed):
    charges = Counter()
    paid = Decimal(0)
    for source in READERS:
        for tables in read(mixed, source):
            for row in tables["transactions"]:
                if row["transaction_type"] == "CHARGE" and row["amount"] > 0:
                    # FHIR names a charge by its claim and the item's place
                    charges[row["transaction_id"].replace("-", "")] += 1
                elif source == "ehr" and row["profile"] == "generic":
                    paid -= row["amount"]
    assert set(charges.values()) == {1}
    assert paid == mixed[0].amounts["patient_paid_amount"]


def test_the_clearinghouse_is_heard_in_the_last_month_only(mixed):
    names = {path.name.split("_")[0] for path in mixed[1]}
    assert {"claims", "ack"} <= names
    assert {path.name[-12:-4][:6] for path in mixed[1] if path.name.startswith("claims_")} == {"202603"}
