"""Our verdict on a remittance's form: what each violation is called, and that pyx12 rejects the same file."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.x12_mutations import clean

from orchestration.formats.x12.era835.validation.second_opinion import ask_pyx12
from orchestration.formats.x12.era835.validation.verdict import validate

GROUP = "GS*HP*PAYERX*CLINICX*20260301*1200*1*X*005010X221A1"
LINE = "SVC*HC:99213:25*100*80**1"
SERVICE = f"{LINE}\nDTM*472*20260110\nCAS*CO*45*20\nREF*6R*L1\nLQ*HE*N1\n"
PER = "PER*BL*EDI DESK*TE*8005550199\n"
CLAIM = "CLP*P1*1*100*80**12*ICN1*11*1\nNM1*QC*1*DOE*JANE****MI*W000000001\nMOA***MA01\n"
PAYER = "N1*PR*SYNTH HEALTH*XV*60054\nN3*PO BOX 1\nN4*HARTFORD*CT*06156\n"
DATE, CUT = "DTM*472*20260110\n", "CAS*CO*45*20\n"
SECOND = clean().decode().replace("~", "\n").split("ST*835*0001\n")[1].split("SE*")[0]
TRAILER = "IEA*1*000000001"

# what is done to a clean file: (old, new) texts, the code it gets, and where (None: at no element)
VIOLATIONS = {
    "segment missing": ((PER, ""), "missing_segment", None),
    "patient missing": (("NM1*QC*1*DOE*JANE****MI*W000000001\n", ""), "missing_segment", None),
    "payer missing": (
        (PAYER + PER, ""),
        "missing_loop",
        None,
    ),
    "run without claim": ((CLAIM + SERVICE, ""), "missing_loop", None),
    "segment out of order": ((DATE + CUT, CUT + DATE), "unexpected_segment", None),
    "segment of no guide": (("LX*1\n", "LX*1\nNTE*ADD*HELLO\n"), "unexpected_segment", None),
    "qualifier of no guide": (("REF*6R*L1", "REF*ZZ*L1"), "unknown_qualifier", "REF01"),
    "adjustment group of 4010": (("CAS*CO*45", "CAS*CR*45"), "unknown_qualifier", "CAS01"),
    "line number twice": (("REF*6R*L1\n", "REF*6R*L1\nREF*6R*L2\n"), "segment_repeated", None),
    "payer twice": (("N1*PE", f"{PAYER}{PER}N1*PE"), "loop_repeated", None),
    "too many service lines": ((SERVICE, f"{LINE}\n" * 1000), "loop_repeated", None),
    "required element empty": (("CLP*P1*1*", "CLP**1*"), "element_missing", "CLP01"),
    "required element cut off": (("TRN*1*TRC001*1512345678", "TRN*1*TRC001"), "element_missing", "TRN03"),
    "required composite empty": (("MOA***MA01", "PLB*1\nMOA***MA01"), "unexpected_segment", None),
    "element not used": (("REF*6R*L1", "REF*6R*L1*X"), "element_not_used", "REF03"),
    "ST03 is not used": (("ST*835*0001", "ST*835*0001*005010X221A1"), "element_not_used", "ST03"),
    "too many elements": (("DTM*472*20260110", "DTM*472*20260110*****X"), "too_many_elements", "DTM07"),
    "parts in a simple element": (("CLP*P1*", "CLP*P:1*"), "element_has_parts", "CLP01"),
    "too short": (("*XV*60054", "*XV*6"), "element_too_short", "N104"),
    "too long": (("CLP*P1*", f"CLP*{'P' * 39}*"), "element_too_long", "CLP01"),
    "amount too long": (("SVC*HC:99213:25*100*", f"SVC*HC:99213:25*{'1' * 19}*"), "element_too_long", "SVC02"),
    "amount with a comma": (("CAS*CO*45*20", "CAS*CO*45*1,000"), "invalid_number", "CAS03"),
    "amount with a last point": (("CAS*CO*45*20", "CAS*CO*45*20."), "invalid_number", "CAS03"),
    "count that is no number": (("LX*1", "LX*A"), "invalid_number", "LX01"),
    "a day that does not exist": (("DTM*472*20260110", "DTM*472*20260230"), "invalid_date", "DTM02"),
    "a leap day in no leap year": (("DTM*472*20260110", "DTM*472*21000229"), "invalid_date", "DTM02"),
    "a time that does not exist": (("*20260301*1200*1*X", "*20260301*2400*1*X"), "invalid_time", "GS05"),
    "code of no list": (("CLP*P1*1*", "CLP*P1*5*"), "invalid_code", "CLP02"),
    "state of no list": (("*CT*06156", "*XQ*06156"), "invalid_code", "N402"),
    "remark of no list": (("MOA***MA01", "MOA***MA12"), "invalid_code", "MOA03"),
    "another guide": ((GROUP, GROUP.replace("221A1", "221A9")), "invalid_code", "GS08"),
    "modifier too short": (("HC:99213:25", "HC:99213:2"), "element_too_short", "SVC01-3"),
    "part not used": (("HC:99213:25", "HC:99213:25::::X"), "element_not_used", "SVC01-7"),
    "trailing spaces": (("CLP*P1*", "CLP*P1 *"), "trailing_spaces", "CLP01"),
    "control character": (("CLP*P1*", "CLP*P\t1*"), "control_character", "CLP01"),
    "trailing separators": (("REF*6R*L1", "REF*6R*L1**"), "trailing_separator", None),
    "a segment without value": (("MOA***MA01", "MOA"), "no_elements", "MOA"),
    "pair half filled": (("N1*PR*SYNTH HEALTH*XV*60054", "N1*PR*SYNTH HEALTH*XV"), "elements_disagree", "N103"),
    "triplet without amount": (("CAS*CO*45*20", "CAS*CO*45*20**97"), "elements_disagree", "CAS05"),
    "state and province": (("*CT*06156", "*CT*06156****ON"), "elements_disagree", "N402"),
    "wrong SE01": (("SE*20*0001", "SE*20*0002"), "transaction_control_mismatch", "SE02"),
    "wrong GE02": (("GE*1*1", "GE*1*7"), "group_control_mismatch", "GE02"),
    "wrong IEA02": ((TRAILER, "IEA*1*000000007"), "interchange_control_mismatch", "IEA02"),
    "no SE": (("SE*20*0001\n", ""), "missing_trailer", None),
    "no GE": (("GE*1*1\n", ""), "missing_trailer", None),
    "no IEA": ((f"\n{TRAILER}", ""), "missing_trailer", None),
    "segment behind the end": ((TRAILER, f"{TRAILER}\nREF*6R*L9"), "outside_interchange", None),
    "blanks before a segment": (("REF*6R*L1", " REF*6R*L1"), "leading_blank", None),
}  # fmt: skip


@pytest.mark.parametrize(("change", "code", "reference"), VIOLATIONS.values(), ids=VIOLATIONS.keys())
def test_a_violation_has_a_code_and_a_place_and_pyx12_rejects_the_file_too(change, code, reference):
    content = clean(change)
    verdict = validate(content)
    assert not verdict.is_accepted
    assert [f for f in verdict.findings if (f.code, f.reference) == (code, reference)], verdict.findings
    assert ask_pyx12(content).outcome != "accepted"


COUNTS = {
    "segments": (b"SE*20*", b"SE*21*", "segment_count_mismatch"),
    "sets": (b"GE*1*1", b"GE*2*1", "group_count_mismatch"),
    "groups": (b"IEA*1*", b"IEA*2*", "interchange_count_mismatch"),
    "a line break": (b"PO BOX", b"PO\nBOX", "line_break_in_segment"),
    "two terminators": (b"LX*1~", b"LX*1~~", "empty_segment"),
    "no last terminator": (b"IEA*1*000000001~", b"IEA*1*000000001", "unterminated_segment"),
    "blank first": (b"ISA*00", b" ISA*00", "no_interchange_header"),
    "header not padded": (b"*PAYERX         *", b"*PAYERX*", "element_too_short"),
}


@pytest.mark.parametrize(("old", "new", "code"), COUNTS.values(), ids=COUNTS.keys())
def test_a_violation_of_the_bytes_is_named_and_pyx12_does_not_accept_it_either(old, new, code):
    content = clean()
    assert old in content
    spoiled = content.replace(old, new, 1)
    verdict = validate(spoiled)
    assert not verdict.is_accepted
    assert code in verdict.counts
    assert ask_pyx12(spoiled).outcome != "accepted"


ALLOWED = {
    "as it is": (),
    "no service line": ((SERVICE, ""),),
    "no claim at all": ((f"LX*1\n{CLAIM}{SERVICE}", ""),),
    "two sets": (("GE*1*1", f"ST*835*0002\n{SECOND}SE*20*0002\nGE*1*1"),),
    "negative and short amounts": (("CAS*CO*45*20", "CAS*CO*45*-.5"),),
    "leading zeros": (("CAS*CO*45*20", "CAS*CO*45*0020.00"),),
    "an empty part": (("HC:99213:25", "HC:99213::25:"),),
    "a leap day": (("DTM*472*20260110", "DTM*472*20240229"),),
    "a time with hundredths": (("*20260301*1200*1*X", "*20260301*12005999*1*X"),),
    "lower case and punctuation": (("EDI DESK", "edi desk #1 (a@b.c) 5%"),),
    "names in any order": (("NM1*QC", "NM1*82*1*ROE*****XX*1234567893\nNM1*QC"),),
    "one provider adjustment": (("SE*20*0001", "PLB*1234567893*20261231*WO:A*20*:B*-20\nSE*20*0001"),),
    "trailing separator in ST": (("ST*835*0001", "ST*835*0001*"),),
    "blanks before GE": (("GE*1*1", " GE*1*1"),),
}  # fmt: skip


@pytest.mark.parametrize("changes", ALLOWED.values(), ids=ALLOWED.keys())
def test_what_the_guide_allows_is_accepted_by_us_and_by_pyx12(changes):
    content = clean(*changes)
    verdict = validate(content)
    assert verdict.is_accepted, verdict.findings
    assert ask_pyx12(content).outcome == "accepted"


def test_a_finding_of_form_alone_is_a_warning_and_one_of_the_envelope_an_error():
    form = validate(clean(("CLP*P1*1*", "CLP*P1*5*"))).findings
    envelope = validate(clean(("GE*1*1", "GE*1*7"))).findings
    assert [(f.severity, f.violates_guide) for f in form] == [("warning", True)]
    assert [(f.severity, f.violates_guide) for f in envelope] == [("error", True)]


def test_a_finding_names_the_segment_and_no_value_of_the_file():
    verdict = validate(clean(("NM1*QC*1*DOE*JANE****MI*W000000001", "NM1*QC*1*DOE*JANE*****W000000001")))
    assert [(f.segment_number, f.segment_id, f.reference) for f in verdict.findings] == [(15, "NM1", "NM108")]
    assert "W000000001" not in verdict.findings[0].message


def test_the_first_findings_are_kept_and_all_are_counted():
    content = clean((SERVICE, f"{LINE}\nDTM*472*20260230\n" * 300))
    verdict = validate(content, limit=10)
    assert verdict.counts == {"invalid_date": 300}
    assert [f.code for f in verdict.findings] == ["invalid_date"] * 10 + ["more_violations"]
    assert verdict.findings[-1].message.startswith("290 more")


def test_a_file_without_envelope_is_rejected_and_still_judged_inside():
    content = clean(("CLP*P1*1*", "CLP*P1*5*"))
    inside = content[content.index(b"ST*835") : content.index(b"GE*")]
    verdict = validate(inside)
    assert set(verdict.counts) == {"no_interchange_header", "invalid_code"}


def test_a_group_of_another_kind_is_not_judged_by_this_guide():
    content = clean((GROUP, GROUP.replace("HP", "HC").replace("221A1", "222A1")), ("ST*835", "ST*837"))
    verdict = validate(content)
    assert set(verdict.counts) == {"group_not_judged", "no_remittance"}


@pytest.mark.parametrize("content", [b"", b"~", b"ISA", b"\xff\xfeI\x00", b"ISA" + b"*" * 200, b"hello~" * 10])
def test_bytes_that_are_no_remittance_are_rejected(content):
    assert not validate(content).is_accepted


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damage_never_raises_and_never_shows_a_name(data):
    content = bytearray(clean(("NM1*QC*1*DOE*JANE", "NM1*QC*1*ZEBEDEE*JANE")))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(content) - 1))
        piece = data.draw(st.binary(max_size=3) | st.sampled_from([b"~", b"*", b":", b"\n", b"ISA*", b"IEA*", b"~~"]))
        content[place : place + data.draw(st.integers(0, 2))] = piece
    verdict = validate(bytes(content))
    assert not any(re.search("ZEBEDEE", f.message) for f in verdict.findings)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"~" * 1_000_000, id="terminators only"),
        pytest.param(clean().replace(b"LX*1~", b"LX*1~" + b"X" * 1_000_000), id="no terminator"),
        pytest.param(clean().replace(b"DOE", b"D" * 1_000_000), id="a huge element"),
        pytest.param(clean().replace(b"SE*20", b"SE*" + b"9" * 1_000_000), id="a huge number"),
        pytest.param(clean().replace(b"LX*1~", b"LX*1~" + b"*" * 1_000_000 + b"~"), id="a million elements"),
        pytest.param(clean().replace(b"LX*1~", b"LX*1~" + b"\n" * 1_000_000), id="a million line ends"),
    ],
)
def test_hostile_bytes_are_judged_in_bounded_time(content):
    begin = time.process_time()
    verdict = validate(content)
    assert time.process_time() - begin < 5
    assert verdict.is_accepted is (b"\n" * 9 in content)
