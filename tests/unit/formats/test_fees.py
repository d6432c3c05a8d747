"""Fee schedules and CMS relative values: dated, keyed by code and modifier, never with somebody else's texts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.format_examples import assert_conserved, codes_of, damaged, only, reading, rows_of, source, sum_of

from orchestration.formats.fees import reader as fees
from orchestration.formats.registry import detect_kind

HEADER = "fee_basis,payer_id,payer_name,procedure_code,modifier,place_of_service,fee_amount,effective_date,end_date"
CHARGES = f"{HEADER}\ncharge,,,99213,,,160.00,2026-01-01,\ncharge,,,71046,26,,24.50,2026-01-01,2026-12-31\n"
CONTRACT = (
    "SYNTH HEALTH 2026 rates\n\nPayer ID,Payer Name,CPT/HCPCS,Mod,Description,Allowed Amount,Effective Date\n"
    '60054,SYNTH HEALTH,99213,,somebody else’s text,"$1,092.50",01/01/2026\n'
)
_CONTROL = sum_of("fee_schedule_lines", "fee_amount")


def pprrvu(*records, title="2026 National Physician Fee Schedule Relative Value File January Release"):
    columns = ["HCPCS", "MOD", "DESCRIPTION", "CODE", "PAYMENT", "RVU", "PE RVU", "INDICATOR", "PE RVU", "INDICATOR"]
    columns += ["RVU", "TOTAL", "TOTAL", "IND", "DAYS", "OP", "OP", "OP", "PROC", "SURG", "SURG", "SURG", "SURG"]
    columns += ["BASE", "FACTOR", "PROCEDURES", "FLAG", "INDICATOR", "AMOUNT", "AMOUNT", "AMOUNT"]
    upper = ["", "", "", "STATUS"] + [""] * (len(columns) - 4)
    lines = [[title, *[""] * (len(columns) - 1)], upper, columns, *records]
    return "\n".join(",".join(line) for line in lines).encode() + b"\n"


def rvu(code="71046", modifier="", work="0.18", non_facility="0.83", factor="33.4009"):
    cells = [code, modifier, "text of others", "A", "", work, "0.50", "", "0.50", "", "0.02", non_facility, "0.70", "1"]
    cells += ["XXX", "0", "0", "0", "0", "0", "0", "0", "0", "", factor, "09", "0", "99", "0.00", "0.00", "0.00"]
    return cells


NOTES = "HDR CPT CODES AND DESCRIPTIONS ONLY ARE COPYRIGHT \nHDR 2026 AMERICAN MEDICAL ASSOCIATION.  ALL RIGHTS\n"


def fixed(code="71046", modifier="", work="0.18", total="0.70", other_total="0.85", na="  "):
    """A record of CMS's text: 173 characters, no field names."""
    values = f"{work:>6}{'0.65':>7}  {'0.50':>7}{na}{'0.02':>6}{other_total:>7}{total:>6}"
    indicators = "1XXX.00.00.0000000" + " " * 13
    return f"{code}{modifier:2}{'text of others':50}A {values}{indicators}32.3465 090 99      0.00   0.00   0.00\n"


_read_named = reading(fees.read, _CONTROL)


def _read(content, name="fees.csv"):
    return _read_named(content, name)


def test_the_practices_own_fees_are_read_by_code_and_modifier():
    first, second = rows_of(_read(CHARGES), "fee_schedule_lines")
    assert (first["fee_basis"], first["payer_id"], first["procedure_code"]) == ("charge", None, "99213")
    assert (first["fee_amount"], first["effective_date"], first["end_date"]) == (
        Decimal(160), dt.date(2026, 1, 1), None,
    )  # fmt: skip
    assert (second["modifier"], second["end_date"]) == ("26", dt.date(2026, 12, 31))


def test_a_payers_contract_is_what_the_payer_allows():
    row = only(_read(CONTRACT), "fee_schedule_lines")
    assert (row["profile"], row["fee_basis"], row["payer_name"]) == ("payer_contract", "allowed", "SYNTH HEALTH")
    assert row["fee_amount"] == Decimal("1092.50")
    assert "text" not in str(row)


def test_relative_values_hold_from_the_first_day_of_their_release():
    batch = _read(pprrvu(rvu(), rvu(modifier="26", non_facility="0.25")), "any.csv")
    first, second = rows_of(batch, "relative_values")
    assert (first["effective_date"], first["modifier"], first["component_indicator"]) == (
        dt.date(2026, 1, 1),
        None,
        "1",
    )
    assert (first["work_rvu"], first["non_facility_total_rvu"]) == (Decimal("0.18"), Decimal("0.83"))
    assert (second["modifier"], second["conversion_factor"]) == ("26", Decimal("33.4009"))
    assert "text of others" not in str(batch.rows["relative_values"])


def test_relative_values_of_cmss_text_are_those_of_its_table():
    text = NOTES + fixed() + fixed(modifier="26", work="10.18", total="10.70", other_total="10.85", na="NA")
    batch = _read(text.encode(), "PPRRVU25_JAN.txt")
    first, second = rows_of(batch, "relative_values")
    assert (first["effective_date"], first["modifier"], first["status_code"]) == (dt.date(2025, 1, 1), None, "A")
    assert (first["work_rvu"], first["facility_practice_expense_rvu"], first["malpractice_rvu"]) == (
        Decimal("0.18"), Decimal("0.50"), Decimal("0.02"),
    )  # fmt: skip
    assert (first["non_facility_total_rvu"], first["facility_total_rvu"]) == (Decimal("0.85"), Decimal("0.70"))
    assert (first["component_indicator"], first["conversion_factor"]) == ("1", Decimal("32.3465"))
    assert (second["modifier"], second["work_rvu"]) == ("26", Decimal("10.18"))
    assert "text of others" not in str(batch.rows["relative_values"])
    assert only(batch, "files")["record_count"] == 2


@pytest.mark.parametrize(
    ("line", "code"),
    [
        pytest.param(fixed(total="0.90"), "unreadable_relative_value", id="totals that do not tie"),
        pytest.param(fixed()[:90] + "\n", "ragged_record", id="cut off"),
        pytest.param(" " + fixed(), "ragged_record", id="moved by one"),
        pytest.param(fixed(code="X1Y2Z"), "no_procedure_code", id="no code"),
    ],
)
def test_a_line_of_cmss_text_that_was_moved_is_refused_and_never_guessed(line, code):
    batch = _read((NOTES + fixed() + line).encode(), "PPRRVU2025_Oct.txt")
    assert codes_of(batch) == [code]
    assert len(batch.rows["relative_values"]) == 1


def test_cmss_text_without_a_quarter_in_its_name_is_quarantined():
    assert only(_read((NOTES + fixed()).encode(), "rvu.txt"), "files")["reason_code"] == "no_effective_date"


@pytest.mark.parametrize(
    ("name", "first_day"),
    [
        pytest.param("PPRRVU2025_Oct.csv", dt.date(2025, 10, 1), id="year and month"),
        pytest.param("PPRRVU26_JAN.csv", dt.date(2026, 1, 1), id="two digits"),
        pytest.param("RVU26C.csv", dt.date(2026, 7, 1), id="letter of the quarter"),
    ],
)
def test_a_release_without_a_title_is_dated_by_its_name(name, first_day):
    assert only(_read(pprrvu(rvu(), title="Relative values"), name), "relative_values")["effective_date"] == first_day


def test_a_release_that_says_no_quarter_is_quarantined_with_what_to_do():
    file = only(_read(pprrvu(rvu(), title="Relative values"), "values.csv"), "files")
    assert (file["reason_code"], file["status"]) == ("no_effective_date", "quarantined")
    assert "PPRRVU2026_JAN.csv" in file["reason"]


@pytest.mark.parametrize(
    ("record", "code"),
    [
        pytest.param(rvu(code="note"), "no_procedure_code", id="a note of CMS"),
        pytest.param(rvu(work="n/a"), "unreadable_relative_value", id="no number"),
        pytest.param(rvu()[:12], "ragged_record", id="too short"),
    ],
)
def test_a_line_of_a_release_that_cannot_be_read_is_refused_alone(record, code):
    batch = _read(pprrvu(record, rvu()), "RVU26A.csv")
    assert [c for c in codes_of(batch) if c != "titles_above_header"] == [code]
    assert len(batch.rows["relative_values"]) == 1


@pytest.mark.parametrize(
    ("line", "code"),
    [
        pytest.param("charge,,,,,,10.00,2026-01-01,", "no_procedure_code", id="no code"),
        pytest.param("charge,,,99213,,,ten,2026-01-01,", "unreadable_amount", id="no number"),
        pytest.param("charge,,,99213,,,-1.00,2026-01-01,", "unreadable_amount", id="below zero"),
        pytest.param("charge,,,99213,,,10.00,,", "unreadable_effective_date", id="no first day"),
        pytest.param("charge,,,99213,,,10.00,2026-01-02,2026-01-01", "ends_before_it_begins", id="ends first"),
        pytest.param("charge,60054,,99213,,,10.00,2026-01-01,", "unknown_fee_basis", id="a charge of a payer"),
        pytest.param("allowed,,,99213,,,10.00,2026-01-01,", "unknown_fee_basis", id="allowed by nobody"),
        pytest.param("charge,,,99213", "ragged_record", id="ragged"),
    ],
)
def test_a_fee_that_cannot_be_used_is_refused_and_the_others_load(line, code):
    batch = _read(f"{CHARGES}{line}\n")
    assert codes_of(batch) == [code]
    assert len(batch.rows["fee_schedule_lines"]) == 2


def test_two_prices_for_the_same_thing_on_the_same_day_are_both_refused():
    batch = _read(f"{CHARGES}charge,,,99213,,,161.00,2026-01-01,\n")
    assert codes_of(batch) == ["conflicting_fees"] * 2
    assert only(batch, "files")["quarantined_amount"] == Decimal(321)
    assert only(batch, "fee_schedule_lines")["procedure_code"] == "71046"


@pytest.mark.parametrize(
    "content", [pytest.param(CHARGES.encode(), id="fees"), pytest.param(CONTRACT.encode(), id="contract"),
                pytest.param(pprrvu(rvu()), id="relative values"),
                pytest.param((NOTES + fixed()).encode(), id="relative values as text")],
)  # fmt: skip
def test_the_kind_is_told_by_the_header(content):
    assert detect_kind("upload", content) == "fees"


CMS_TEXT = (NOTES + fixed() + fixed(modifier="TC")).encode()


def _records_are_accounted_for(batch):
    for file in rows_of(batch, "files"):
        if file["status"] == "loaded":
            read = sum(len(batch.rows[name]) for name in ("fee_schedule_lines", "relative_values"))
            refused = [finding for finding in rows_of(batch, "findings") if finding["severity"] == "error"]
            assert file["record_count"] == read + len(refused)


@settings(max_examples=150)
@given(
    st.sampled_from([CHARGES.encode(), CONTRACT.encode(), pprrvu(rvu(), rvu(modifier="TC")), CMS_TEXT]).flatmap(damaged)
)
def test_damage_never_raises_and_every_record_is_a_row_or_a_refusal(content):
    batch = fees.read([source(content, "PPRRVU26_JAN.csv")])
    assert_conserved(batch, _CONTROL)
    _records_are_accounted_for(batch)


@settings(max_examples=60)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_quarantined(content):
    for body in (content, HEADER.encode() + b"\n" + content):
        assert_conserved(fees.read([source(body)]), _CONTROL)
