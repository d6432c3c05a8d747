"""HL7 v2: charges, visits and appointments, alone, framed and in batches; what is held, refused and quarantined."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.format_examples import assert_conserved, codes_of, damaged, only, rows_of, source

from orchestration.formats.hl7 import reader as hl7
from orchestration.formats.hl7.encoding import Encoding, encoding_of
from orchestration.formats.hl7.second_opinion import Opinions

if TYPE_CHECKING:
    from pathlib import Path

MSH = "MSH|^~\\&|EHR|CLINIC|BOOKS|CLINIC|20260110083000||DFT^P03^DFT_P03|C1|P|2.5.1"
PID = "PID|1||MRN1^^^CLINIC^MR~999^^^X^SS||DOE^JANE||19800203|F|||1 OAK ST^^TOWN^IL^60601|||||||ACC1"
PV1 = "PV1|1|O|MAIN^R1^^FAC||||1234567893^ROE^R^^^^^^NPI||||||||||||V1"
IN1 = "IN1|1|PLAN|60054|SYNTH HEALTH||||GRP||||20260101||AUTH|HMO|||||||||||||||||||||POL1"


def ft1(**fields: str) -> str:
    """One charge; every field can be replaced by its number, as ``f11``."""
    values = {
        1: "1",
        2: "T1",
        3: "B1",
        4: "20260109",
        5: "20260110",
        6: "CG",
        7: "99213^^C4",
        10: "1",
        11: "150.00&USD",
        19: "J02.9^^I10~G47.33^^I10",
        20: "1234567893^ROE^R^^^^^^NPI",
        25: "99213^^C4",
        26: "25~59",
    }
    values |= {int(name[1:]): value for name, value in fields.items()}
    return "FT1|" + "|".join(values.get(number, "") for number in range(1, max(values) + 1))


def message(*segments: str, msh: str = MSH) -> str:
    return "\r".join([msh, PID, PV1, *(segments or (ft1(),)), IN1]) + "\r"


def _control(batch, identity):
    rows = [row for row in rows_of(batch, "transactions") if row["file_id"] == identity]
    charged = (row["amount"] for row in rows if row["transaction_type"] == "CHARGE")
    return sum((amount for amount in charged if amount is not None), Decimal(0))


def read(content):
    """Read one file and hold it to the laws of every reader and to HL7's own."""
    batch = hl7.read([source(content)])
    assert_conserved(batch, _control)
    if only(batch, "files")["status"] == "loaded":
        messages = rows_of(batch, "messages")
        refused = [finding for finding in rows_of(batch, "findings") if finding["severity"] == "error"]
        # messages in = accepted + refused, and FT1 of accepted ones = rows + refused ones
        assert sum(row["refused_code"] is not None for row in messages) == sum(
            f["segment_id"] == "MSH" for f in refused
        )
        accepted = [
            row
            for row in messages
            if row["refused_code"] is None and row["message_type"] in {"DFT", "ADT", "BAR", "SIU"}
        ]
        assert sum(row["transaction_count"] for row in accepted) == len(rows_of(batch, "transactions")) + sum(
            f["segment_id"] == "FT1" for f in refused
        )
        assert len(rows_of(batch, "transactions")) == len(rows_of(batch, "transaction_details"))
    return batch


def test_a_charge_is_read_with_all_that_stands_beside_it():
    row = only(read(message()), "transactions")
    assert (row["transaction_id"], row["batch_id"], row["profile"]) == ("T1", "B1", "hl7v2:EHR:CLINIC")
    assert (row["claim_id"], row["patient_id"], row["segment_number"]) == ("ACC1", "MRN1", 4)
    assert (row["transaction_type"], row["bucket"], row["amount"]) == ("CHARGE", "primary", Decimal("150.00"))
    assert (row["code_system"], row["procedure_code"]) == ("CPT", "99213")
    assert [row[f"modifier_{n}"] for n in (1, 2, 3, 4)] == ["25", "59", None, None]
    assert (row["units"], row["diagnosis_codes"]) == (Decimal(1), "J02.9;G47.33")
    assert (row["rendering_provider_id"], row["location_id"]) == ("1234567893", "MAIN")
    assert (row["payer_id"], row["payer_name"]) == ("60054", "SYNTH HEALTH")
    assert (row["service_date"], row["post_date"]) == (dt.date(2026, 1, 9), dt.date(2026, 1, 10))


def test_who_and_which_visit_and_who_pays_are_rows_of_their_own():
    batch = read(message())
    assert only(batch, "patients")["birth_date"] == dt.date(1980, 2, 3)
    assert only(batch, "patients")["postal_code"] == "60601"
    visit = only(batch, "visits")
    assert (visit["visit_number"], visit["patient_class"], visit["visit_state"]) == ("V1", "O", "open")
    insurance = only(batch, "insurances")
    assert (insurance["payer_name"], insurance["group_number"], insurance["policy_number"]) == (
        "SYNTH HEALTH",
        "GRP",
        "POL1",
    )


def test_no_name_address_or_social_security_number_is_kept():
    kept = repr(read(message()).to_arrow())
    assert not [word for word in ("DOE", "JANE", "OAK", "TOWN", "999") if word in kept]


@pytest.mark.parametrize(
    "wrap",
    [
        pytest.param(lambda text: text.encode(), id="return"),
        pytest.param(lambda text: text.replace("\r", "\n").encode(), id="line feed"),
        pytest.param(lambda text: text.replace("\r", "\r\n").encode(), id="both"),
        pytest.param(lambda text: b"\xef\xbb\xbf" + text.encode(), id="byte order mark"),
        pytest.param(lambda text: text.encode("utf-16"), id="utf-16"),
        pytest.param(lambda text: b"\x0b" + text.encode() + b"\x1c\r", id="MLLP"),
        pytest.param(lambda text: b"\r\n\r\n" + text.encode() + b"\r\n\x1a".rstrip(b"\x1a"), id="blank lines"),
        pytest.param(
            lambda text: text.replace("|", "*").replace("^", "!").replace("&", "$").encode(), id="other marks"
        ),
        pytest.param(lambda text: text.replace("MSH|^~\\&|", "MSH|^~\\&#|").encode(), id="truncation mark"),
    ],
)
def test_the_same_message_reads_the_same_however_it_is_written(wrap):
    plain = read(message())
    wrapped = read(wrap(message()))
    for table in ("transactions", "patients", "visits", "insurances"):
        without_file = [[row | {"file_id": ""} for row in rows_of(batch, table)] for batch in (wrapped, plain)]
        assert without_file[0] == without_file[1]


def test_escapes_become_what_they_stand_for_after_fields_are_cut():
    name = "A \\T\\ B \\F\\ C \\S\\ D \\R\\ E \\E\\ F \\X41C3A9\\ G\\.br\\H\\H\\I\\N\\ 5 \\ 6"
    batch = read(message(ft1(), IN1.replace("SYNTH HEALTH", name).replace("IN1|1|", "IN1|0|")))
    assert rows_of(batch, "transactions")[0]["payer_name"] == "A & B | C ^ D ~ E \\ F A\u00e9 G\nHI 5 \\ 6"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("MSH|^~\\&|X", Encoding("|", "^", "~", "\\", "&")),
        ("MSH*!%@$*X", Encoding("*", "!", "%", "@", "$")),
        ("MSH|^|X", Encoding("|", "^", "~", "\\", "&")),
        ("MSH|&|X", Encoding("|", "&", "~", "\\", "")),
        ("MSH||X", None),
        ("MSH|^^\\&|X", None),
        ("MSH|A~\\&|X", None),
        ("MSHA^~\\&AX", None),
        ("MSH", None),
        ("MSH|" + "^" * 9, None),
    ],
)
def test_encoding_characters_separate_or_are_refused(header, expected):
    assert encoding_of(header) == expected


def test_a_message_whose_header_separates_nothing_is_refused_and_the_next_is_read():
    batch = read(message(msh="MSH||~~|X") + message())
    assert "bad_encoding_characters" in codes_of(batch)
    assert only(batch, "transactions")["transaction_id"] == "T1"


@pytest.mark.parametrize(
    ("kind", "amount", "expected_type", "expected", "bucket"),
    [
        ("CG", "150.00", "CHARGE", "150.00", "primary"),
        ("CG", "-150.00", "CHARGE", "-150.00", "primary"),
        ("CD", "150.00", "CHARGE", "-150.00", "primary"),
        ("CD", "-150.00", "CHARGE", "-150.00", "primary"),
        ("PY", "40.00", "PAYMENT", "-40.00", None),
        ("CO", "25", "PAYMENT", "-25.00", "patient"),
        ("AJ", "10.00", "ADJUSTMENT", "-10.00", None),
    ],
)
def test_signs_are_those_of_a_ledger_transaction(kind, amount, expected_type, expected, bucket):
    row = only(read(message(ft1(f6=kind, f11=amount))), "transactions")
    assert (row["transaction_type"], row["amount"], row["bucket"]) == (expected_type, Decimal(expected), bucket)


def test_a_credit_names_the_charge_it_takes_back_and_is_no_copy_of_it():
    batch = read(message(ft1(), ft1(f1="2", f6="CD")))
    charge, credit = rows_of(batch, "transactions")
    assert (charge["transaction_id"], credit["transaction_id"]) == ("T1", "T1:CD")
    assert rows_of(batch, "transaction_details")[1]["reversed_transaction_id"] == credit["parent_charge_id"] == "T1"
    assert only(batch, "files")["in_amount"] == 0


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({"f11": "$1,234.50"}, "1234.50", id="dollar sign and comma"),
        pytest.param({"f11": "(12.00)"}, "-12.00", id="parentheses"),
        pytest.param({"f11": "+5"}, "5.00", id="plus"),
        pytest.param({"f11": "100&USD^UP"}, "100.00", id="composite price"),
        pytest.param({"f11": "", "f12": "50&USD", "f10": "2"}, "100.00", id="units times unit price"),
        pytest.param({"f11": "", "f12": "33.33", "f10": ""}, "33.33", id="unit price alone"),
    ],
)
def test_amounts_are_read_exactly(fields, expected):
    assert only(read(message(ft1(**fields))), "transactions")["amount"] == Decimal(expected)


@pytest.mark.parametrize(
    ("fields", "code", "at_stake"),
    [
        pytest.param({"f11": "12.345"}, "unreadable_amount", None, id="a fraction of a cent"),
        pytest.param({"f11": "free"}, "unreadable_amount", None, id="words"),
        pytest.param({"f11": "", "f12": "0.33", "f10": "0.5"}, "unreadable_amount", None, id="not exact"),
        pytest.param({"f6": "PY", "f11": ""}, "unreadable_amount", None, id="a payment of nothing"),
        pytest.param({"f6": "XX"}, "unknown_type", "150.00", id="unknown type"),
        pytest.param({"f6": ""}, "unknown_type", "150.00", id="no type"),
        pytest.param({"f4": ""}, "unreadable_service_date", "150.00", id="no date"),
        pytest.param({"f4": "202601"}, "unreadable_service_date", "150.00", id="a month is no day"),
        pytest.param({"f4": "20260231"}, "unreadable_service_date", "150.00", id="no such day"),
        pytest.param({"f4": "01/09/2026"}, "unreadable_service_date", "150.00", id="another form"),
        pytest.param({"f5": "soon"}, "unreadable_post_date", "150.00", id="post date"),
    ],
)
def test_what_cannot_be_a_row_is_a_finding_with_its_dollars(fields, code, at_stake):
    batch = read(message(ft1(), ft1(**{"f1": "2", "f2": "T2", **fields})))
    finding = next(f for f in rows_of(batch, "findings") if f["severity"] == "error")
    assert (finding["code"], finding["segment_number"], finding["segment_id"]) == (code, 5, "FT1")
    assert finding["amount"] == (Decimal(at_stake) if at_stake else None)
    assert only(batch, "transactions")["transaction_id"] == "T1"


def test_a_missing_amount_is_a_row_without_one_never_a_zero():
    batch = read(message(ft1(f11="")))
    assert only(batch, "transactions")["amount"] is None
    assert "missing_amount" in codes_of(batch)


def test_a_charge_in_another_currency_is_held_without_dollars():
    batch = read(message(ft1(f11="150.00&EUR")))
    assert only(batch, "transaction_details")["hold_reason"] == "foreign_currency"
    assert only(batch, "transactions")["amount"] is None
    assert only(batch, "files")["in_amount"] == 0


def test_a_date_range_is_the_day_it_begins():
    assert only(read(message(ft1(f4="20260108^20260109"))), "transactions")["service_date"] == dt.date(2026, 1, 8)


def test_a_zone_does_not_move_the_day_the_sender_wrote():
    batch = read(message(ft1(f4="20260109233000.1234-0600")))
    assert only(batch, "transactions")["service_date"] == dt.date(2026, 1, 9)


@pytest.mark.parametrize(
    ("charge_code", "procedure_code", "expected"),
    [
        pytest.param("99213^^C4", "", ("CPT", "99213", None), id="CPT only in FT1-7"),
        pytest.param("99213", "", ("CPT", "99213", None), id="no system"),
        pytest.param("8000010^PANEL^L", "36415^^C4", ("CPT", "36415", None), id="charge master code and CPT"),
        pytest.param("12345^^L", "36415^^C4", ("CPT", "36415", None), id="a charge code that looks like CPT"),
        pytest.param("8000010^PANEL", "", ("LOCAL", "8000010", None), id="charge master code alone"),
        pytest.param("84460^^PROC", "", ("LOCAL", "84460", None), id="a system nobody knows"),
        pytest.param("J1885^^HCPCS", "", ("CPT", "J1885", None), id="HCPCS"),
        pytest.param("", "76164006^^SCT", ("SNOMED", "76164006", None), id="SNOMED"),
        pytest.param("", "", (None, None, None), id="nothing"),
        pytest.param('""', '""', (None, None, None), id="deleted"),
        pytest.param("84460^^PROC", "99213^^ICD9", (None, None, "procedure_codes_disagree"), id="they disagree"),
    ],
)
def test_the_procedure_is_what_both_fields_say(charge_code, procedure_code, expected):
    batch = read(message(ft1(f7=charge_code, f25=procedure_code)))
    row, details = only(batch, "transactions"), only(batch, "transaction_details")
    assert (row["code_system"], row["procedure_code"], details["hold_reason"]) == expected


def test_a_charge_shifted_by_one_field_is_held_and_books_no_dollar():
    batch = read(message("FT1|1||||20260109|||8000010^PANEL A|||1"))
    assert only(batch, "transaction_details")["hold_reason"] == "shifted_fields"
    row = only(batch, "transactions")
    assert (row["amount"], row["procedure_code"], row["units"]) == (None, None, None)
    assert only(batch, "files")["in_amount"] == 0


def test_an_amount_in_the_place_of_the_description_holds_the_charge():
    batch = read(message("FT1|1|E1|B1|20260109|20260109|CG||100.00|||1"))
    assert only(batch, "transaction_details")["hold_reason"] == "shifted_fields"
    assert only(batch, "transactions")["amount"] is None


def test_a_procedure_in_the_place_of_the_amount_is_no_amount():
    batch = read(message("FT1|1|||20260109|20260109|CG|||||44970^Laparoscopic appendectomy^CPT"))
    assert codes_of(batch) == ["unreadable_amount"]
    assert only(batch, "files")["in_amount"] == 0


def test_a_currency_beside_the_amount_is_its_currency():
    batch = read(message(ft1(f11="200.00^EUR"), ft1(f2="T2", f11="200.00^UP")))
    assert [row["hold_reason"] for row in rows_of(batch, "transaction_details")] == ["foreign_currency", None]
    assert [row["amount"] for row in rows_of(batch, "transactions")] == [None, Decimal("200.00")]


@pytest.mark.parametrize("joint", [" ", "\t", "&#13;", "&#xD;", "\\r", "\\X0D\\", "<CR>", "<br/>"])
def test_segments_that_ran_together_are_refused_never_a_silent_zero(joint):
    batch = read(joint.join(message(ft1()).rstrip("\r").split("\r")))
    assert "joined_segments" in codes_of(batch)
    assert only(batch, "messages")["refused_code"] == "joined_segments"
    assert not rows_of(batch, "transactions")


def test_a_second_charge_on_the_line_of_the_first_refuses_the_message_with_its_dollars():
    batch = read(message(ft1(), ft1(f2="T2") + "|" * 20 + " " + ft1(f2="T3")) + message(ft1(f2="T4")))
    assert "joined_segments" in codes_of(batch)
    assert only(batch, "files")["quarantined_amount"] == Decimal("300.00")
    assert only(batch, "transactions")["transaction_id"] == "T4"


def test_a_line_end_inside_a_charge_refuses_its_message():
    batch = read(message(ft1(f8="two\rlines")))
    assert "broken_segment" in codes_of(batch)
    assert not rows_of(batch, "transactions")


def test_a_line_feed_inside_a_field_is_text_where_segments_end_with_a_return():
    row = only(
        read(message(ft1(), IN1.replace("SYNTH HEALTH", "TWO\nLINES").replace("IN1|1", "IN1|0"))), "transactions"
    )
    assert (row["amount"], row["payer_name"]) == (Decimal("150.00"), "TWO\nLINES")


def test_a_charge_message_without_a_charge_is_refused():
    batch = read(message(PV1))
    assert "no_transactions" in codes_of(batch)


def test_a_block_that_never_closes_refuses_its_last_message():
    good, cut = f"\x0b{message()}\x1c\r", f"\x0b{message(ft1(f2='T2'))}"
    batch = read(good + cut)
    assert "truncated_message" in codes_of(batch)
    assert only(batch, "transactions")["transaction_id"] == "T1"
    assert only(batch, "files")["quarantined_amount"] == Decimal("150.00")


def test_diagnoses_of_a_p11_belong_to_the_charge_before_them():
    msh = MSH.replace("DFT^P03^DFT_P03", "DFT^P11^DFT_P11")
    own = "DG1|1||J06.9^^I10"
    batch = read(message("DG1|1||R05^^I10", ft1(f19=""), own, ft1(f2="T2", f19=""), msh=msh))
    assert [row["diagnosis_codes"] for row in rows_of(batch, "transactions")] == ["J06.9", "R05"]


def test_diagnoses_of_the_message_are_those_of_a_charge_without():
    batch = read(message(ft1(f19=""), "DG1|1||J06.9^^I10", "DG1|2||786.2^^I9"))
    assert only(batch, "transactions")["diagnosis_codes"] == "J06.9"
    assert "other_diagnosis_system" in codes_of(batch)


@pytest.mark.parametrize(
    ("field", "expected", "is_found"),
    [
        ("7^DOE~1234567893^DOE^^^^^^^NPI", "1234567893", False),
        ("^DOE^MARY^Q^^^^^&1497758544&NPI", "1497758544", False),
        ("^DOE^MARY^Q^^^^^^&1497758544&NPI", "1497758544", False),
        ("7^DOE^MARY^Q^^^^^^&7654321&UPIN", "7", False),
        ("1234567893^DOE^^^^^^^&2.16.840.1.113883.4.6&ISO", "1234567893", False),
        ("1234567890^DOE", "1234567890", True),
        ("7^DOE", "7", False),
        ("", "1234567893", False),
    ],
)
def test_the_provider_is_the_npi_where_one_is_given(field, expected, is_found):
    batch = read(message(ft1(f20=field)))
    assert only(batch, "transactions")["rendering_provider_id"] == expected
    assert ("npi_check_digit" in codes_of(batch)) == is_found


def batch_of(*messages: str, batch_count: object = None, file_count: object = None) -> str:
    count = len(messages) if batch_count is None else batch_count
    trailer = "" if file_count is None else str(file_count)
    return f"FHS|^~\\&|EHR\rBHS|^~\\&|EHR\r{''.join(messages)}BTS|{count}\rFTS|{trailer}\r"


def test_a_batch_whose_counts_tie_is_read():
    batch = read(batch_of(message(), message(ft1(f2="T2")), file_count=1))
    assert [row["transaction_id"] for row in rows_of(batch, "transactions")] == ["T1", "T2"]
    assert only(batch, "files")["record_count"] == 14
    assert [row["segment_number"] for row in rows_of(batch, "messages")] == [3, 8]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(batch_of(message(), batch_count=2), "batch_count_mismatch", id="a message is missing"),
        pytest.param(batch_of(message(), batch_count="many"), "batch_count_mismatch", id="no number"),
        pytest.param(batch_of(message(), file_count=3), "batch_count_mismatch", id="a batch is missing"),
        pytest.param(batch_of(message()).partition("BTS")[0], "truncated", id="no trailer"),
        pytest.param("", "empty_file", id="empty"),
        pytest.param("\x0b\x1c\r\r", "empty_file", id="empty frame"),
        pytest.param("PID|1||X", "not_hl7", id="no header"),
        pytest.param(message() + "\x00", "nul_byte", id="NUL"),
        pytest.param(b"\xff\xfe\x00", "undecodable_text", id="half a character"),
    ],
)
def test_a_file_that_is_not_whole_is_quarantined_whole(content, code):
    batch = read(content)
    file = only(batch, "files")
    assert (file["status"], file["reason_code"]) == ("quarantined", code)


def test_a_quarantined_batch_says_what_is_at_stake():
    batch = read(batch_of(message(), message(ft1(f2="T2", f11="50")), batch_count=3))
    assert only(batch, "files")["quarantined_amount"] == Decimal("200.00")


def test_a_batch_without_counts_is_read():
    assert len(rows_of(read(batch_of(message(), batch_count="")), "transactions")) == 1


def test_text_that_is_not_utf_8_is_what_msh_18_says_or_windows_1252():
    insurance = IN1.replace("SYNTH HEALTH", "SANT\u00c9 \u0160")
    windows = read(message(ft1(), insurance.replace("IN1|1", "IN1|0")).encode("cp1252"))
    assert rows_of(windows, "transactions")[0]["payer_name"] == "SANT\u00c9 \u0160"
    assert "windows_1252_text" in codes_of(windows)
    latin = MSH + "|" * 6 + "8859/1"
    said = read(message(ft1(), insurance.replace("IN1|1", "IN1|0").replace("\u0160", "S"), msh=latin).encode("latin-1"))
    assert rows_of(said, "transactions")[0]["payer_name"] == "SANT\u00c9 S"
    assert "windows_1252_text" not in codes_of(said)


@pytest.mark.parametrize(
    ("event", "state"),
    [("S12", "booked"), ("S13", "rescheduled"), ("S14", "modified"), ("S15", "cancelled"), ("S26", "no_show")],
)
def test_an_appointment_has_its_state_day_and_length(event, state):
    msh = MSH.replace("DFT^P03^DFT_P03", f"SIU^{event}^SIU_S12")
    scheduled = "SCH|P1|F1|||||ROUTINE|OFFICE|30|min|^^30^20260203091500^20260203094500||||||||||||||BOOKED"
    service = "AIS|1|A|99213^VISIT|20260203091500|||45|min"
    where, who = "AIL|1|A|MAIN^R1", "AIP|1|A|1234567893^ROE^^^^^^^NPI"
    content = f"{msh}\r{scheduled}\r{PID}\r{PV1}\r{service}\r{where}\r{who}"
    row = only(read(content), "appointments")
    assert (row["appointment_id"], row["appointment_state"], row["status_code"]) == ("F1", state, "BOOKED")
    assert (row["appointment_date"], row["start_time"]) == (dt.date(2026, 2, 3), "09:15")
    assert (row["duration_minutes"], row["provider_id"], row["location_id"]) == (45, "1234567893", "MAIN")
    assert (row["patient_id"], row["service_code"]) == ("MRN1", "99213")


@pytest.mark.parametrize("event", ["P01", "P05"])
def test_the_procedures_of_an_account_record_are_rows(event):
    msh = MSH.replace("DFT^P03^DFT_P03", f"BAR^{event}^BAR_P01")
    surgeon, practitioner = "7^OTHER", "1234567893^ROE^R^^^^^^NPI"
    first = f"PR1|1||29881^ARTHROSCOPY^C4||20260109083000||||||{surgeon}|{practitioner}|||M25.561^^I10|LT~59"
    second = f"PR1|2||8000010^OWN^L||20260231||||||{surgeon}"
    batch = read(f"{msh}\r{PID}\r{PV1}\r{first}\r{second}\r{IN1}\r")
    one, other = rows_of(batch, "procedures")
    assert (one["code_system"], one["procedure_code"], one["modifier_1"], one["modifier_2"]) == (
        "CPT",
        "29881",
        "LT",
        "59",
    )
    assert (one["procedure_date"], one["provider_id"], one["diagnosis_codes"]) == (
        dt.date(2026, 1, 9),
        "1234567893",
        "M25.561",
    )
    assert (one["patient_id"], one["segment_number"], one["message_number"]) == ("MRN1", 4, 1)
    assert (other["code_system"], other["procedure_code"], other["procedure_date"], other["provider_id"]) == (
        "LOCAL",
        "8000010",
        None,
        "7",
    )
    assert not rows_of(batch, "transactions")


@pytest.mark.parametrize("event", [f"A{number:02}" for number in range(1, 41)])
def test_every_event_of_a_patient_is_a_state_of_patient_and_visit(event):
    batch = read(f"{MSH.replace('DFT^P03^DFT_P03', f'ADT^{event}')}\r{PID}\rMRG|OLD^^^CLINIC^MR\r{PV1}\r{IN1}\r")
    assert only(batch, "patients")["prior_patient_id"] == "OLD"
    assert only(batch, "visits")["visit_state"] in {"open", "discharged", "pre_admitted", "cancelled"}


def test_other_messages_are_registered_and_not_read():
    batch = read(message("OBX|1|NM|X", msh=MSH.replace("DFT^P03^DFT_P03", "ORU^R01")))
    assert only(batch, "messages")["message_type"] == "ORU"
    assert codes_of(batch) == ["other_message_type"]
    assert not rows_of(batch, "patients")


def test_no_finding_holds_a_value_of_the_file():
    planted = "PLANTEDVALUE"
    fields = {f"f{number}": planted for number in (2, 3, 4, 5, 6, 7, 10, 11, 12, 19, 20, 25, 26)}
    batch = read(message(ft1(**fields), msh=MSH.replace("|C1|", f"|{planted}|")) + planted + "\r")
    assert planted not in repr(rows_of(batch, "findings"))


def test_the_second_opinion_is_asked_about_what_is_refused():
    batch = read(message(PV1))
    assert "second_opinion" in codes_of(batch)
    reads = next(f for f in rows_of(batch, "findings") if f["code"] == "second_opinion")
    assert "reads the refused message" in reads["message"]


def test_the_second_opinion_differs_when_a_parser_sees_other_segments():
    opinions = Opinions("00" + "f" * 62)
    opinions.sample(message().rstrip("\r").split("\r"), 1, 1)
    assert not opinions.findings()
    opinions.sample([MSH, PID + "\r" + PV1], 1, 1)
    assert [finding.code for finding in opinions.findings()] == ["second_opinion_differs"]


_FIELD_TEXT = st.text(st.sampled_from('ABC 019.,-$()^~\\&|"\r\n\x0b\x1c\u00e9#'), max_size=20)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from([f"f{n}" for n in range(1, 44)]), _FIELD_TEXT, max_size=6))
def test_any_field_content_is_a_row_or_a_finding(fields):
    read(message(ft1(**fields), ft1(f1="2", f2="T2")))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damaged(batch_of(message(), message(ft1(f2="T2"), ft1(f2="T3"))).encode()))
def test_damage_never_raises_and_never_loses_money(content):
    read(content)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=400) | st.binary(max_size=200).map(lambda tail: b"MSH|^~\\&|A|B|||||DFT^P03|1\rFT1|" + tail))
def test_any_bytes_are_read_or_quarantined(content):
    read(content)


def test_rows_are_the_same_wherever_their_message_stands_in_a_long_file():
    numbered = [message(ft1(f2=f"T{number}"), ft1(f2=f"U{number}", f4="")) for number in range(600)]
    # other encoding characters in between: their messages are made rows apart from the rest
    numbered[300] = numbered[300].replace("|", "*")
    batch = read("".join(numbered))
    assert [row["transaction_id"] for row in rows_of(batch, "transactions")] == [f"T{n}" for n in range(600)]
    places = [finding["segment_number"] for finding in rows_of(batch, "findings")]
    assert len(places) == 600
    assert places == sorted(places)
    columns = {tuple(row.items())[4:-1] for row in rows_of(batch, "visits")}
    assert len(columns) == 1


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.decimals(-99999, 99999, places=2), st.sampled_from(["CG", "CD", "PY", "CO", "AJ"])),
        min_size=1,
        max_size=8,
    )
)
def test_the_charges_of_a_file_are_the_sum_of_its_charges_and_credits(lines):
    segments = [ft1(f2=f"T{n}", f6=kind, f11=f"{amount}") for n, (amount, kind) in enumerate(lines)]
    batch = read(message(*segments))
    expected = sum(
        (-abs(amount) if kind == "CD" else amount for amount, kind in lines if kind in {"CG", "CD"}), Decimal(0)
    )
    assert only(batch, "files")["in_amount"] == expected
    assert len(rows_of(batch, "transactions")) == len(lines)


@pytest.fixture
def samples(shared) -> Path:
    return shared / "samples" / "ehr" / "hl7v2"


def test_every_published_message_loads_or_is_held_with_a_reason(samples):
    expected = {
        "cerner_lab_dft_no_evn.hl7": (["shifted_fields"] * 3, "0.00"),
        "iris_dft_cerner_26.hl7": ([None], "0.00"),
        "ms_DFT-P03-01.hl7": ([None, None], "220.00"),
        "ms_DFT-P11-01.hl7": ([None, None], "170.00"),
        "redox_dft_epic_inpatient_lab.hl7": (["procedure_codes_disagree"], "125.10"),
    }
    paths = sorted(samples.glob("*.hl7"))
    assert len(paths) == 10
    for path in paths:
        batch = read(path.read_bytes())
        file = only(batch, "files")
        reasons, amount = expected.get(path.name, ([], "0.00"))
        assert file["status"] == "loaded", path.name
        assert [row["hold_reason"] for row in rows_of(batch, "transaction_details")] == reasons, path.name
        assert file["in_amount"] == Decimal(amount), path.name
        assert only(batch, "patients")["patient_id"], path.name


def test_the_published_message_without_an_amount_waits_for_a_fee(samples):
    row = only(read((samples / "iris_dft_cerner_26.hl7").read_bytes()), "transactions")
    assert (row["procedure_code"], row["modifier_1"], row["amount"]) == ("92250", "26", None)


def test_a_published_message_joined_by_blanks_is_refused(samples):
    for path in sorted(samples.glob("ms_DFT*.hl7")):
        batch = read(path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b" "))
        assert only(batch, "messages")["refused_code"] == "joined_segments"
        assert not rows_of(batch, "transactions")
