"""Acknowledgements: which interchange, batch and claim a receiver took or refused, read from TA1, 999, 997 and 277."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.format_examples import assert_conserved, codes_of, damaged, header, join, only, rows_of, source

from orchestration.formats.x12.acks import reader as acks
from orchestration.formats.x12.acks.statuses import outcome

if TYPE_CHECKING:
    from pathlib import Path

REJECTED = (
    "AK1*HC*77*005010X222A1",
    "AK2*837*0001*005010X222A1",
    "IK5*A",
    "AK2*837*0002*005010X222A1",
    "IK3*CLM*22**8",
    "CTX*CLM01:P1",
    "IK4*2*782*1*15O",
    "IK3*REF*57*2300*3",
    "CTX*SITUATIONAL TRIGGER*CLM*43**5:3",
    "CTX*CLM01:P2",
    "IK5*R*5*I6",
    "AK9*P*2*2*1*2",
)
STATUS = (
    "BHT*0085*08*REF1*20260302*1200*TH",
    "HL*1**20*1",
    "NM1*PR*2*SYNTH HEALTH*****PI*60054",
    "TRN*1*T1",
    "DTP*050*D8*20260302",
    "HL*2*1*21*1",
    "NM1*41*2*SYNTH BILLING*****46*SUB1",
    "TRN*2*BATCH7",
    "STC*A1:20:PR*20260302*WQ*250",
    "QTY*90*1",
    "AMT*YU*150",
    "HL*3*2*19*1",
    "NM1*85*2*SYNTH CLINIC*****XX*1234567893",
    "HL*4*3*PT",
    "NM1*QC*1*DOE*JANE****MI*W1",
    "TRN*2*P1",
    "STC*A2:20*20260302*WQ*150",
    "REF*1K*ICN9",
    "DTP*472*D8*20260110",
    "HL*5*3*PT",
    "NM1*QC*1*ROE*RICH****MI*W2",
    "TRN*2*P2",
    "STC*A7:562:85*20260302*U*100******A7:507",
    "REF*D9*CH77",
    "DTP*472*RD8*20260110-20260111",
    "SVC*HC:99213*100",
    "STC*A7:507*20260302*U",
    "REF*FJ*L1",
)


def acknowledgement(*segments: str, code: str = "999", version: str = "005010X231A1", group: str = "FA") -> bytes:
    return join(
        [
            header(),
            f"GS*{group}*PAYER*CLINIC*20260302*1200*5*X*{version}",
            f"ST*{code}*0001*{version}",
            *segments,
            f"SE*{len(segments) + 2}*0001",
            "GE*1*5",
            "IEA*1*000000001",
        ]
    )


def status(*segments: str, version: str = "005010X214") -> bytes:
    return acknowledgement(*(segments or STATUS), code="277", version=version, group="HN")


def read(content: bytes) -> Any:
    batch = acks.read([source(content)])
    assert_conserved(batch, lambda _batch, _identity: Decimal(0))
    return batch


def test_a_999_says_which_sets_of_which_group_were_refused():
    batch = read(acknowledgement(*REJECTED))
    assert codes_of(batch) == []
    group = only(batch, "group_acknowledgements")
    expected = {
        "acknowledged_functional_code": "HC",
        "acknowledged_group_control_number": "77",
        "outcome": "partially_accepted",
        "accepted_set_count": 1,
        "received_set_count": 2,
        "error_codes": "2",
        "acknowledged_date": dt.date(2026, 3, 2),
    }
    assert {name: group[name] for name in expected} == expected
    found = [
        (r["acknowledged_group_control_number"], r["acknowledged_control_number"], r["outcome"], r["error_codes"])
        for r in rows_of(batch, "set_acknowledgements")
    ]
    assert found == [("77", "0001", "accepted", None), ("77", "0002", "rejected", "5;I6")]


def test_an_error_names_its_place_its_code_and_its_claim():
    first, element, second = rows_of(read(acknowledgement(*REJECTED)), "set_errors")
    assert (first["level"], first["error_segment_id"], first["error_segment_position"], first["error_code"]) == (
        "segment",
        "CLM",
        22,
        "8",
    )
    assert (element["level"], element["element_position"], element["error_code"], element["bad_value"]) == (
        "element",
        "2",
        "1",
        "15O",
    )
    assert [row["patient_control_number"] for row in (first, element, second)] == ["P1", "P1", "P2"]
    assert (second["situation"], second["loop_id"]) == ("CLM:43", "2300")


def test_a_997_says_the_same_in_its_own_segments():
    old = [segment.replace("IK", "AK") for segment in REJECTED if not segment.startswith("CTX")]
    batch = read(acknowledgement(*old, code="997", version="005010"))
    assert [row["outcome"] for row in rows_of(batch, "set_acknowledgements")] == ["accepted", "rejected"]
    assert len(rows_of(batch, "set_errors")) == 3


@pytest.mark.parametrize("code", ["R", "M", "W", "X"])
def test_every_way_to_refuse_is_a_refusal(code):
    batch = read(acknowledgement("AK1*HC*77", "AK2*837*0001", f"IK5*{code}", f"AK9*{code}*1*1*0"))
    assert only(batch, "set_acknowledgements")["outcome"] == "rejected"
    assert only(batch, "group_acknowledgements")["outcome"] == "rejected"


def test_a_ta1_says_what_became_of_an_interchange():
    content = join([header(), "TA1*000000905*260301*1200*R*006", "IEA*0*000000001"])
    row = only(read(content), "interchange_acknowledgements")
    assert (row["acknowledged_interchange_control_number"], row["outcome"], row["note_code"]) == (
        "000000905",
        "rejected",
        "006",
    )
    assert row["acknowledged_interchange_date"] == dt.date(2026, 3, 1)


def test_a_277ca_says_what_became_of_each_claim_and_why():
    batch = read(status())
    assert codes_of(batch) == []
    rows = rows_of(batch, "claim_statuses")
    found = [
        (r["level"], r["patient_control_number"], r["outcome"], r["category_code"], r["status_code"]) for r in rows
    ]
    assert found == [
        ("receiver", None, "accepted", "A1", "20"),
        ("claim", "P1", "accepted", "A2", "20"),
        ("claim", "P2", "rejected", "A7", "562"),
        ("claim", "P2", "rejected", "A7", "507"),
        ("line", "P2", "rejected", "A7", "507"),
    ]
    expected = {
        "batch_reference": "BATCH7",
        "sender_name": "SYNTH HEALTH",
        "provider_npi": "1234567893",
        "transmission_reference": "CH77",
        "patient_last_name": "ROE",
        "entity_code": "85",
        "charged_amount": Decimal(100),
        "service_from_date": dt.date(2026, 1, 10),
        "service_to_date": dt.date(2026, 1, 11),
    }
    assert {name: rows[2][name] for name in expected} == expected
    assert (rows[1]["payer_control_number"], rows[2]["payer_control_number"]) == ("ICN9", None)
    assert (rows[4]["line_control_number"], rows[4]["service_from_date"]) == ("L1", dt.date(2026, 1, 10))


def test_an_answer_to_a_status_request_names_the_claim_by_the_account_number():
    body = [segment.replace("TRN*2*P1", "TRN*2*REQ1") for segment in STATUS[:18]]
    batch = read(status(*body, "REF*EJ*P1", version="005010X212"))
    assert rows_of(batch, "claim_statuses")[-1]["patient_control_number"] == "P1"


@pytest.mark.parametrize(
    ("category", "action", "expected"),
    [
        ("A0", "WQ", "accepted"),
        ("A3", "U", "rejected"),
        ("A4", "U", "not_found"),
        ("A8", None, "rejected"),
        ("F1", None, "paid"),
        ("F2", None, "denied"),
        ("F3F", None, "finalized"),
        ("P5", None, "pending"),
        ("R4", None, "requested"),
        ("E0", None, "error"),
        ("X9", "U", "rejected"),
        ("X9", "WQ", "accepted"),
        ("X9", None, None),
        (None, "U", "rejected"),
    ],
)
def test_what_became_of_a_claim_is_told_by_its_category_then_by_the_action(category, action, expected):
    assert outcome(category, action) == expected


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(acknowledgement(*REJECTED[1:]), "missing_group", id="no AK1"),
        pytest.param(acknowledgement(*REJECTED[:-1]), "missing_outcome", id="no AK9"),
        pytest.param(acknowledgement("AK1*HC*77", "AK2*837*1", "AK9*A*1*1*1"), "missing_outcome", id="no IK5"),
        pytest.param(acknowledgement(*REJECTED, "ZZZ*1"), "unknown_segment", id="segment of no acknowledgement"),
        pytest.param(status(*STATUS, "ZZZ*1"), "unknown_segment", id="segment of no 277"),
        pytest.param(status(*STATUS, "HL*9*1*ZZ"), "unknown_level", id="level"),
        pytest.param(status(*STATUS[:16], "STC*A2:20**WQ*15O"), "unreadable_amount", id="letter O"),
        pytest.param(
            acknowledgement(*REJECTED) + acknowledgement(code="837"), "other_transaction_set", id="claims beside"
        ),
    ],
)
def test_what_is_wrong_with_an_acknowledgement_is_named(content, code):
    batch = read(content)
    assert only(batch, "files")["status"] == "loaded"
    assert code in codes_of(batch)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "empty_file", id="nothing"),
        pytest.param(b"dear sir", "not_x12", id="a letter"),
        pytest.param(acknowledgement(*REJECTED)[:-30], "truncated", id="cut"),
        pytest.param(acknowledgement(*REJECTED, code="278"), "other_transaction_set", id="a 278"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_quarantined_whole(content, reason):
    assert only(read(content), "files")["reason_code"] == reason


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damaged(acknowledgement(*REJECTED) + status()))
def test_damage_never_raises(content):
    read(content)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from((*REJECTED, *STATUS)), max_size=25), st.sampled_from(("999", "997", "277")))
def test_segments_in_any_order_are_read_and_every_status_is_there(segments, code):
    batch = read(acknowledgement(*segments, code=code))
    if code == "277":
        composites = sum(2 if "******A7" in segment else 1 for segment in segments if segment.startswith("STC"))
        assert len(rows_of(batch, "claim_statuses")) == composites
    else:
        assert len(rows_of(batch, "set_acknowledgements")) == sum(segment.startswith("AK2") for segment in segments)
        assert len(rows_of(batch, "set_errors")) == sum(segment[:3] in {"IK3", "IK4"} for segment in segments)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_quarantined(content):
    for body in (content, b"ISA*" + content, b"ST*999*0001~" + content, b"ST*277*0001~" + content):
        read(body)


@pytest.mark.shared
def test_every_public_sample_is_loaded(shared: Path):
    files = [
        file for kind in ("277", "997", "999") for file in sorted((shared / "samples" / "x12_other" / kind).iterdir())
    ]
    batch = acks.read([source(file.read_bytes(), file.name) for file in files])
    assert {row["status"] for row in rows_of(batch, "files")} == {"loaded"}
    assert len(rows_of(batch, "files")) == len({source(file.read_bytes()).file_id for file in files}) == len(files)
    stated = sum(file.read_bytes().count(b"STC*") for file in files)
    assert len(rows_of(batch, "claim_statuses")) == stated
    refused = [row for row in rows_of(batch, "set_acknowledgements") if row["outcome"] == "rejected"]
    assert len(refused) == 6
