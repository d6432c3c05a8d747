import datetime as dt
import hashlib
import os
import re
import subprocess
import sys

import pytest
from practice_files import START, read_practice

from orchestration.core.errors import BooksError
from orchestration.synthetic.entities import SURGERY_CENTRE
from orchestration.synthetic.generate import generate
from orchestration.synthetic.people import CANARY_LAST_NAME, CANARY_MEMBER_ID

DAYS = 40
END = START + dt.timedelta(days=DAYS - 1)


def written(out):
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def small(out, *, days=DAYS, seed=11, only=None):
    return generate(out, providers=2, start=START, days=days, seed=seed, only=only)


def test_the_same_seed_gives_the_same_bytes_in_another_process_with_other_hashing(tmp_path):
    small(tmp_path / "here")
    code = (
        "import sys, datetime as dt, pathlib\n"
        "from orchestration.synthetic.generate import generate\n"
        "generate(pathlib.Path(sys.argv[1]), providers=2, start=dt.date(2025, 11, 1), days=40, seed=11)\n"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "12345", "TZ": "Pacific/Auckland"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "there")], check=True, env=environment)
    here, there = written(tmp_path / "here"), written(tmp_path / "there")
    assert list(here) == list(there)
    assert here == there
    assert {name.split("/")[-1].split("_")[0] for name in here} >= {"charges", "era", "bank", "payroll", "bill"}


def test_another_seed_gives_another_practice(tmp_path):
    small(tmp_path / "one")
    small(tmp_path / "two", seed=12)
    one, two = written(tmp_path / "one"), written(tmp_path / "two")
    name = "inbox/charges_2025-11-04.csv"
    assert hashlib.sha256(one[name]).digest() != hashlib.sha256(two[name]).digest()


def test_a_longer_practice_repeats_a_shorter_one_but_for_the_month_the_bank_cut_short(tmp_path):
    small(tmp_path / "short")
    small(tmp_path / "long", days=DAYS + 15)
    short, long = read_practice(tmp_path / "short").files, read_practice(tmp_path / "long").files
    differing = {name for name, content in short.items() if long.get(name) != content}
    assert differing == {"bank_2025-12.ofx"}
    assert len(long) > len(short)


def test_two_parts_written_apart_are_the_whole_to_the_cent(tmp_path):
    cut = START + dt.timedelta(days=DAYS - 2)
    whole = small(tmp_path / "whole")
    before = small(tmp_path / "before", only=(START, cut))
    after = small(tmp_path / "after", only=(END, END))
    for source, total in whole.control_totals.items():
        assert before.control_totals[source] + after.control_totals[source] == total, source
    for what in ("charge_lines", "claim_reports", "patient_payments", "denied_claims"):
        assert before.counts[what] + after.counts[what] == whole.counts[what]
    files = read_practice(tmp_path / "whole").files
    parts = read_practice(tmp_path / "before").files | read_practice(tmp_path / "after").files
    assert {name for name in files if not name.startswith("bank")} == {n for n in parts if not n.startswith("bank")}
    assert all(parts[name] == content for name, content in files.items() if not name.startswith("bank"))
    assert sorted(name for name in parts if name.startswith("bank")) == [
        "bank_2025-11.ofx",
        "bank_2025-12_01-09.ofx",
        "bank_2025-12_10-10.ofx",
    ]


@pytest.mark.parametrize(
    ("providers", "days", "only"),
    [
        pytest.param(0, 10, None, id="nobody works"),
        pytest.param(1, 0, None, id="no day"),
        pytest.param(1, 10, (START, START + dt.timedelta(days=10)), id="a day after the last"),
        pytest.param(1, 10, (START + dt.timedelta(days=2), START), id="backwards"),
    ],
)
def test_an_impossible_practice_is_refused(tmp_path, providers, days, only):
    with pytest.raises(BooksError):
        generate(tmp_path, providers=providers, start=START, days=days, only=only)
    assert not list(tmp_path.iterdir())


def test_a_practice_that_never_opens_still_has_its_bank_and_truth(tmp_path):
    # a Saturday and a Sunday
    manifest = generate(tmp_path, providers=1, start=START, days=2)
    assert [path.name for path in (tmp_path / "inbox").iterdir()] == ["bank_2025-11.ofx"]
    assert manifest.counts["visits"] == 0
    assert set(manifest.control_totals.values()) == {0}


def test_the_canary_is_in_charges_remittances_and_one_bank_memo(practice):
    found = {
        prefix: [name for name, text in practice.texts(prefix).items() if CANARY_LAST_NAME.lower() in text.lower()]
        for prefix in ("charges", "era", "bank", "payroll")
    }
    assert len(found["charges"]) >= 3
    assert len(found["era"]) >= 2
    assert len(found["bank"]) == 1
    assert not found["payroll"]
    assert len(re.findall(CANARY_LAST_NAME, "".join(practice.texts("bank").values()), re.IGNORECASE)) == 1
    assert CANARY_MEMBER_ID in practice.texts("era")[found["era"][0]]


def test_the_surgery_centre_is_another_entity_with_numbers_providers_and_an_account_of_its_own(tmp_path):
    small(tmp_path / "practice")
    manifest = generate(tmp_path / "surgery", providers=2, start=START, days=DAYS, seed=11, entity=SURGERY_CENTRE)
    practice, surgery = read_practice(tmp_path / "practice"), read_practice(tmp_path / "surgery")
    assert (practice.manifest["entity_id"], manifest.entity_id) == ("practice", "surgery")
    for column in ("transaction_id", "claim_id", "rendering_provider_npi", "location_id"):
        ours, theirs = ({row[column] for row in each.rows("charges")} for each in (practice, surgery))
        assert ours
        assert theirs
        assert not ours & theirs, column
    assert {row["place_of_service"] for row in surgery.rows("charges") if row["transaction_type"] == "CHARGE"} == {"24"}
    accounts = [set(re.findall(r"<ACCTID>(\d+)", "".join(each.texts("bank").values()))) for each in (practice, surgery)]
    assert accounts[0] != accounts[1]
