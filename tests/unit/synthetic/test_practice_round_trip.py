"""What readers make of the practice's files is what the hidden ledger says, in every format, for any seed."""

import datetime as dt
import shutil

import pytest

from orchestration.formats.registry import readers
from orchestration.stores.ocr import OcrEngine
from orchestration.synthetic.check.round_trip import TruthComparison, compare
from orchestration.synthetic.entities import PRACTICE, SURGERY_CENTRE, involved
from orchestration.synthetic.generate import all_feeds, generate

START = dt.date(2025, 11, 1)
READERS = readers(OcrEngine())


def broken(comparisons):
    return [comparison for comparison in comparisons if not comparison.holds]


@pytest.mark.parametrize(
    ("seed", "providers", "days", "entity"),
    [
        pytest.param(
            1, 1, 80, involved(PRACTICE), id="second payers, copays at the desk, capitation", marks=pytest.mark.long
        ),
        pytest.param(20_260_704, 2, 34, PRACTICE, id="plain"),
    ],
)
def test_every_format_comes_back_to_the_cent_and_with_the_same_lines(tmp_path, seed, providers, days, entity):
    generate(tmp_path, providers=providers, start=START, days=days, seed=seed, feeds=all_feeds(), entity=entity)
    found = compare(tmp_path, READERS)
    assert not broken(found)
    # every feed but the bills, which are pictures, is read and compared
    assert {each.feed for each in found} == {*all_feeds()} - {"bills"}


@pytest.mark.long
def test_the_surgery_centre_comes_back_too(tmp_path):
    generate(tmp_path, providers=2, start=START, days=61, seed=5, entity=SURGERY_CENTRE, feeds=all_feeds())
    assert not broken(compare(tmp_path, READERS))


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    out = tmp_path_factory.mktemp("small")
    generate(out, providers=1, start=START, days=24, seed=2, feeds=("athena", "fhir"))
    return out


@pytest.mark.parametrize(
    ("pattern", "old", "new", "feeds"),
    [
        pytest.param("inbox/charges_*.csv", b".00,,,\n", b".01,,,\n", {"generic_csv", "athena", "fhir"}, id="a cent"),
        pytest.param("feeds/athena/*.csv", b"ENTRY,,1", b"ENTRY,,2", {"athena"}, id="a hundred dollars at athena"),
        pytest.param("feeds/fhir/Claim*", b'{"value":1}', b'{"value":2}', {"fhir"}, id="units in FHIR"),
        pytest.param("inbox/era_*.835", b"BPR*I*", b"BPR*I*9", {"835"}, id="a payment"),
        pytest.param("inbox/bank_*.ofx", b"<TRNAMT>", b"<TRNAMT>9", {"ofx"}, id="a deposit"),
        pytest.param("inbox/payroll_*.csv", b",clinical,,", b",clinical,1,", {"payroll_csv"}, id="a provider"),
    ],
)
def test_the_comparison_finds_what_was_changed(small, tmp_path, pattern, old, new, feeds):
    out = tmp_path / "changed"
    shutil.copytree(small, out)
    changed = next(path for path in sorted(out.glob(pattern)) if old in path.read_bytes())
    changed.write_bytes(changed.read_bytes().replace(old, new, 1))
    assert {each.feed for each in broken(compare(out, READERS))} == feeds


def test_nothing_to_compare_proves_nothing():
    assert not TruthComparison("hl7", "charged", cells=0, differing=0).holds
