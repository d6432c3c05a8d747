"""The command line starts light, and speaks in sentences."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from support.x12_mutations import clean

from orchestration.cli.main import VERBS
from orchestration.cli.run import summary_lines
from orchestration.operations.summary import Summary

MEDBOOKS = str(Path(sys.executable).parent / "medbooks")
HEAVY = ("dagster", "duckdb", "pandas", "pyarrow", "polars", "mlflow", "prophet", "xgboost", "sqlalchemy", "rich.table")
REMITTANCE = clean().decode()
FACTS = Summary(
    files=3, quarantined_files=1, claims=2, in_amount=Decimal("100.00"), posted_amount=Decimal("60.00"),
    held_amount=Decimal("30.00"), quarantined_amount=Decimal("10.00"), is_conserved=True, denials_worth_appealing=1,
    expected_recovery_amount=Decimal("12.50"), dso_days=None, low_point_amount=None, low_point_date=None, entries=1,
    trial_balance_amount=Decimal("0.00"),
)  # fmt: skip


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([MEDBOOKS, *arguments], capture_output=True, text=True, check=False)


def imported_by(code: str) -> set[str]:
    code = f"import sys\n{code}\nsys.stderr.write('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stderr.splitlines())


def test_no_verb_imports_anything_heavy_before_it_is_run() -> None:
    modules = imported_by("from orchestration.cli import main\nfor verb in main.VERBS: main._verb(verb)")
    assert {"orchestration.cli.gl", "orchestration.cli.up"} <= modules
    assert modules.isdisjoint(HEAVY)


def test_inspecting_a_remittance_imports_no_other_verb_and_nothing_heavy(tmp_path: Path) -> None:
    (tmp_path / "good.835").write_text(REMITTANCE)
    arguments = ["medbooks", "era", "inspect", "--json", str(tmp_path / "good.835")]
    modules = imported_by(
        f"sys.argv = {arguments}\nfrom orchestration.cli.main import main\ntry: main()\nexcept SystemExit: pass"
    )
    verbs = {name for name in modules if name.startswith("orchestration.cli.")}
    assert verbs == {"orchestration.cli.main", "orchestration.cli.era"}
    assert modules.isdisjoint(HEAVY)


def test_help_lists_every_verb_and_a_misspelt_one_is_answered_by_the_nearest() -> None:
    listed = run("--help").stdout
    assert [verb for verb in VERBS if verb not in listed] == []
    misspelt = run("stats")
    assert misspelt.returncode == 2
    assert misspelt.stderr.count("Did you mean 'status'?") == 1


def test_era_inspect_prints_one_json_object_per_file_and_exits_0_for_bad_ones(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.835", tmp_path / "bad.835"
    good.write_text(REMITTANCE)
    bad.write_bytes(b"nothing")
    done = run("era", "inspect", str(good), str(bad), "--json")
    assert done.returncode == 0
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert (first["paid_amount"], first["claims"], first["verdict"]) == ("80.00", 1, "accepted")
    assert second["verdict"] == "rejected"
    shown = run("era", "inspect", str(good)).stdout
    assert "accepted" in shown
    assert "80.00" in shown


def test_era_explain_adds_up_one_claim_in_plain_words(tmp_path: Path) -> None:
    good = tmp_path / "good.835"
    good.write_text(REMITTANCE)
    told = run("era", "explain", str(good), "--claim", "P1").stdout
    assert "CO-45 (contracted reduction)" in told
    assert "-20.00" in told
    assert "That adds up" in told
    missing = run("era", "explain", str(good), "--claim", "P9")
    assert (missing.returncode, missing.stdout) == (1, "")
    found = json.loads(run("era", "explain", str(good), "--claim", "P1", "--json").stdout)
    assert {"words": "The claim was paid", "amount": "80.00"} in found[0]


def test_era_opens_archives_and_folders_and_writes_tables(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "a.835").write_text(REMITTANCE)
    (inbox / "b.835.gz").write_bytes(gzip.compress(REMITTANCE.encode()))
    with zipfile.ZipFile(inbox / "c.zip", "w") as archive:
        archive.writestr("one.835", REMITTANCE)
        archive.writestr("deep/two.835", REMITTANCE[:-60])
    (inbox / "d.zip").write_bytes(b"PK\x03\x04 damaged")
    reports = [json.loads(line) for line in run("era", "inspect", str(inbox), "--json").stdout.splitlines()]
    assert [r["file"] for r in reports] == [
        "a.835",
        "b.835.gz/b.835",
        "c.zip/one.835",
        "c.zip/deep/two.835",
        "d.zip",
    ]
    assert [r["verdict"] for r in reports] == ["accepted", "accepted", "accepted", "rejected", "rejected"]
    out = tmp_path / "tables"
    run("era", "parse", str(inbox), "--out", str(out))
    # the cut file and the damaged archive are files without claims
    assert pq.read_table(out / "claims.parquet").num_rows == 3
    assert pq.read_table(out / "files.parquet").column("status").to_pylist().count("quarantined") == 2


@pytest.mark.parametrize("arguments", [("--help",), ("era", "--help"), ("gl", "export", "--help")], ids=" ".join)
def test_help_is_there(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).returncode == 0


def test_an_unknown_verb_is_a_usage_error() -> None:
    assert run("postit").returncode == 2


def test_a_missing_path_is_said_without_a_traceback(tmp_path: Path) -> None:
    done = run("--home", str(tmp_path), "ingest", str(tmp_path / "none"))
    assert done.returncode == 1
    assert "does not exist" in done.stderr
    assert "fix it with: medbooks ingest PATH" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bad_setting_exits_with_6(tmp_path: Path) -> None:
    (tmp_path / "practice.toml").write_text("colour = 'blue'")
    assert run("--home", str(tmp_path), "status").returncode == 6


def test_status_of_a_new_practice_is_zeros(tmp_path: Path) -> None:
    done = run("--home", str(tmp_path), "status", "--json")
    status = json.loads(done.stdout)
    assert (status["entries"], status["trial_balance_amount"]) == (0, "0.00")
    assert {source["in_amount"] for source in status["sources"]} == {"0.00"}


def test_the_summary_has_six_lines_and_says_what_is_not_known() -> None:
    lines = summary_lines(FACTS)
    assert len(lines) == 6
    assert lines[2].endswith("$100.00 = $60.00 posted + $30.00 held + $10.00 quarantined")
    assert "not enough revenue" in lines[4]
    assert "no bank statement" in lines[5]


def test_dollars_that_are_nowhere_are_not_called_equal() -> None:
    assert "≠" in summary_lines(replace(FACTS, is_conserved=False))[2]
