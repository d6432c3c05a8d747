"""What is loaded, what is held from posting, what is quarantined whole."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.format_examples import (
    PAID_CLAIM,
    assert_conserved,
    codes_of,
    damaged,
    era,
    interchange,
    join,
    only,
    rows_of,
    source,
    sum_of,
    transaction,
)

from orchestration.formats.x12 import era835

CONTROL = sum_of("transactions", "paid_amount")
OTHER_SET = ["ST*278*0009", "BHT*0078*11*1*20260301*1200", "SE*3*0009"]
CLAIM_FILE = join(
    interchange(["ST*837*0001*005010X222A1", "BHT*0019*00*1*20260301*1200*CH", "SE*3*0001"]),
)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "empty_file", id="nothing"),
        pytest.param(b" \r\n\x00", "empty_file", id="blanks"),
        pytest.param(b"dear sir, the payment is late", "not_x12", id="a letter"),
        pytest.param(b"%PDF-1.7 \xff\xfe\x00", "not_x12", id="a PDF"),
        pytest.param(b"ISA", "not_x12", id="three letters"),
        pytest.param(CLAIM_FILE, "not_an_835", id="claims, no remittance"),
        pytest.param(era()[:-40], "truncated", id="cut in the trailers"),
        pytest.param(era()[:400], "truncated", id="cut in a claim"),
        pytest.param(join(transaction(*PAID_CLAIM)[:-1]), "truncated", id="no envelope, no SE"),
        pytest.param(join(interchange(transaction(*PAID_CLAIM))[1:-2]), "truncated", id="a group not closed"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_quarantined_whole(content, reason):
    batch = era835.read([source(content)])
    file = only(batch, "files")
    assert (file["status"], file["reason_code"]) == ("quarantined", reason)
    assert codes_of(batch)[0] == reason
    assert_conserved(batch, CONTROL)


def test_a_truncated_file_says_where_it_ends_and_what_it_carried():
    content = join(interchange(transaction(*PAID_CLAIM))[:-3])
    batch = era835.read([source(content)])
    reason = rows_of(batch, "findings")[0]
    assert only(batch, "files")["quarantined_amount"] == Decimal(80)
    assert (reason["segment_number"], reason["segment_id"]) == (content.count(b"~"), "REF")


def _mended(content: bytes, old: str, new: str) -> bytes:
    assert old.encode() in content
    return content.replace(old.encode(), new.encode(), 1)


HELD = {
    "segment count": (_mended(era(), "SE*17*", "SE*99*"), "segment_count_mismatch"),
    "segment count unreadable": (_mended(era(), "SE*17*", "SE*X*"), "segment_count_mismatch"),
    "transaction control number": (_mended(era(), "SE*17*0001", "SE*17*0002"), "transaction_control_mismatch"),
    "group control number": (_mended(era(), "GE*1*1", "GE*1*7"), "group_control_mismatch"),
    "group count": (_mended(era(), "GE*1*1", "GE*2*1"), "group_count_mismatch"),
    "interchange control number": (
        _mended(era(), "IEA*1*000000001", "IEA*1*000000777"),
        "interchange_control_mismatch",
    ),
    "interchange count": (_mended(era(), "IEA*1*", "IEA*2*"), "interchange_count_mismatch"),
    "no transaction trailer": (_mended(era(), "SE*17*0001~", ""), "missing_trailer"),
    "no group trailer": (_mended(era(), "GE*1*1~", ""), "missing_trailer"),
    "line does not balance": (_mended(era(), "CAS*CO*45*20", "CAS*CO*45*19"), "unbalanced_claim"),
    "claim does not balance": (_mended(era(), "CLP*P1*1*100", "CLP*P1*1*101"), "unbalanced_claim"),
    "transaction does not balance": (era(paid="81"), "unbalanced_transaction"),
    "no payment": (join(interchange(transaction(*PAID_CLAIM, payment=""))), "missing_payment"),
    "payment unreadable": (era(paid="8O"), "unreadable_paid_amount"),
    "payment missing": (era(paid=""), "missing_paid_amount"),
    "payment with a fraction of a cent": (era(paid="80.001"), "unreadable_paid_amount"),
    "payment date unreadable": (_mended(era(), "20260301~TRN", "20261301~TRN"), "unreadable_payment_date"),
    "payment date missing": (_mended(era(), "20260301~TRN", "~TRN"), "missing_payment_date"),
    "no trace segment": (join(interchange(transaction(*PAID_CLAIM, trace=""))), "missing_trace_number"),
    "trace number empty": (_mended(era(), "TRN*1*TRC1", "TRN*1*"), "missing_trace_number"),
    "adjustment unreadable": (_mended(era(), "CAS*CO*45*20", "CAS*CO*45*2O"), "unreadable_amount"),
    "adjustment without reason": (_mended(era(), "CAS*CO*45*20", "CAS*CO**20"), "missing_reason_code"),
    "line payment missing": (_mended(era(), "*100*80**1~", "*100***1~"), "missing_amount"),
    "line outside a claim": (era("SVC*HC:99213*0*0", paid="0"), "misplaced_segment"),
    "two payments": (era("BPR*I*80*C*ACH************20260301", *PAID_CLAIM), "repeated_payment"),
    "predetermination that pays": (_mended(era(), "CLP*P1*1*", "CLP*P1*25*"), "predetermination_with_payment"),
}


@pytest.mark.parametrize(("content", "code"), HELD.values(), ids=HELD.keys())
def test_a_doubtful_transaction_is_loaded_and_held(content, code):
    batch = era835.read([source(content)])
    row = only(batch, "transactions")
    assert only(batch, "files")["status"] == "loaded"
    assert (row["is_postable"], row["hold_reason_code"]) == (False, code)
    errors = {f["code"] for f in rows_of(batch, "findings") if f["severity"] == "error" and f["segment_number"]}
    assert code in errors
    assert_conserved(batch, CONTROL)


def test_only_the_transaction_that_does_not_balance_is_held():
    good = transaction(*PAID_CLAIM, trace="TRN*1*GOOD*1")
    bad = transaction(*PAID_CLAIM, trace="TRN*1*BAD*1", paid="81", control="0002")
    batch = era835.read([source(join(interchange(good, bad)))])
    assert [row["is_postable"] for row in rows_of(batch, "transactions")] == [True, False]


def test_a_broken_envelope_holds_all_its_transactions_and_no_others():
    bad = join(interchange(transaction(*PAID_CLAIM), transaction(*PAID_CLAIM, control="0002")))
    bad = bad.replace(b"IEA*1*000000001", b"IEA*1*000000009")
    batch = era835.read([source(bad + era())])
    assert [row["is_postable"] for row in rows_of(batch, "transactions")] == [False, False, True]
    assert codes_of(batch).count("interchange_control_mismatch") == 1


def test_an_interchange_cut_before_another_is_loaded_and_held():
    cut = join(interchange(transaction(*PAID_CLAIM))[:-1])
    batch = era835.read([source(cut + era())])
    assert [row["hold_reason_code"] for row in rows_of(batch, "transactions")] == ["missing_trailer", None]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(join(interchange(transaction(*PAID_CLAIM), usage="T")), "test_interchange", id="test indicator"),
        pytest.param(
            join(interchange(transaction(*PAID_CLAIM), OTHER_SET)), "other_transaction_set", id="a 278 beside"
        ),
        pytest.param(era(*PAID_CLAIM, "ZZZ*1*2"), "unknown_segment", id="unknown segment"),
        pytest.param(era(*PAID_CLAIM, "DTM*232*20269999"), None, id="a date nobody needs"),
    ],
)
def test_a_curiosity_is_a_warning_and_holds_nothing(content, code):
    batch = era835.read([source(content)])
    assert only(batch, "transactions")["is_postable"]
    assert {f["severity"] for f in rows_of(batch, "findings")} == {"warning"}
    assert code is None or code in codes_of(batch)


def test_a_transaction_without_claims_and_money_is_postable():
    row = only(era835.read([source(era("TS3*1234567893*11*20261231*0*0", paid="0"))]), "transactions")
    assert (row["claim_count"], row["is_balanced"], row["is_postable"]) == (0, True, True)


def test_messages_show_the_arithmetic_and_no_identifier():
    content = _mended(era(paid="81"), "CAS*CO*45*20", "CAS*CO*45*19")
    messages = [finding["message"] for finding in rows_of(era835.read([source(content)]), "findings")]
    assert any("charge 100.00 less adjustments 19.00 leaves 81.00, but 80.00 was paid" in m for m in messages)
    assert not any(word in message for message in messages for word in ("DOE", "JANE", "W000000001", "P1", "TRC1"))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damaged(join(interchange(transaction(*PAID_CLAIM, "PLB*1*20261231*WO:A*5", paid="75"))) + era(end="~\r\n")))
def test_damage_never_raises_and_never_loses_money(content):
    batch = era835.read([source(content)])
    assert_conserved(batch, CONTROL)
    assert era835.inspect(source(content))["verdict"] in {"accepted", "rejected"}


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_quarantined(content):
    for body in (content, b"ISA*" + content, b"ST*835*0001~" + content):
        assert_conserved(era835.read([source(body)]), CONTROL)


def test_sums_that_do_not_fit_are_not_evaluated_and_do_not_raise():
    huge = "9999999999999999"
    claims = [f"CLP*P{n}*1*{huge}*{huge}" for n in range(3)]
    batch = era835.read([source(era(*claims, paid=huge) * 3)])
    assert only(batch, "files")["reason_code"] == "amount_out_of_range"
    held = era835.read([source(era(*claims, paid=huge))])
    assert only(held, "transactions")["hold_reason_code"] == "balance_not_evaluable"
    held.to_arrow()
