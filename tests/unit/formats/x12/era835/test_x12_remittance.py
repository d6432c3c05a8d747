"""Segments to rows: what each element means, level by level."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.format_examples import PAID_CLAIM, codes_of, era, interchange, join, only, rows_of, source, transaction

from orchestration.core.money import from_cents
from orchestration.formats.x12 import era835


def _read(*segments: str, paid: str = "80"):
    return era835.read([source(era(*segments, paid=paid))])


def test_the_header_names_payment_payer_and_payee():
    row = only(_read(), "transactions")
    assert row["segment_number"] == 3
    assert (row["control_number"], row["version_code"], row["handling_code"]) == ("0001", "005010X221A1", "I")
    assert (row["payment_method_code"], row["payment_date"]) == ("ACH", dt.date(2026, 3, 1))
    assert (row["trace_number"], row["originating_company_id"]) == ("TRC1", "1512345678")
    assert (row["payer_name"], row["payer_id"]) == ("SYNTH HEALTH", "60054")
    assert (row["payee_name"], row["payee_npi"]) == ("SYNTH CLINIC", "1234567893")
    assert (row["claim_count"], row["service_line_count"], row["segment_count"]) == (1, 1, 17)


@pytest.mark.parametrize(
    ("party", "expected"),
    [
        pytest.param("N1*PR*SYNTH HEALTH*XV*60054", "60054", id="by N104"),
        pytest.param("N1*PR*SYNTH HEALTH~REF*2U*80214", "80214", id="by REF*2U"),
        pytest.param("N1*PR*SYNTH HEALTH", "1512345678", id="by TRN03"),
    ],
)
def test_the_payer_is_named_by_the_best_id_there_is(party, expected):
    content = era().replace(b"N1*PR*SYNTH HEALTH*XV*60054", party.encode())
    assert only(era835.read([source(content)]), "transactions")["payer_id"] == expected


def test_a_debit_is_a_negative_payment():
    order = "BPR*I*60*D*ACH************20260301"
    claim = "CLP*P1*22*-100*-60"
    content = join(interchange(transaction(claim, "CAS*CO*45*-40", payment=order)))
    batch = era835.read([source(content)])
    assert only(batch, "transactions")["paid_amount"] == Decimal(-60)
    assert only(batch, "transactions")["is_balanced"]
    assert only(batch, "claims")["is_reversal"]
    assert only(batch, "files")["in_amount"] == Decimal(-60)


def test_a_claim_names_patient_member_provider_and_dates():
    claim = (
        "CLP*P1*1*100*80*0*12*ICN1*11*7",
        "NM1*QC*1*DOE*JANE",
        "NM1*IL*1*DOE*JOHN****MI* W2",
        "NM1*82*1*ROE*RICHARD****XX*1234567893",
        "DTM*232*20260110",
        "DTM*233*20260112",
        "DTM*050*20260115",
        "CAS*CO*45*20",
    )
    row = only(_read(*claim), "claims")
    assert (row["patient_control_number"], row["payer_control_number"]) == ("P1", "ICN1")
    assert (row["claim_filing_code"], row["facility_code"], row["frequency_code"]) == ("12", "11", "7")
    assert (row["patient_last_name"], row["patient_first_name"], row["member_id"]) == ("DOE", "JANE", "W2")
    assert row["rendering_provider_npi"] == "1234567893"
    dates = (row["statement_from_date"], row["statement_to_date"], row["received_date"])
    assert dates == (dt.date(2026, 1, 10), dt.date(2026, 1, 12), dt.date(2026, 1, 15))
    assert (row["patient_responsibility_amount"], row["adjusted_amount"]) == (Decimal(0), Decimal(20))


def test_a_service_line_splits_its_composites():
    line = ("SVC*HC:29881:RT:59:XS:76*100*80*0450*1.5*HC:29880*2", "DTM*150*20260109", "DTM*472*20260110")
    more = ("CAS*CO*45*20", "AMT*B6*80", "REF*HPI*1234567893", "DTM*150*20260108")
    row = only(_read("CLP*P1*1*100*80", *line, *more), "service_lines")
    assert (row["procedure_qualifier"], row["procedure_code"]) == ("HC", "29881")
    assert [row[f"modifier_{n}"] for n in (1, 2, 3, 4)] == ["RT", "59", "XS", "76"]
    assert (row["submitted_procedure_code"], row["revenue_code"]) == ("29880", "0450")
    assert (row["paid_units"], row["submitted_units"]) == (Decimal("1.5"), Decimal(2))
    assert (row["service_date"], row["allowed_amount"]) == (dt.date(2026, 1, 10), Decimal(80))
    assert row["rendering_provider_npi"] == "1234567893"


def test_every_triplet_of_a_segment_is_an_adjustment():
    triplets = "CAS*CO*45*10*1*253*10*1*59*10*1*151*10*1*97*10*1*B7*10*1"
    batch = _read("CLP*P1*1*150*80", "SVC*HC:99213*150*80", triplets, "CAS*PR*2*10")
    rows = rows_of(batch, "adjustments")
    assert [row["reason_code"] for row in rows] == ["45", "253", "59", "151", "97", "B7", "2"]
    assert [row["adjustment_number"] for row in rows] == [1, 2, 3, 4, 5, 6, 7]
    assert [row["group_code"] for row in rows] == ["CO"] * 6 + ["PR"]
    assert only(batch, "transactions")["is_postable"]


def test_claim_and_line_adjustments_are_told_apart():
    batch = _read("CLP*P1*1*150*60", "CAS*PR*1*70", "SVC*HC:99213*150*130", "CAS*CO*45*20", paid="60")
    assert [row["service_line_number"] for row in rows_of(batch, "adjustments")] == [None, 1]
    assert only(batch, "claims")["adjusted_amount"] == Decimal(90)
    assert only(batch, "service_lines")["adjusted_amount"] == Decimal(20)


def test_every_pair_of_a_plb_is_a_provider_adjustment():
    batch = _read(*PAID_CLAIM, "PLB*1234567893*20261231*WO:ABC:1*20*CS:ADJ*5*L6*-1.23", paid="56.23")
    rows = rows_of(batch, "provider_adjustments")
    assert [(r["adjustment_reason_code"], r["reference_id"]) for r in rows] == [
        ("WO", "ABC:1"),
        ("CS", "ADJ"),
        ("L6", None),
    ]
    assert [str(row["adjustment_amount"]) for row in rows] == ["20.00", "5.00", "-1.23"]
    assert {row["fiscal_period_date"] for row in rows} == {dt.date(2026, 12, 31)}
    assert only(batch, "transactions")["is_balanced"]


def test_remarks_come_from_lq_moa_and_mia():
    claim = ("CLP*P1*1*100*80", "MOA***MA01*MA18", "MIA*0****MA07", "SVC*HC:99213*100*80", "CAS*CO*45*20", "LQ*HE*N130")
    rows = rows_of(_read(*claim), "remarks")
    assert [(r["qualifier"], r["remark_code"], r["service_line_number"]) for r in rows] == [
        ("MOA", "MA01", None),
        ("MOA", "MA18", None),
        ("MIA", "MA07", None),
        ("HE", "N130", 1),
    ]


@pytest.mark.parametrize("written", ["080", "80.", "80.0", "80.00", "0080.00"])
def test_amounts_are_read_as_x12_writes_them(written):
    assert only(_read(paid=written), "transactions")["paid_amount"] == Decimal(80)


def test_a_missing_amount_is_not_evaluable_and_not_unbalanced():
    row = only(_read("CLP*P1*1*100*80", "SVC*HC:99213**80", "CAS*CO*45*20"), "transactions")
    assert (row["is_balanced"], row["unbalanced_line_count"], row["hold_reason_code"]) == (None, 0, "missing_amount")


def test_a_failing_rule_outranks_one_that_cannot_be_evaluated():
    row = only(_read("CLP*P1*1*100*80", "SVC*HC:99213**80", "CAS*CO*45*20", paid="90"), "transactions")
    assert row["is_balanced"] is False


def test_a_claim_without_lines_is_judged_as_a_claim():
    batch = _read("CLP*P1*1*15000*9000", "CAS*CO*45*4400", "CAS*PR*1*1600", paid="9000")
    assert only(batch, "transactions")["is_postable"]
    assert not rows_of(batch, "service_lines")


def test_information_amounts_move_no_balance():
    batch = _read(PAID_CLAIM[0], "AMT*I*1.23", "AMT*AU*80", *PAID_CLAIM[1:], "AMT*B6*8O")
    assert only(batch, "transactions")["is_postable"]
    assert codes_of(batch).count("unreadable_information") == 1


def test_the_content_key_ignores_envelope_and_delimiters():
    keys = {
        only(era835.read([source(content)]), "transactions")["content_key"]
        for content in (
            era(),
            era(end="~\n"),
            era().translate(bytes.maketrans(b"*:", b"|>")),
            join(interchange(transaction(*PAID_CLAIM, control="0777"), control="000000099")),
        )
    }
    assert len(keys) == 1
    other = only(_read(*PAID_CLAIM, "LQ*HE*N130"), "transactions")["content_key"]
    assert other not in keys


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-(10**7), 10**7), st.lists(st.integers(-(10**6), 10**6), max_size=6)), max_size=4)
)
def test_what_sums_up_balances_and_one_cent_more_does_not(claims):
    segments, total = [], 0
    for charged, reductions in claims:
        paid = charged - sum(reductions)
        total += paid
        segments.append(f"CLP*P*1*{from_cents(charged)}*{from_cents(paid)}")
        segments.append(f"SVC*HC:99213*{from_cents(charged)}*{from_cents(paid)}")
        segments += [f"CAS*CO*45*{from_cents(reduction)}" for reduction in reductions]
    assert only(_read("LX*2", *segments, paid=str(from_cents(total))), "transactions")["is_balanced"] is True
    off = _read("LX*2", *segments, paid=str(from_cents(total + 1)))
    errors = [f["code"] for f in rows_of(off, "findings") if f["severity"] == "error"]
    assert errors == ["unbalanced_transaction"]
