"""The defects of pyx12 4.0.0 that docs/pyx12-defects.md lists: what it does, what we do, and that the mark is found.

A test here that fails after an update of pyx12 is good news: take the defect off the list.
"""

from __future__ import annotations

import logging
import re
from importlib.metadata import version
from pathlib import Path

import pytest
from support.x12_mutations import clean, dice, made_from_guide, write

from orchestration.formats.x12.era835.validation.comparison import DEFECTS, OpinionComparison, compare
from orchestration.formats.x12.era835.validation.second_opinion import ask_pyx12
from orchestration.formats.x12.era835.validation.verdict import Verdict, validate

LINE = "SVC*HC:99213:25*100*80**1"
PAGE = Path(__file__).parents[6] / "docs" / "pyx12-defects.md"


def _judged(content: bytes, *, is_balanced: bool = True) -> tuple[str, str | None, Verdict, OpinionComparison]:
    """Return pyx12's outcome and failure, our verdict, and what the comparison says."""
    verdict, opinion = validate(content), ask_pyx12(content)
    return opinion.outcome, opinion.failure, verdict, compare(content, verdict, opinion, is_balanced=is_balanced)


def _second_interchange(content: bytes) -> bytes:
    return content.replace(b"000000001", b"000000002")


def test_the_tests_are_about_the_version_that_is_installed():
    assert version("pyx12") == "4.0.0"


def test_the_page_lists_every_defect_and_names_its_test():
    page = PAGE.read_text()
    assert set(re.findall(r"^\| (\d\d) \|", page, re.MULTILINE)) == set(DEFECTS)
    named = set(re.findall(r"`(test_defect_\w+)`", page))
    assert named == {name for name in globals() if name.startswith("test_defect_")}


def test_defect_01_a_byte_order_mark():
    outcome, failure, ours, comparison = _judged(b"\xef\xbb\xbf" + clean())
    assert (outcome, failure, ours.is_accepted) == ("failed", "UnicodeDecodeError", True)
    assert comparison.defects == ("01",)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8"])
def test_defect_02_a_letter_outside_ascii(encoding):
    content = clean().replace(b"DOE", "NÚÑEZ".encode(encoding))
    outcome, failure, ours, comparison = _judged(content)
    assert (outcome, failure, ours.is_accepted) == ("failed", "UnicodeDecodeError", True)
    assert comparison.defects == ("02",)


def test_defect_02_does_not_hide_what_else_is_wrong():
    content = clean(("CLP*P1*1*", "CLP*P1*5*")).replace(b"DOE", "NÚÑEZ".encode())
    assert not validate(content).is_accepted
    assert _judged(content)[3].defects == ("02",)
    outcome, _, ours, comparison = _judged(clean().replace(b"DOE", "D€E".encode()))
    assert (outcome, ours.counts, comparison.defects) == ("failed", {"invalid_character": 1}, ("02",))


def test_defect_03_a_remittance_that_does_not_balance():
    content = clean(("CAS*CO*45*20", "CAS*CO*45*19"))
    outcome, _, ours, comparison = _judged(content, is_balanced=False)
    assert (outcome, ours.is_accepted) == ("accepted", True)
    assert comparison == OpinionComparison("known_defect", ("03",))


def test_defect_04_a_composite_with_too_many_parts():
    outcome, failure, ours, comparison = _judged(clean((LINE, "SVC*HC:99213:25:::::::X*100*80**1")))
    assert (outcome, failure) == ("failed", "IndexError")
    assert "too_many_parts" in ours.counts
    assert comparison.defects == ("04",)


@pytest.mark.parametrize("group", ["GS*HPO*", "GS*XX*"])
def test_defect_05_a_group_without_a_guide(group):
    outcome, failure, ours, comparison = _judged(clean(("GS*HP*", group)))
    assert (outcome, failure, ours.is_accepted) == ("failed", "EngineError", False)
    assert comparison.defects == ("05",)


@pytest.mark.parametrize(
    ("old", "new", "failure"),
    [
        (b"GE*1*1~", b"GE*X*1~", "ValueError"),
        (b"GE*1*1~", b"GE*1*1~IEA*1*000000001~", "IndexError"),
        (b"ST*835*0001~", b"", "IndexError"),
        (b"IEA*1*000000001~", b"IEA*1*000000001~ISA*00~", "X12Error"),
    ],
)
def test_defect_06_a_broken_envelope(old, new, failure):
    outcome, how, ours, comparison = _judged(clean().replace(old, new, 1))
    assert (outcome, how, ours.is_accepted) == ("failed", failure, False)
    assert comparison.defects == ("06",)


def test_defect_07_delimiters_that_are_control_characters():
    content = clean().replace(b"^", b"\x1c").replace(b":", b"\x1f").replace(b"*", b"\x1d").replace(b"~", b"\x1e")
    outcome, _, ours, comparison = _judged(content)
    assert (outcome, ours.is_accepted) == ("rejected", True)
    assert comparison.defects == ("07",)


def test_defect_07_a_delimiter_that_4010_does_not_know():
    content = write(made_from_guide(dice(3), "004010X091A1", 0.1))
    assert ask_pyx12(content).outcome == "accepted"
    outcome, _, ours, comparison = _judged(content.replace(b":", b"^"))
    assert (outcome, ours.is_accepted) == ("rejected", True)
    assert comparison.defects == ("07",)


def test_defect_08_a_second_provider_adjustment():
    plb = "PLB*1234567893*20261231*WO:A*20\nPLB*1999999992*20261231*WO:A*-20\n"
    outcome, _, ours, comparison = _judged(clean(("SE*20", f"{plb}SE*20")))
    assert (outcome, ours.is_accepted) == ("rejected", True)
    assert comparison.defects == ("08",)


@pytest.mark.parametrize(
    ("old", "new"),
    [("MOA***MA01", "MOA***N807"), ("*CT*06156", "*QC*H3B2Y5"), ("*CT*06156", "**11000*RS")],
)
def test_defect_09_codes_that_are_newer_than_its_lists(old, new):
    outcome, _, ours, comparison = _judged(clean((old, new)))
    assert (outcome, ours.is_accepted) == ("rejected", True)
    assert comparison.defects == ("09",)


def test_defect_10_other_delimiters_in_a_later_interchange():
    other = _second_interchange(clean()).replace(b"*", b"|").replace(b":", b">")
    outcome, _, ours, comparison = _judged(clean() + other)
    assert (outcome, ours.is_accepted) == ("rejected", True)
    assert comparison.defects == ("10",)


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"ST*835*", b"ST*999*"), (b"ST*835*", b"NTE*ADD*STRAY~ST*835*"), (b"ISA*", b"ISA*")],
    ids=["a set of no guide", "a stray segment", "nothing but an envelope"],
)
def test_defect_11_what_stands_before_the_first_set(old, new):
    content = clean().replace(old, new, 1)
    if old == new:
        content = re.sub(rb"ST\*835.*?GE\*1", b"GE*0", content, flags=re.DOTALL)
    outcome, _, ours, comparison = _judged(content)
    assert (outcome, ours.is_accepted) == ("accepted", False)
    assert comparison.defects == ("11",)


def test_defect_12_a_transaction_that_is_empty():
    content = re.sub(rb"BPR.*SE\*20", b"SE*2", clean(), flags=re.DOTALL)
    outcome, _, ours, comparison = _judged(content)
    assert (outcome, ours.is_accepted) == ("accepted", False)
    assert comparison.defects == ("12",)


@pytest.mark.parametrize("gap", [b"~", b"\n~\n"])
def test_defect_13_what_stands_behind_an_empty_segment(gap):
    spoiled = _second_interchange(clean(("CLP*P1*1*", "CLP*P1*5*")))
    outcome, _, ours, comparison = _judged(clean() + gap + spoiled)
    assert (outcome, ours.is_accepted) == ("accepted", False)
    assert comparison.defects == ("13",)


def test_defect_13_line_ends_beyond_its_buffer():
    outcome, _, ours, comparison = _judged(clean().replace(b"LX*1~", b"LX*1~" + b"\n" * 20_000))
    assert (outcome, ours.is_accepted) == ("rejected", True)
    assert comparison.defects == ("13",)


def test_defect_13_a_header_that_is_too_short():
    # the 106th character is then an I of GS02: pyx12 takes it for the terminator, and ISA for an empty segment
    content = clean(("*000000001*0*P", "*1*0*P"), ("GS*HP*PAYERX", "GS*HP*PIYERX"))
    outcome, _, ours, comparison = _judged(content)
    assert (outcome, ours.is_accepted) == ("accepted", False)
    assert comparison.defects == ("13",)


def test_defect_14_an_acknowledgement_in_a_later_interchange():
    acknowledged = _second_interchange(clean(("GS*HP", "TA1*000000001*260301*1200*A*000\nGS*HP")))
    first = clean(("GS*HP", "TA1*000000001*260301*1200*A*000\nGS*HP"))
    assert _judged(first)[0] == "accepted"
    outcome, _, ours, comparison = _judged(first + acknowledged)
    assert (outcome, ours.is_accepted) == ("rejected", True)
    assert comparison.defects == ("14",)


def test_a_difference_that_no_defect_explains_is_a_disagreement():
    content = clean()
    comparison = compare(content, Verdict(is_accepted=False), ask_pyx12(content))
    assert comparison == OpinionComparison("disagreement")
    assert "no known defect" in comparison.words
    assert compare(content, validate(content), ask_pyx12(content)).words == "pyx12 agrees"
    spoiled = clean(("CLP*P1*1*", "CLP*P1*5*"))
    assert compare(spoiled, Verdict(is_accepted=True), ask_pyx12(spoiled)) == OpinionComparison("disagreement")


def test_what_pyx12_loses_and_nobody_minds_explains_nothing():
    content = clean(("ST*835*0001", "ST*835*0001*"))
    opinion = ask_pyx12(content)
    assert [(c.code, c.was_lost, c.is_order) for c in opinion.complaints] == [("SEG1", True, False)]
    assert compare(content, Verdict(is_accepted=False), opinion) == OpinionComparison("disagreement")


def test_a_defect_beside_another_complaint_explains_nothing():
    content = clean(("MOA***MA01", "MOA***N807"), ("CLP*P1*1*", "CLP*P1*5*"))
    assert compare(content, Verdict(is_accepted=True), ask_pyx12(content)) == OpinionComparison("disagreement")


def test_asking_pyx12_logs_nothing_and_leaves_no_file(tmp_path, monkeypatch, caplog, capfd):
    monkeypatch.chdir(tmp_path)
    with caplog.at_level(logging.DEBUG):
        opinion = ask_pyx12(clean(("NM1*QC*1*DOE*JANE", "NM1*QC*9*ZEBEDEE*JANE")))
    assert opinion.outcome == "rejected"
    assert not caplog.records
    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []


def test_an_opinion_keeps_kinds_and_places_and_no_values():
    opinion = ask_pyx12(clean(("NM1*QC*1*DOE*JANE", "NM1*QC*9*ZEBEDEE*JANE"), ("SE*20*0001", "SE*20*0002")))
    places = {(c.level, c.code, c.line, c.reference) for c in opinion.complaints}
    assert places == {("ELE", "7", 15, "NM102"), ("ST", "3", 3, None)}
    assert opinion.error_count == 2
    assert "ZEBEDEE" not in repr(opinion)


def test_pyx12_can_be_asked_again_and_again():
    assert [ask_pyx12(clean()).outcome for _ in range(3)] == ["accepted"] * 3
    assert logging.getLogger("pyx12").handlers == []
