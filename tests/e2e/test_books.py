"""A practice's files become posted books, and the books are true."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING

from support.e2e_books import assert_every_dollar_is_somewhere

from orchestration.formats.registry import booked_kind_names
from orchestration.operations.verify_synthetic import compare_with_truth

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from support.e2e_books import TwoSteps


def test_every_dollar_that_came_in_is_posted_held_or_quarantined(two_steps: TwoSteps) -> None:
    for status in (two_steps.after_first, two_steps.after_second):
        assert_every_dollar_is_somewhere(status)


def test_status_prints_the_agreed_shape(two_steps: TwoSteps) -> None:
    status = two_steps.after_second
    assert [source["source"] for source in status["sources"]] == list(booked_kind_names())
    assert set(status["sources"][0]) == {
        "source", "files", "quarantined_files", "in_amount", "posted_amount", "held_amount", "quarantined_amount",
    }  # fmt: skip
    assert all(re.fullmatch(r"-?\d+\.\d\d", s[k]) for s in status["sources"] for k in s if k.endswith("_amount"))


def test_what_came_in_is_what_the_practice_knows_to_be_true(two_steps: TwoSteps) -> None:
    came_in = {s["source"]: s["in_amount"] for s in two_steps.after_second["sources"]}
    # kinds of file that the practice does not send are no dollars, and all that it sends are told
    assert came_in == dict.fromkeys(booked_kind_names(), "0.00") | {
        name: f"{amount:.2f}" for name, amount in two_steps.truth.control_totals.items()
    }


def test_marts_journal_and_ledger_are_the_truth_to_the_cent(two_steps: TwoSteps) -> None:
    found = compare_with_truth(two_steps.books.stores(), two_steps.truth_folder)
    assert [each.what for each in found if not each.holds] == []
    # nothing is compared by being left out
    assert {each.what.split(" by ")[0] for each in found} >= {
        "charged", "payer_paid", "contractual", "capitated", "returned", "denied", "patient_paid", "bank_capitation",
        "billed", "provider_adjusted", "denials", "journal", "trial balance",
    }  # fmt: skip


def test_every_table_has_the_grain_and_the_values_it_promises(two_steps: TwoSteps) -> None:
    from orchestration.stores.dbt import dbt_environment, dbt_program, dbt_variables
    from orchestration.stores.home import DBT_PROJECT

    stores = two_steps.books.stores()
    # what a daily run leaves out, because it reads the whole history
    command = [
        dbt_program(), "--no-use-colors", "test", "--select", "tag:whole_history", "--vars", dbt_variables(stores.home),
        "--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT),
    ]  # fmt: skip
    with dbt_environment(stores):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    summary = re.search(r"PASS=(\d+) WARN=0 ERROR=0 SKIP=0", done.stdout)
    assert summary is not None, done.stdout[-3000:]
    assert int(summary[1]) > 100


def test_a_healthy_practice_has_little_to_hold_and_nothing_in_quarantine(two_steps: TwoSteps) -> None:
    status = two_steps.after_second
    assert sum(s["quarantined_files"] for s in status["sources"]) == 0
    assert {(h["source"], h["hold_reason"]) for h in status["held"]} <= {
        ("bank", "exception_over_limit"),
        ("documents", "over_approval_limit"),
        # the suppliers of the practice bill some of it wrongly, on purpose
        ("supplies", "dearer_than_ordered"),
        ("supplies", "billed_not_received"),
        ("supplies", "over_approval_limit"),
    }


def test_the_second_day_adds_to_the_books_of_the_first(two_steps: TwoSteps) -> None:
    assert 0 < two_steps.after_first["entries"] < two_steps.after_second["entries"]


def test_running_again_adds_no_journal_entry(two_steps: TwoSteps) -> None:
    two_steps.books.medbooks("run", "--quiet")
    assert two_steps.books.status() == two_steps.after_second


def test_a_rebuild_from_the_landed_files_gives_identical_content(two_steps: TwoSteps) -> None:
    done = two_steps.books.medbooks("rebuild")
    assert "content hashes identical" in done.stderr
    assert len(done.stdout.splitlines()) > 30
    assert two_steps.books.status() == two_steps.after_second


def test_the_same_files_under_other_names_are_no_new_data(two_steps: TwoSteps, tmp_path: Path) -> None:
    remittance = next(two_steps.books.home.parent.glob("whole/inbox/era_*.835"))
    renamed = tmp_path / "resent.835"
    renamed.write_bytes(remittance.read_bytes())
    done = two_steps.books.medbooks("ingest", str(renamed))
    assert "0 landed, 1 here before" in done.stderr


def test_beancount_accepts_the_exported_books(two_steps: TwoSteps, bean_check: str, tmp_path: Path) -> None:
    file = tmp_path / "books.beancount"
    two_steps.books.medbooks("gl", "export", "--format", "beancount", "--out", str(file))
    checked = subprocess.run([bean_check, str(file)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr[-2000:]
    assert file.read_text().count('"era835:') > 10


def test_three_programs_find_the_same_trial_balance_to_the_cent(
    two_steps: TwoSteps, bean_check: str, hledger_program: str, tmp_path: Path
) -> None:
    import csv
    import os
    from collections import defaultdict
    from decimal import Decimal

    files = {name: tmp_path / name for name in ("beancount", "hledger", "csv")}
    for name, file in files.items():
        two_steps.books.medbooks("gl", "export", "--format", name, "--out", str(file))
    ours: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in csv.DictReader(files["csv"].read_text(encoding="utf-8").splitlines()):
        ours[row["account_code"]] += Decimal(row["debit_amount"]) - Decimal(row["credit_amount"])
    assert len(ours) > 10
    assert subprocess.run([bean_check, str(files["beancount"])], check=False).returncode == 0
    # bean-check accepted these lines, which assert every closing balance with no tolerance
    lines = files["beancount"].read_text(encoding="utf-8").splitlines()
    asserted = [line.split() for line in lines if re.match(r"\d{4}-\d\d-\d\d balance ", line)]
    beancount = {words[2].split(":")[1]: Decimal(words[3]) for words in asserted}
    done = subprocess.run(
        [hledger_program, "-f", str(files["hledger"]), "balance", "--flat", "--no-total", "-O", "csv", "--empty"],
        capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    _header, *rows = csv.reader(done.stdout.splitlines())
    third = {name.split(":")[1]: Decimal(amount.split()[0]) for name, amount in rows}

    def by_code(found: dict[str, Decimal]) -> dict[str, Decimal]:
        # names begin with the account's code; the longest code that fits is the account's
        codes = sorted(ours, key=len, reverse=True)
        return {
            next(code for code in codes if name.startswith(code)): amount for name, amount in found.items() if amount
        }

    wanted = {code: amount for code, amount in ours.items() if amount}
    assert by_code(beancount) == wanted
    assert by_code(third) == wanted


def test_the_summary_is_six_lines_and_its_json_the_same_facts(two_steps: TwoSteps) -> None:
    done = two_steps.books.medbooks("run", "--quiet", "--select", "key:reports/index")
    lines = done.stdout.splitlines()
    assert len(lines) == 6
    assert " posted + " in lines[2]
    assert " = " in lines[2]
    facts = json.loads(two_steps.books.medbooks("run", "--quiet", "--json", "--select", "key:reports/index").stdout)
    assert facts["is_conserved"] is True
    assert facts["entries"] == two_steps.after_second["entries"]


def test_the_report_and_the_data_docs_are_written_and_call_nobody(two_steps: TwoSteps) -> None:
    reports = two_steps.books.home / "reports"
    pages = [reports / "index.html", *(reports / "data_docs").rglob("*.html")]
    assert len(pages) > 1
    for page in pages:
        loaded = re.findall(r"""(?:src|href)=["'](https?://[^"']+)""", page.read_text(encoding="utf-8"))
        assert not loaded, f"{page.name} refers to {loaded[:3]}"


def test_doctor_finds_nothing_wrong(two_steps: TwoSteps) -> None:
    done = two_steps.books.medbooks("doctor")
    assert "FAIL" not in done.stdout
    assert done.stdout.count("ok ") == 8
    assert "inbox folder" in done.stdout


def test_doctor_names_an_inbox_that_cannot_be_read_and_what_fixes_it(
    two_steps: TwoSteps, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MEDBOOKS_MAILDIR", str(tmp_path))
    done = two_steps.books.medbooks("doctor", exit_code=6)
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("FAIL")]
    assert "inbox maildir" in line
    assert "MEDBOOKS_MAILDIR" in line


def test_models_are_tracked_and_registered(two_steps: TwoSteps) -> None:
    import sqlite3

    with sqlite3.connect(two_steps.books.home / "mlruns" / "mlflow.db") as store:
        names = {row[0] for row in store.execute("select name from registered_models")}
    store.close()
    assert names == {"denial_overturn", "cash_forecast"}
