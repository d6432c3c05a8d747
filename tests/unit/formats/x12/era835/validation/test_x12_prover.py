"""What is vouched for at once is what the exact walker finds right: on good files, on bad ones, on any damage."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from support.format_examples import PAID_CLAIM, damaged, era, interchange, join, source, transaction
from support.x12_mutations import CLEAN, clean, dice, made_from_guide, mutated

from orchestration.formats.x12.era835.engine import Engine
from orchestration.formats.x12.era835.validation import prover
from orchestration.formats.x12.era835.validation.verdict import validate

RICH = era(
    "TS3*1234567893*11*20261231*1*100",
    *PAID_CLAIM[:1],
    "CAS*CO*45*10*1*253*10",
    "NM1*QC*1*DOE*JANE*Q***MI*W000000001",
    "NM1*82*1*ROE*RICHARD****XX*1234567893",
    "MOA***MA01",
    "REF*1L*GROUP7",
    "DTM*232*20260110",
    "AMT*AU*100",
    "QTY*CA*1.5",
    "SVC*HC:99213:25:59*100*80*0450*1.5*HC:99214*2",
    "DTM*472*20260110",
    "REF*6R*L1",
    "AMT*B6*80",
    "LQ*HE*N130",
    "LX*2",
    "CLP*P2*4*50*0**12*ICN2*11*1",
    "NM1*QC*1*DOE*JOHN",
    "SVC*HC:99213*50*0",
    "CAS*PR*27*50",
    "PLB*1234567893*20261231*WO:ABC*-1.5",
    paid="81.5",
)


@pytest.fixture(autouse=True)
def _short_files_are_proved_too(monkeypatch):
    monkeypatch.setattr(prover, "WORTH_PROVING", 0)


def _both(content: bytes) -> tuple[bool, bool]:
    """The verdict with everything proved that can be, and the exact walker's."""
    reading = Engine().read([source(content)])[0]
    return bool(reading.verdict and reading.verdict.is_accepted), validate(content).is_accepted


def _is_proved(content: bytes, monkeypatch: pytest.MonkeyPatch) -> bool:
    proofs = []
    plain = prover.Prover.prove

    def prove(self: prover.Prover) -> prover.Proof:
        proofs.append(plain(self))
        return proofs[-1]

    monkeypatch.setattr(prover.Prover, "prove", prove)
    Engine().read([source(content)])
    return bool(proofs) and all(proof.is_proved.all() for proof in proofs)


def test_a_rich_remittance_is_vouched_for(monkeypatch):
    assert _is_proved(RICH, monkeypatch)
    assert _both(RICH) == (True, True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("CLP*P1*1*", "CLP*P1*99*", id="a status nobody has"),
        pytest.param("NM1*QC*1*DOE*JANE*Q***MI*W000000001~", "", id="no patient"),
        pytest.param("CAS*PR*27*50~", "CAS*XX*27*50~", id="a group nobody has"),
        pytest.param("AMT*B6*80~", "AMT*B6*80.~", id="a number that ends with its point"),
        pytest.param("DTM*472*20260110~", "DTM*472*20260230~", id="a day that does not exist"),
        pytest.param("LQ*HE*N130~", "LQ*HE*N130~REF*6R*L2~", id="a segment after its place"),
        pytest.param("REF*6R*L1~", "REF*6R*L1~REF*6R*L2~", id="a segment twice"),
        pytest.param("SVC*HC:99213*50*0~", "SVC*HC:99213*50*0*~", id="a separator at the end"),
        pytest.param("SVC*HC:99213*50*0~", "SVC*HC:1:2:3:4:5:6:7:8:9*50*0~", id="too many parts"),
        pytest.param("CAS*CO*45*10*1*253*10~", "CAS*CO*45*10*1*253~", id="a reason without an amount"),
        pytest.param("NM1*82*1*ROE*RICHARD****XX*1234567893~", "NM1*82*1*ROE*RICHARD****XX~", id="half a pair"),
        pytest.param("REF*1L*GROUP7~", "REF*1L*GROUP:7~", id="parts in one value"),
        pytest.param("*DOE*JANE*Q", "*DOE*JANE *Q", id="a blank at the end"),
        pytest.param("LX*2~", "LX*A~", id="letters for a number"),
    ],
)
def test_a_fault_is_never_vouched_for(old, new, monkeypatch):
    assert old.encode() in RICH
    content = RICH.replace(old.encode(), new.encode())
    assert not _is_proved(content, monkeypatch)


SECOND = "".join(line + "\n" for line in CLEAN.strip().splitlines()[3:21])
TWO_SETS = clean(("GE*1*1", f"ST*835*0002\n{SECOND}SE*20*0002\nGE*1*1"))


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        pytest.param(TWO_SETS, set(), id="nothing wrong"),
        pytest.param(TWO_SETS.replace(b"GE*2*1", b"GE*1*1"), {"group_count_mismatch"}, id="sets miscounted"),
        pytest.param(TWO_SETS.replace(b"SE*20*0002", b"SE*21*0002"), {"segment_count_mismatch"}, id="segments"),
        pytest.param(
            TWO_SETS.replace(b"ST*835*0002", b"ST*835*0001").replace(b"*0002~", b"*0001~"),
            {"repeated_transaction_control"},
            id="one number twice",
        ),
        pytest.param(TWO_SETS.replace(b"GE*2*1~", b""), {"missing_trailer", "missing_segment"}, id="no end of group"),
        pytest.param(
            TWO_SETS.replace(b"BPR*I*80", b"BPR*Z*80"),
            {"invalid_code", "unknown_qualifier"},
            id="header of a proved detail",
        ),
    ],
)
def test_what_is_around_a_proved_detail_is_walked(content, codes):
    verdict = Engine().read([source(content)])[0].verdict
    assert verdict
    assert set(verdict.counts) == codes == set(validate(content).counts)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damaged(RICH + join(interchange(transaction(*PAID_CLAIM), control="000000002"))))
def test_both_ways_to_judge_a_damaged_file_agree(content):
    fast, exact = _both(content)
    assert fast == exact


def _compare(seed: int, cases: int) -> None:
    rng = dice(seed)
    for case in range(cases):
        content, done = mutated(rng, made_from_guide(rng))
        fast, exact = _both(content)
        assert fast == exact, (seed, case, done)


def test_both_ways_agree_on_files_made_from_the_guide_and_spoiled():
    _compare(seed=835, cases=150)


@pytest.mark.slow
def test_both_ways_agree_on_thousands_of_spoiled_files():
    _compare(seed=20260301, cases=5000)
