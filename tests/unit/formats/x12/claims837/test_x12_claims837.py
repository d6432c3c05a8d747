"""Claims as they were submitted: what a remittance and an acknowledgement will name, read from 837 P, I and D."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.format_examples import assert_conserved, codes_of, damaged, header, join, only, rows_of, source, sum_of

from orchestration.formats.x12.claims837 import reader as claims837

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CONTROL = sum_of("claims", "charged_amount")
TOP = (
    "BHT*0019*00*BATCH7*20260301*1200*CH",
    "NM1*41*2*SYNTH BILLING*****46*SUB1",
    "PER*IC*SOMEONE*TE*5551234",
    "NM1*40*2*SYNTH CLEARING*****46*REC1",
    "HL*1**20*1",
    "PRV*BI*PXC*207Q00000X",
    "NM1*85*2*SYNTH CLINIC*****XX*1234567893",
    "N3*1 MAIN",
    "N4*BOSTON*MA*02101",
    "REF*EI*123456789",
)
SUBSCRIBER = (
    "HL*2*1*22*0",
    "SBR*P*18*GRP9******CI",
    "NM1*IL*1*DOE*JANE****MI*W1",
    "DMG*D8*19800203*F",
    "NM1*PR*2*SYNTH HEALTH*****PI*60054",
)
PATIENT = ("HL*3*2*23*0", "PAT*19", "NM1*QC*1*DOE*JIM", "DMG*D8*20150102*M")
CLAIM = (
    "CLM*P1*150***11:B:1*Y*A*Y*Y",
    "REF*D9*CH77",
    "HI*ABK:J029*ABF:G4733",
    "NM1*82*1*ROE*RICHARD****XX*1234567893",
)
LINES = (
    "LX*1",
    "SV1*HC:99213:25:59*100*UN*1*11**1:2",
    "DTP*472*D8*20260110",
    "REF*6R*L1",
    "LX*2",
    "SV1*HC:87880*50*UN*2***2",
    "DTP*472*RD8*20260110-20260112",
    "REF*6R*L2",
)


def claims(*segments: str, version: str = "005010X222A1", top: Sequence[str] = TOP, usage: str = "P") -> bytes:
    """One 837 in its envelope, with right counts; without segments one claim of two lines."""
    inner = [*top, *(segments or (*SUBSCRIBER, *CLAIM, *LINES))]
    return join(
        [
            header(usage=usage),
            f"GS*HC*CLINIC*PAYER*20260301*1200*77*X*{version}",
            f"ST*837*0001*{version}",
            *inner,
            f"SE*{len(inner) + 2}*0001",
            "GE*1*77",
            "IEA*1*000000001",
        ]
    )


def read(content: bytes) -> Any:
    batch = claims837.read([source(content)])
    assert_conserved(batch, CONTROL)
    return batch


def test_a_claim_carries_what_a_remittance_and_an_acknowledgement_will_name():
    batch = read(claims())
    assert codes_of(batch) == []
    transaction, claim = only(batch, "transactions"), only(batch, "claims")
    expected = {
        "interchange_control_number": "000000001",
        "group_control_number": "77",
        "control_number": "0001",
        "batch_reference": "BATCH7",
        "claim_type": "professional",
        "submitter_id": "SUB1",
        "receiver_id": "REC1",
        "claim_count": 1,
        "service_line_count": 2,
        "charged_amount": Decimal(150),
    }
    assert {name: transaction[name] for name in expected} == expected
    expected = {
        "patient_control_number": "P1",
        "charged_amount": Decimal(150),
        "line_charged_amount": Decimal(150),
        "is_balanced": True,
        "facility_code": "11",
        "frequency_code": "1",
        "payer_responsibility_code": "P",
        "claim_filing_code": "CI",
        "group_id": "GRP9",
        "payer_name": "SYNTH HEALTH",
        "payer_id": "60054",
        "member_id": "W1",
        "patient_last_name": "DOE",
        "patient_first_name": "JANE",
        "patient_birth_date": dt.date(1980, 2, 3),
        "billing_provider_npi": "1234567893",
        "billing_tax_id": "123456789",
        "rendering_provider_npi": "1234567893",
        "service_from_date": dt.date(2026, 1, 10),
        "service_to_date": dt.date(2026, 1, 12),
        "transmission_reference": "CH77",
        "service_line_count": 2,
    }
    assert {name: claim[name] for name in expected} == expected


def test_a_line_carries_its_control_number_its_split_procedure_and_the_codes_it_points_to():
    first, second = rows_of(read(claims()), "service_lines")
    expected = {
        "procedure_code": "99213",
        "modifier_1": "25",
        "modifier_2": "59",
        "modifier_3": None,
        "charged_amount": Decimal(100),
        "units": Decimal(1),
        "place_of_service_code": "11",
        "diagnosis_pointers": "1;2",
        "diagnosis_codes": "J029;G4733",
        "service_from_date": dt.date(2026, 1, 10),
        "line_control_number": "L1",
        "rendering_provider_npi": "1234567893",
    }
    assert {name: first[name] for name in expected} == expected
    # a line without a place of its own is where the claim is
    assert (second["place_of_service_code"], second["service_to_date"]) == ("11", dt.date(2026, 1, 12))


def test_a_patient_who_is_not_the_subscriber_is_the_patient_of_the_claim_and_only_of_it():
    batch = read(claims(*SUBSCRIBER, *PATIENT, *CLAIM, *LINES, "HL*4*1*22*0", *SUBSCRIBER[1:], *CLAIM, *LINES))
    found = [(row["patient_first_name"], row["subscriber_first_name"]) for row in rows_of(batch, "claims")]
    assert found == [("JIM", "JANE"), ("JANE", "JANE")]


def test_an_institutional_claim_has_revenue_codes_statement_dates_and_a_type_of_bill():
    batch = read(
        claims(
            *SUBSCRIBER,
            "CLM*I1*225***13:A:1***Y*Y",
            "DTP*434*RD8*20260101-20260103",
            "DTP*435*DT*202601010800",
            "HI*BK:9223*BF:8472",
            "HI*BH:A3:D8:20260101*BE:80:::12.5",
            "NM1*71*1*ZEUSS*THEO****XX*1234567893",
            "LX*1",
            "SV2*0450*HC:98765*75*UN*1",
            "LX*2",
            "SV2*0320**150*DA*2",
            version="005010X223A2",
        )
    )
    claim = only(batch, "claims")
    assert (claim["facility_code"], claim["facility_qualifier"]) == ("13", "A")
    assert (claim["service_from_date"], claim["service_to_date"]) == (dt.date(2026, 1, 1), dt.date(2026, 1, 3))
    assert (claim["admission_date"], claim["rendering_provider_npi"]) == (dt.date(2026, 1, 1), "1234567893")
    lines = rows_of(batch, "service_lines")
    assert [(row["revenue_code"], row["procedure_code"], row["units"]) for row in lines] == [
        ("0450", "98765", Decimal(1)),
        ("0320", None, Decimal(2)),
    ]
    # a type of bill is no place of service
    assert {row["place_of_service_code"] for row in lines} == {None}
    assert [row["code_version"] for row in rows_of(batch, "diagnoses")] == ["ICD-9-CM", "ICD-9-CM"]
    codes = [
        (row["qualifier"], row["code"], row["code_date"], row["code_amount"]) for row in rows_of(batch, "claim_codes")
    ]
    assert codes == [("BH", "A3", dt.date(2026, 1, 1), None), ("BE", "80", None, Decimal("12.50"))]


def test_a_dental_claim_takes_its_date_from_the_claim_and_keeps_its_teeth():
    batch = read(
        claims(
            *SUBSCRIBER,
            "CLM*D1*150***11:B:1*Y*A*Y*I",
            "DTP*472*D8*20260110",
            "LX*1",
            "SV3*AD:D2150*100****1",
            "TOO*JP*12*M:O",
            "TOO*JP*13*M",
            "LX*2",
            "SV3*AD:D1110*50****1",
            version="005010X224A2",
        )
    )
    assert only(batch, "transactions")["claim_type"] == "dental"
    lines = rows_of(batch, "service_lines")
    assert [(row["procedure_code"], row["tooth_codes"], row["units"]) for row in lines] == [
        ("D2150", "12;13", Decimal(1)),
        ("D1110", None, Decimal(1)),
    ]
    assert {row["service_from_date"] for row in lines} == {dt.date(2026, 1, 10)}


def test_another_payers_decision_is_kept_apart_from_the_claim():
    batch = read(
        claims(
            *SUBSCRIBER,
            *CLAIM,
            "SBR*S*01*******12",
            "CAS*PR*1*21.89**2*15",
            "AMT*D*39.15",
            "AMT*EAF*36.89",
            "NM1*IL*1*DOE*JO****MI*J1",
            "NM1*PR*2*OTHER PAYER*****PI*999",
            "REF*F8*THEIRS",
            *LINES[:3],
            "SVD*999*40*HC:99213**1",
            "CAS*CO*45*3",
            "DTP*573*D8*20260215",
            *LINES[4:],
        )
    )
    claim, other, said = only(batch, "claims"), only(batch, "other_payers"), only(batch, "line_adjudications")
    assert (claim["payer_id"], claim["member_id"], claim["original_control_number"]) == ("60054", "W1", None)
    assert (other["payer_id"], other["paid_amount"], other["remaining_liability_amount"]) == (
        "999",
        Decimal("39.15"),
        Decimal("36.89"),
    )
    assert (said["service_line_number"], said["paid_amount"], said["adjudicated_date"]) == (1, 40, dt.date(2026, 2, 15))
    found = [
        (row["service_line_number"], row["group_code"], row["reason_code"], row["adjustment_amount"])
        for row in rows_of(batch, "adjustments")
    ]
    assert found == [(None, "PR", "1", Decimal("21.89")), (None, "PR", "2", 15), (1, "CO", "45", 3)]


def test_parties_and_reference_numbers_stand_under_what_they_belong_to():
    batch = read(
        claims(*SUBSCRIBER, *CLAIM, "REF*G2*PROV7", *LINES, "NM1*82*1*LEE*ANN****XX*1234567893", "REF*G2*LINE7")
    )
    found = {(row["level"], row["entity_code"], row["party_id"]) for row in rows_of(batch, "parties")}
    assert {("transaction", "41", "SUB1"), ("billing", "85", "1234567893"), ("subscriber", "IL", "W1")} <= found
    billing = next(row for row in rows_of(batch, "parties") if row["entity_code"] == "85")
    assert (billing["state_code"], billing["postal_code"]) == ("MA", "02101")
    numbers = {
        (r["level"], r["entity_code"], r["qualifier"], r["reference_id"]) for r in rows_of(batch, "reference_numbers")
    }
    assert {
        ("billing", "85", "EI", "123456789"),
        ("claim", None, "D9", "CH77"),
        ("claim", "82", "G2", "PROV7"),
        ("line", None, "6R", "L2"),
        ("line", "82", "G2", "LINE7"),
    } <= numbers


@pytest.mark.parametrize(
    ("content", "code", "severity"),
    [
        pytest.param(
            claims(*SUBSCRIBER, CLAIM[0], *LINES[:3]), "unbalanced_claim", "warning", id="lines and claim differ"
        ),
        pytest.param(claims(*SUBSCRIBER, "CLM*P1*15O***11:B:1", *LINES), "unreadable_amount", "error", id="letter O"),
        pytest.param(
            claims(*SUBSCRIBER, "CLM**150***11:B:1", *LINES), "missing_control_number", "error", id="no CLM01"
        ),
        pytest.param(claims(*SUBSCRIBER, CLAIM[0]), "claim_without_lines", "warning", id="no line"),
        pytest.param(claims(*LINES), "misplaced_segment", "error", id="lines outside a claim"),
        pytest.param(claims("HL*9*1*99*0", *SUBSCRIBER, *CLAIM, *LINES), "unknown_level", "warning", id="level"),
        pytest.param(claims(*SUBSCRIBER, *CLAIM, *LINES, "ZZZ*1"), "unknown_segment", "warning", id="segment"),
        pytest.param(claims(*SUBSCRIBER, CLAIM[0], *LINES), "unknown_diagnosis", "warning", id="pointer"),
        pytest.param(claims(*SUBSCRIBER, *CLAIM, "LX*1", LINES[1]), "missing_service_date", "warning", id="no date"),
        pytest.param(
            claims(*SUBSCRIBER, *CLAIM, *LINES).replace(b"1234567893", b"1234567890"),
            "npi_check_digit",
            "warning",
            id="NPI",
        ),
        pytest.param(
            claims(*SUBSCRIBER, *CLAIM[:2], "HI*BK*8901", *LINES), "unreadable_code", "warning", id="bare code"
        ),
        pytest.param(claims().replace(b"SE*", b"SE*9"), "segment_count_mismatch", "warning", id="count"),
        pytest.param(claims(usage="T"), "test_interchange", "warning", id="test"),
        pytest.param(claims("NTE*ADD*X"), "no_claims", "warning", id="no claim"),
    ],
)
def test_what_is_wrong_with_a_claim_is_named_and_the_claim_is_loaded(content, code, severity):
    batch = read(content)
    assert only(batch, "files")["status"] == "loaded"
    assert (code, severity) in {(row["code"], row["severity"]) for row in rows_of(batch, "findings")}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "empty_file", id="nothing"),
        pytest.param(b"dear sir", "not_x12", id="a letter"),
        pytest.param(claims()[:-30], "truncated", id="cut in the trailers"),
        pytest.param(claims()[:600], "truncated", id="cut in a claim"),
        pytest.param(claims().replace(b"ST*837", b"ST*278"), "other_transaction_set", id="a 278"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_quarantined_whole(content, reason):
    assert only(read(content), "files")["reason_code"] == reason


def test_claims_without_an_envelope_are_read():
    segments = claims().split(b"~")
    bare = b"~".join(segments[2:-3]) + b"~"
    assert bare.startswith(b"ST*837")
    assert only(read(bare), "claims")["patient_control_number"] == "P1"


def test_no_message_holds_a_value_of_the_file():
    content = claims(*SUBSCRIBER, *CLAIM, *LINES, "DOE*JANE*W1").replace(b"1234567893", b"1234567890")
    messages = " ".join(row["message"] + str(row["segment_id"]) for row in rows_of(read(content), "findings"))
    assert not any(word in messages for word in ("DOE", "JANE", "W1", "P1", "SYNTH", "1234567890"))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damaged(claims(*SUBSCRIBER, *PATIENT, *CLAIM, "SBR*S", "CAS*PR*1*2", *LINES, "SVD*9*1*HC:1") + claims()))
def test_damage_never_raises_and_never_loses_money(content):
    read(content)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from((*TOP, *SUBSCRIBER, *PATIENT, *CLAIM, *LINES, "SBR*S", "CAS*CO*1*2", "SVD*1*2", "AMT*D*1")),
        max_size=25,
    )
)
def test_segments_in_any_order_are_read_and_every_claim_is_there(segments):
    batch = read(claims("NTE*ADD*X", *segments, top=()))
    assert len(rows_of(batch, "claims")) == sum(segment.startswith("CLM") for segment in segments)
    assert len(rows_of(batch, "parties")) == sum(segment.startswith("NM1") for segment in segments)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_quarantined(content):
    for body in (content, b"ISA*" + content, b"ST*837*0001~" + content):
        read(body)


@pytest.mark.shared
def test_every_public_sample_is_loaded(shared: Path):
    files = sorted((shared / "samples" / "x12_other" / "837").iterdir())
    batch = claims837.read([source(file.read_bytes(), file.name) for file in files])
    assert_conserved(batch, CONTROL)
    assert {row["status"] for row in rows_of(batch, "files")} == {"loaded"}
    assert len(files) == len(rows_of(batch, "files"))
    segments = sum(content.count(b"CLM*") for file in files for content in [file.read_bytes()])
    assert len(rows_of(batch, "claims")) == segments
    kinds = {row["claim_type"] for row in rows_of(batch, "transactions")}
    assert kinds == {"professional", "institutional", "dental"}
