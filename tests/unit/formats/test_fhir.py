"""FHIR R4: charges from Claims and ChargeItems, what payers say, and what other resources are needed for."""

from __future__ import annotations

import datetime as dt
import io
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.format_examples import assert_conserved, charged, codes_of, damaged, only, reading, rows_of, source

from orchestration.formats.fhir import reader as fhir

if TYPE_CHECKING:
    from pathlib import Path

CPT = "http://www.ama-assn.org/go/cpt"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"


def usd(value: object) -> dict[str, Any]:
    return {"value": value, "currency": "USD"}


def concept(code: str, system: str = CPT) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def item(sequence: int = 1, net: object = 150.25, code: str = "99213", **more: Any) -> dict[str, Any]:
    priced = {} if net is None else {"net": usd(net)}
    return {"sequence": sequence, "productOrService": concept(code), "servicedDate": "2026-01-10", **priced, **more}


def claim(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Claim",
        "id": "c1",
        "status": "active",
        "use": "claim",
        "identifier": [{"value": "PCN1"}],
        "patient": {"reference": "Patient/p1"},
        "created": "2026-01-11T08:30:00-05:00",
        "provider": {"reference": "Practitioner/dr"},
        "insurance": [{"focal": True, "coverage": {"reference": "Coverage/cov", "display": "SYNTH HEALTH"}}],
        "item": list(items or (item(),)),
        **more,
    }


def charge_item(**more: Any) -> dict[str, Any]:
    return {
        "resourceType": "ChargeItem",
        "id": "ci1",
        "status": "billable",
        "code": concept("71046"),
        "subject": {"reference": "Patient/p1"},
        "context": {"reference": "Encounter/e1"},
        "occurrenceDateTime": "2026-01-10T09:00:00Z",
        "enteredDate": "2026-01-10T17:00:00Z",
        "performer": [{"actor": {"reference": "Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|1234567893"}}],
        "priceOverride": usd(88.5),
        **more,
    }


EXPLANATION = {
    "resourceType": "ExplanationOfBenefit",
    "id": "eob1",
    "status": "active",
    "use": "claim",
    "outcome": "complete",
    "claim": {"reference": "Claim/c1"},
    "patient": {"reference": "Patient/p1"},
    "insurer": {"display": "SYNTH HEALTH"},
    "created": "2026-02-01",
    "payment": {"date": "2026-02-03", "amount": usd(80)},
    "item": [
        {
            "sequence": 1,
            "productOrService": concept("99213"),
            "servicedDate": "2026-01-10",
            "adjudication": [
                {"category": concept("submitted"), "amount": usd(150.25)},
                {"category": concept("https://example.org/line_nch_pmt_amt"), "amount": usd(80)},
                {"category": concept("discount"), "amount": usd(50.25)},
            ],
        }
    ],
}


def ndjson(*resources: object) -> bytes:
    return b"".join(json.dumps(resource).encode() + b"\n" for resource in resources)


def bundle(*resources: object, indent: int | None = None) -> bytes:
    whole = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in resources]}
    return json.dumps(whole, indent=indent).encode()


read = reading(fhir.read, charged)


def charges(batch: Any) -> list[dict[str, Any]]:
    return [row for row in rows_of(batch, "transactions") if row["transaction_type"] == "CHARGE"]


def test_a_claim_item_is_a_charge_with_everything_the_ledger_asks():
    body = item(
        net=150.25,
        modifier=[concept("25", "m"), concept("59", "m")],
        quantity={"value": 2},
        diagnosisSequence=[2],
        locationCodeableConcept=concept("11", "https://www.cms.gov/Medicare/Coding/place-of-service-codes"),
        careTeamSequence=[7],
    )
    batch = read(
        ndjson(
            claim(
                body,
                diagnosis=[
                    {"sequence": 1, "diagnosisCodeableConcept": concept("J02.9", ICD)},
                    {"sequence": 2, "diagnosisCodeableConcept": concept("G47.33", ICD)},
                ],
                careTeam=[{"sequence": 7, "provider": {"reference": "Practitioner/rendering"}}],
                facility={"reference": "Location/loc"},
            )
        )
    )
    row = only(batch, "transactions")
    assert codes_of(batch) == []
    expected = {
        "transaction_id": "c1-1",
        "claim_id": "PCN1",
        "patient_id": "p1",
        "transaction_type": "CHARGE",
        "bucket": "primary",
        "amount": Decimal("150.25"),
        "code_system": "CPT",
        "procedure_code": "99213",
        "modifier_1": "25",
        "modifier_2": "59",
        "modifier_3": None,
        "units": Decimal(2),
        "diagnosis_codes": "G47.33",
        "place_of_service_code": "11",
        "rendering_provider_id": "rendering",
        "location_id": "loc",
        "payer_id": "cov",
        "payer_name": "SYNTH HEALTH",
        "service_date": dt.date(2026, 1, 10),
        "post_date": dt.date(2026, 1, 11),
        "void_date": None,
    }
    assert {name: row[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("body", "amount"),
    [
        pytest.param({"unitPrice": usd(10.01), "quantity": {"value": 3}}, "30.03", id="unit price times quantity"),
        pytest.param({"unitPrice": usd(10), "factor": 0.5}, "5.00", id="times factor"),
        pytest.param({"net": usd(0)}, "0.00", id="nothing"),
        pytest.param({"net": usd(-12.5)}, "-12.50", id="a credit"),
        pytest.param({"net": usd(1234567890123.45)}, "1234567890123.45", id="large, to the cent"),
    ],
)
def test_an_item_is_worth_its_net_or_price_times_units(body, amount):
    batch = read(ndjson(claim({**item(net=None), **body})))
    assert only(batch, "transactions")["amount"] == Decimal(amount)


@pytest.mark.parametrize("where", ["security", "tag"])
def test_a_resource_labelled_as_test_data_is_told_apart(where):
    labelled = {"meta": {where: [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST"}]}}
    batch = read(ndjson(claim(**labelled), charge_item(), charge_item(id="ci2", **labelled)))
    profiles = [row["profile"] == "fhir_test" for row in rows_of(batch, "transactions")]
    assert profiles == [True, False, True]
    assert codes_of(batch).count("test_message") == 2


def test_an_amount_keeps_every_digit_it_is_written_with():
    content = ndjson(claim(item(net=1))).replace(b'"value": 1,', b'"value": 9007199254740993.01,')
    assert only(read(content), "transactions")["amount"] == Decimal("9007199254740993.01")


def test_the_dust_of_binary_arithmetic_is_taken_off_and_said():
    batch = read(ndjson(claim(item(net=68.44000000000001))))
    assert only(batch, "transactions")["amount"] == Decimal("68.44")
    assert codes_of(batch) == ["binary_fraction"]


@pytest.mark.parametrize(
    ("net", "code"),
    [
        pytest.param(usd("12.00"), "unreadable_amount", id="text"),
        pytest.param(usd(1.005), "unreadable_amount", id="half a cent"),
        pytest.param(usd(1e30), "unreadable_amount", id="more than money can be"),
        pytest.param({"value": 5, "currency": "EUR"}, "foreign_currency", id="euros"),
    ],
)
def test_an_item_with_an_unreadable_price_is_refused_and_its_neighbours_are_not(net, code):
    batch = read(ndjson(claim({**item(1), "net": net}, item(2, 100), total=usd(250.25))))
    assert [row["transaction_id"] for row in charges(batch)] == ["c1-2"]
    assert codes_of(batch) == [code]
    assert only(batch, "files")["quarantined_amount"] == Decimal("150.25")


def test_one_item_without_a_price_is_worth_what_the_others_leave_of_the_total():
    batch = read(ndjson(claim(item(1, None), item(2, 136), total=usd(272.8))))
    assert {row["transaction_id"]: row["amount"] for row in charges(batch)} == {
        "c1-1": Decimal("136.80"),
        "c1-2": Decimal("136.00"),
    }
    assert {row["amount_source"] for row in rows_of(batch, "charge_lines")} == {"claim_total", "net"}


def test_items_without_prices_become_one_charge_without_a_code():
    batch = read(ndjson(claim(item(1, None), item(2, None, "J3301"), item(3, 10), total=usd(100))))
    rows = {row["transaction_id"]: row for row in charges(batch)}
    assert {key: row["amount"] for key, row in rows.items()} == {"c1-3": Decimal(10), "c1-total": Decimal(90)}
    assert rows["c1-total"]["procedure_code"] is None
    assert codes_of(batch) == ["unitemised_total"]


def test_items_that_do_not_add_up_to_the_total_are_refused_with_the_arithmetic():
    batch = read(ndjson(claim(item(1, 100), item(2, 51), total=usd(150)), claim(id="c2")))
    assert [row["transaction_id"] for row in charges(batch)] == ["c2-1"]
    finding = only(batch, "findings")
    assert (finding["code"], finding["line_number"], finding["amount"]) == ("claim_total_mismatch", 1, Decimal(150))
    assert "151.00" in finding["message"]
    assert only(batch, "files")["quarantined_amount"] == Decimal(150)


def test_items_without_price_and_total_are_loaded_without_an_amount():
    batch = read(ndjson(claim(item(1, None), item(2, None))))
    assert [row["amount"] for row in charges(batch)] == [None, None]


def test_a_cancelled_claim_is_the_charge_and_a_credit_on_the_day_it_was_cancelled():
    batch = read(ndjson(claim(status="cancelled", meta={"lastUpdated": "2026-03-05T10:00:00Z"})))
    charge, credit = charges(batch)
    assert (charge["transaction_id"], charge["amount"]) == ("c1-1", Decimal("150.25"))
    assert (credit["transaction_id"], credit["amount"]) == ("c1-1-void", Decimal("-150.25"))
    assert (credit["parent_charge_id"], credit["post_date"]) == ("c1-1", dt.date(2026, 3, 5))
    assert (credit["service_date"], credit["procedure_code"]) == (charge["service_date"], "99213")
    assert only(batch, "files")["in_amount"] == 0


def test_a_cancelled_claim_that_does_not_say_when_is_voided_when_posted_and_named():
    batch = read(ndjson(claim(status="entered-in-error")))
    assert charges(batch)[1]["post_date"] == dt.date(2026, 1, 11)
    assert "missing_void_date" in codes_of(batch)


@pytest.mark.parametrize(
    "more",
    [{"status": "draft"}, {"use": "preauthorization"}, {"use": "predetermination"}, {"status": "later"}],
    ids=str,
)
def test_what_is_not_billed_is_kept_and_is_no_charge(more):
    batch = read(ndjson(claim(**more)))
    assert charges(batch) == []
    assert len(rows_of(batch, "claims")) == 1


def test_a_charge_item_is_a_charge():
    row = only(read(ndjson(charge_item())), "transactions")
    assert (row["profile"], row["transaction_id"], row["amount"]) == ("fhir_charge_item", "ci1", Decimal("88.50"))
    assert (row["rendering_provider_id"], row["procedure_code"]) == ("1234567893", "71046")
    assert row["service_date"] == row["post_date"] == dt.date(2026, 1, 10)


def test_a_charge_item_without_a_price_waits_for_the_fee_schedule():
    batch = read(ndjson(charge_item(priceOverride=None)))
    assert only(batch, "transactions")["amount"] is None
    assert codes_of(batch) == ["unpriced"]


@pytest.mark.parametrize("status", ["entered-in-error", "aborted", "not-billable"])
def test_a_charge_item_that_is_taken_back_nets_to_nothing(status):
    batch = read(ndjson(charge_item(status=status, meta={"lastUpdated": "2026-02-01T00:00:00Z"})))
    assert sum(row["amount"] for row in charges(batch)) == 0
    assert len(charges(batch)) == 2


def test_a_planned_charge_item_is_no_charge():
    batch = read(ndjson(charge_item(status="planned")))
    assert (charges(batch), codes_of(batch)) == ([], ["not_billed"])


def test_charge_lines_say_which_encounter_and_where_the_price_comes_from():
    batch = read(ndjson(charge_item(), claim(item(encounter=[{"reference": "Encounter/e2"}]), item(2, 1))))
    found = [
        (r["encounter_id"], r["amount_source"], r["transaction_line_number"]) for r in rows_of(batch, "charge_lines")
    ]
    assert found == [("e1", "price_override", 1), ("e2", "net", 2), ("e2", "net", 3)]


def test_an_explanation_of_benefit_is_payments_and_discounts_by_item_and_keeps_every_adjudication():
    batch = read(ndjson(EXPLANATION))
    found = {
        (r["transaction_type"], r["amount"], r["parent_charge_id"], r["reason"]) for r in rows_of(batch, "transactions")
    }
    assert found == {
        ("PAYMENT", Decimal(-80), "c1-1", "benefit"),
        ("ADJUSTMENT", Decimal("-50.25"), "c1-1", "discount"),
    }
    kept = {row["category_code"]: row["adjudicated_amount"] for row in rows_of(batch, "adjudications")}
    assert kept == {"submitted": Decimal("150.25"), "line_nch_pmt_amt": Decimal(80), "discount": Decimal("50.25")}
    assert only(batch, "files")["in_amount"] == 0


def test_a_payment_that_is_not_split_by_item_is_one_payment():
    row = only(read(ndjson({**EXPLANATION, "item": []})), "transactions")
    assert (row["transaction_type"], row["amount"], row["post_date"]) == ("PAYMENT", Decimal(-80), dt.date(2026, 2, 3))


def test_reference_resources_become_one_row_each():
    npi = [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "1234567893"}]
    batch = read(
        ndjson(
            {
                "resourceType": "Patient",
                "id": "p",
                "birthDate": "1980-02-03",
                "name": [{"family": "D", "given": ["J"]}],
            },
            {"resourceType": "Coverage", "id": "v", "payor": [{"reference": "Organization/o"}], "subscriberId": "M1"},
            {
                "resourceType": "Encounter",
                "id": "e",
                "class": {"code": "AMB"},
                "period": {"start": "2026-01-10T08:00:00Z"},
            },
            {"resourceType": "Practitioner", "id": "d", "identifier": npi, "active": True},
            {"resourceType": "PractitionerRole", "id": "r", "practitioner": {"reference": "Practitioner/d"}},
            {"resourceType": "Organization", "id": "o", "name": "SYNTH HEALTH", "type": [concept("pay")]},
            {"resourceType": "Location", "id": "l", "managingOrganization": {"identifier": {"value": "o"}}},
        )
    )
    assert only(batch, "patients")["birth_date"] == dt.date(1980, 2, 3)
    assert (only(batch, "coverages")["payer_id"], only(batch, "coverages")["member_id"]) == ("o", "M1")
    assert (only(batch, "encounters")["class_code"], only(batch, "encounters")["start_date"]) == (
        "AMB",
        dt.date(2026, 1, 10),
    )
    assert (only(batch, "practitioners")["npi"], only(batch, "practitioners")["is_active"]) == ("1234567893", True)
    assert only(batch, "practitioner_roles")["practitioner_id"] == "d"
    assert (only(batch, "organizations")["organization_name"], only(batch, "organizations")["type_code"]) == (
        "SYNTH HEALTH",
        "pay",
    )
    assert only(batch, "locations")["organization_id"] == "o"


WAYS = {
    "NDJSON": ndjson(claim(), charge_item()),
    "NDJSON with a mark, blank lines and returns": b"\xef\xbb\xbf\r\n"
    + ndjson(claim(), charge_item()).replace(b"\n", b"\r\n\r\n"),
    "UTF-16": ndjson(claim(), charge_item()).decode().encode("utf-16"),
    "a Bundle": bundle(claim(), charge_item()),
    "a Bundle over many lines": bundle(claim(), charge_item(), indent=2),
    "a Bundle on a line of NDJSON": bundle(claim()) + b"\n" + ndjson(charge_item()),
    "an array": json.dumps([claim(), charge_item()], indent=1).encode(),
    "resources one after the other": json.dumps(claim(), indent=1).encode()
    + b"\n"
    + json.dumps(charge_item(), indent=1).encode(),
}


@pytest.mark.parametrize("content", WAYS.values(), ids=WAYS.keys())
def test_the_same_resources_give_the_same_ledger_however_they_are_packed(content):
    batch = read(content)
    assert only(batch, "files")["status"] == "loaded"
    assert [(r["transaction_id"], r["amount"]) for r in rows_of(batch, "transactions")] == [
        ("c1-1", Decimal("150.25")),
        ("ci1", Decimal("88.50")),
    ]


def parquet(rows: list[dict[str, Any]]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out)
    return out.getvalue()


def _without_type(resource: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in resource.items() if name != "resourceType"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("part-0000.parquet", parquet([claim(), claim(id="c2")]), id="with resourceType"),
        pytest.param(
            "Claim.parquet", parquet([_without_type(claim()), _without_type(claim(id="c2"))]), id="by its name"
        ),
        pytest.param(
            "part-0000.parquet",
            parquet([_without_type(claim(billablePeriod={"start": "2026-01-10"}, id=i)) for i in ("c1", "c2")]),
            id="by its columns",
        ),
        pytest.param("x", parquet([{"resource": json.dumps(claim(id=i))} for i in ("c1", "c2")]), id="as JSON text"),
    ],
)
def test_parquet_of_a_lakehouse_gives_the_same_ledger(name, content):
    batch = read(content, name)
    assert [(r["transaction_id"], r["amount"]) for r in rows_of(batch, "transactions")] == [
        ("c1-1", Decimal("150.25")),
        ("c2-1", Decimal("150.25")),
    ]


def test_parquet_of_something_else_is_quarantined_and_says_so():
    assert only(read(parquet([{"a": 1}])), "files")["reason_code"] == "unknown_layout"
    assert only(read(parquet([{"a": 1}])[:-9]), "files")["reason_code"] == "unreadable_parquet"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "empty_file", id="nothing"),
        pytest.param(b" \n\x00", "empty_file", id="blanks"),
        pytest.param(bundle(claim())[:-40], "truncated", id="a Bundle cut short"),
        pytest.param(
            bundle(claim(), indent=1).replace(b'"entry"', b'entry"'), "unreadable_json", id="a Bundle damaged"
        ),
        pytest.param(bundle(), "no_resource", id="a Bundle of nothing"),
        pytest.param(b'{"a": 1}\n{"a": 2}\n', "not_fhir", id="JSON that is no FHIR"),
        pytest.param(b"[" * 100_000, "unreadable_json", id="nested without end"),
        pytest.param(b"\xff\xfe\x00\xd8", "undecodable_text", id="half UTF-16"),
    ],
)
def test_a_file_that_cannot_be_taken_apart_is_quarantined_whole(content, reason):
    assert only(read(content), "files")["reason_code"] == reason


def test_a_damaged_line_is_refused_and_the_others_are_loaded():
    lines = ndjson(claim(), claim(id="c2"), claim(id="c3")).splitlines(keepends=True)
    batch = read(lines[0] + lines[1][:50] + b"\n" + b'{"id": "x"}\n' + b'{"resourceType": "Claim"}\n' + lines[2])
    assert [row["transaction_id"] for row in charges(batch)] == ["c1-1", "c3-1"]
    found = [(row["code"], row["line_number"]) for row in rows_of(batch, "findings")]
    assert found == [("unreadable_json", 2), ("no_resource", 3), ("missing_id", 4)]


def test_a_deletion_is_named_and_changes_nothing():
    content = json.dumps(
        {
            "resourceType": "Bundle",
            "entry": [{"request": {"method": "DELETE", "url": "Claim/1"}}, {"resource": claim()}],
        }
    ).encode()
    batch = read(content)
    assert (codes_of(batch), len(charges(batch))) == (["deleted_resource"], 1)


def test_resources_of_other_types_are_counted_by_name_and_not_read():
    batch = read(ndjson({"resourceType": "Observation", "id": "1"}, {"resourceType": "Jane Doe 1980", "id": "2"}))
    assert [row["is_read"] for row in rows_of(batch, "resources")] == [False, False]
    messages = " ".join(row["message"] for row in rows_of(batch, "findings"))
    assert "1 Observation" in messages
    assert "Jane" not in messages


def test_no_message_holds_a_value_of_the_file():
    secret = claim(item(net="SECRET"), id="SECRET", patient={"reference": "Patient/SECRET"}, status="SECRET")
    batch = read(ndjson(secret, claim(item(net={"value": "SECRET"}), total=usd("SECRET"), id="x")) + b"SECRET\n")
    assert batch.rows["findings"]
    assert not [row for row in rows_of(batch, "findings") if "SECRET" in row["message"]]


@pytest.mark.parametrize(
    "written", ['"\\ud800"', '"a\\u0000b"', '{"a": [1]}', "[[]]", "true", "1e400", "Infinity", "-0", "null"]
)
def test_any_value_may_stand_anywhere(written):
    for name in ("id", "status", "created", "item", "insurance", "identifier", "total", "patient", "resourceType"):
        content = json.dumps({**claim(), name: "HERE"}).replace('"HERE"', written).encode()
        read(content + b"\n" + ndjson(claim(id="c9")))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def twisted(draw: st.DrawFn) -> dict[str, Any]:
    """A good resource in which some elements, at any depth, hold any JSON."""
    resource = json.loads(
        json.dumps(draw(st.sampled_from((claim(item(), item(2, 5), total=usd(155.25)), charge_item(), EXPLANATION))))
    )
    for _ in range(draw(st.integers(1, 4))):
        node: Any = resource
        while True:
            keys = list(node) if isinstance(node, dict) else list(range(len(node)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(node[key], dict | list) and node[key] and draw(st.booleans()):
                node = node[key]
                continue
            node[key] = draw(JSON)
            break
    return resource


@settings(max_examples=200)
@given(st.lists(twisted(), min_size=1, max_size=3))
def test_any_json_in_a_resource_is_read_or_refused_and_every_record_is_accounted_for(resources):
    batch = read(ndjson(*resources))
    file = only(batch, "files")
    refused = {
        f["line_number"]
        for f in rows_of(batch, "findings")
        if f["code"]
        in {
            "no_resource",
            "missing_id",
            "repeated_sequence",
            "undecodable_text",
            "unreadable_json",
            "amount_out_of_range",
            "unreadable_amount",
            "foreign_currency",
        }
        and f["severity"] == "error"
    }
    accepted = {row["line_number"] for row in rows_of(batch, "resources")}
    assert file["record_count"] == len(resources)
    assert file["status"] == "quarantined" or accepted | refused == set(range(1, len(resources) + 1))


@settings(max_examples=150)
@given(
    damaged(ndjson(claim(item(), item(2, 5), total=usd(155.25)), charge_item(), EXPLANATION))
    | damaged(bundle(claim(), charge_item(), indent=1))
)
def test_damage_never_raises_and_never_loses_money(content):
    read(content)


@settings(max_examples=60)
@given(damaged(parquet([claim(), claim(id="c2")])))
def test_damaged_parquet_never_raises(content):
    read(content)


@settings(max_examples=100)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_quarantined(content):
    for body in (content, b'{"resourceType":' + content, b"PAR1" + content):
        read(body)


@settings(max_examples=60)
@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=6))
def test_cents_survive_the_way_through_json(cents):
    items = [item(n, cent / 100) for n, cent in enumerate(cents, start=1)]
    batch = read(ndjson(claim(*items, total=usd(sum(cents) / 100))))
    assert [row["amount"] for row in charges(batch)] == [Decimal(cent) / 100 for cent in cents]


@pytest.mark.shared
def test_every_public_sample_is_loaded(shared: Path):
    files = sorted(
        [
            *(shared / "samples" / "ehr" / "fhir_synthea").iterdir(),
            *(shared / "samples" / "ehr" / "fhir_synthea_shared").iterdir(),
        ]
    )
    batch = fhir.read([source(file.read_bytes(), file.name) for file in files])
    assert_conserved(batch, charged)
    assert {row["status"] for row in rows_of(batch, "files")} == {"loaded"}
    claims = next(row for row in rows_of(batch, "files") if row["file_name"] == "Claim.ndjson")
    # 28 of 30 claims; two say a total that is less than their items
    assert (claims["in_amount"], claims["quarantined_amount"]) == (Decimal("16507.83"), Decimal("1680.40"))
    assert codes_of(batch).count("claim_total_mismatch") == 2
    assert len(rows_of(batch, "practitioners")) == 47
