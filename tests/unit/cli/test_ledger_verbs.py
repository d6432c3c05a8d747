"""The verbs of the ledger on a small practice: what waits has its fix, is approved, closed, proved and exported."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from support.book_examples import CHART, DAY, credit, debit, entry
from support.posting import post

MEDBOOKS = str(Path(sys.executable).parent / "medbooks")


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.delenv("MEDBOOKS_LEDGER_URL", raising=False)
    (tmp_path / "practice.toml").write_text(
        'entity_id = "E1"\n'
        '[[approvers]]\nperson = "Alice Moor"\nlogins = ["alice", "alice-admin"]\nlimit_amount = 10000.00\n'
        'roles = ["practice_administrator"]\n'
        '[[approvers]]\nperson = "Bob Reed"\nlogins = ["bob"]\nlimit_amount = 9000.00\n'
        '[[entities]]\nentity_id = "E2"\nfiscal_year_start_month = 7\nbooks = ["accrual", "cash"]\n'
    )
    return tmp_path


@pytest.fixture
def stores(home):
    from orchestration.stores.home import Home
    from orchestration.stores.practice import PracticeStores

    made = PracticeStores(Home.locate(home))
    made.ledger.load_accounts([*CHART, {"account_code": "1999", "account_name": "Suspense", "account_type": "asset"}])
    return made


@pytest.fixture
def medbooks(home, monkeypatch, capfd):
    """Run the command line in this process, as a person of some name; give exit code, stdout and stderr."""
    from orchestration.cli import main

    def run(*arguments, user="alice"):
        for module in ("people", "gl", "close", "gl_mapping", "gl_posting"):
            monkeypatch.setattr(f"orchestration.cli.{module}.login", lambda: user)
        monkeypatch.setenv("MEDBOOKS_HOME", str(home))
        monkeypatch.setattr(sys, "argv", ["medbooks", *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main.main()
        out, err = capfd.readouterr()
        return ended.value.code or 0, out, err

    return run


def test_what_waits_is_shown_with_its_dollars_and_the_one_command_and_then_approved(stores, medbooks):
    post(stores.ledger, entry(), entry("bank:1", [debit("1010", "3000.00"), credit("1999", "3000.00")]))
    (row,) = json.loads(medbooks("gl", "preview", "--json")[1])["waiting"]
    assert (row["state"], row["reason"], row["amount"]) == ("held", "exception_over_limit", "3000.00")
    assert row["fix"] == f'medbooks gl approve {row["number"]} --reason "..."'
    assert "fix it with: medbooks gl approve" in medbooks("gl", "preview")[1]
    code, _out, err = medbooks("gl", "approve", row["number"], "--reason", "seen with the bank")
    assert (code, "$3,000.00" in err) == (0, True)
    assert medbooks("gl", "preview")[1] == "nothing waits\n"


def test_a_large_rollback_needs_two_people(stores, medbooks):
    before = stores.ledger.trial_balance()
    tag = post(stores.ledger, entry(lines=[debit("1200", "9000.00"), credit("4000-EM", "9000.00")])).batch_tag
    assert "another person" in medbooks("gl", "rollback", tag, "--reason", "wrong fees")[2]
    code, _out, err = medbooks("gl", "approve", 1, "--reason", "mine")
    assert (code, "somebody else" in err) == (1, True)
    assert medbooks("gl", "approve", 1, "--reason", "seen", user="bob")[0] == 0
    assert stores.ledger.trial_balance() == before


def test_only_a_listed_person_decides_within_the_limit_and_never_on_an_own_proposal_under_another_login(
    stores, medbooks
):
    tag = post(stores.ledger, entry(lines=[debit("1200", "9000.01"), credit("4000-EM", "9000.01")])).batch_tag
    medbooks("gl", "rollback", tag, "--reason", "wrong fees")
    refused = {
        user: medbooks("gl", "approve", 1, "--reason", "fine", user=user)[2]
        for user in ("medbooks-service", "alice-admin", "bob")
    }
    assert "medbooks-service is no approver" in refused["medbooks-service"]
    assert "[[approvers]]" in refused["medbooks-service"]
    assert "proposed by Alice Moor: somebody else" in refused["alice-admin"]
    assert "Bob Reed approves up to 9,000.00" in refused["bob"]
    assert "no approver" in medbooks("gl", "approve", 1, "--reject", "--reason", "x", user="medbooks-service")[2]
    assert medbooks("gl", "approve", 1, "--reject", "--reason", "taken back", user="alice-admin")[0] == 0
    deeds = [(record[2], record[3], record[5]) for record in stores.ledger.audit_records()[1]]
    assert ("practice.toml", "approvers_changed", "Alice Moor, Bob Reed") in deeds
    assert ("Alice Moor", "rejected", "taken back [login alice-admin]") in deeds
    assert stores.ledger.verify_audit() == []


def test_a_list_of_approvers_that_others_can_write_decides_nothing(stores, medbooks, home):
    post(stores.ledger, entry("bank:1", [debit("1010", "3000.00"), credit("1999", "3000.00")]))
    (home / "practice.toml").chmod(0o666)
    code, _out, err = medbooks("gl", "approve", 1, "--reason", "seen")
    assert (code, f"chmod go-w {home / 'practice.toml'}" in err) == (6, True)
    (home / "practice.toml").chmod(0o644)
    assert medbooks("gl", "approve", 1, "--reason", "seen")[0] == 0


def test_the_login_is_the_operating_systems_and_no_variables(monkeypatch):
    from orchestration.cli.people import login

    before = login()
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "controller")
    assert login() == before != "controller"


def test_one_entry_is_reversed_on_a_day_and_a_bad_day_is_said(stores, medbooks):
    post(stores.ledger, entry())
    assert "YYYY-MM-DD" in medbooks("gl", "reverse", 1, "--reason", "x", "--date", "23.11.2026")[2]
    assert medbooks("gl", "reverse", 1, "--reason", "x", "--date", "2026-12-01")[0] == 0
    assert [posted.entry.entry_date for posted in stores.ledger.entries()] == [DAY, dt.date(2026, 12, 1)]


def test_what_was_deleted_outside_goes_again_by_one_command_of_an_approver(stores, medbooks):
    folder = stores.home.outside
    folder.mkdir(parents=True, exist_ok=True)
    names = "\n".join(f'"{account.account_code}" = "{account.account_code}"' for account in stores.ledger.accounts())
    (folder / "journal_file.toml").write_text(f"[accounts]\n{names}\n", encoding="utf-8")
    post(stores.ledger, entry())
    assert medbooks("gl", "post", "journal_file")[0] == 0
    (file,) = (folder / "journal_file").glob("journal-*.csv")
    file.unlink()
    days = ("--from", "2026-01-01", "--to", "2026-12-31")
    code, out, _err = medbooks("gl", "reconcile", "journal_file", *days, "--json")
    (row,) = json.loads(out)
    command = row["fix"].partition("   #")[0].split()
    assert (code, command) == (3, ["medbooks", "gl", "post", "journal_file", "--resend", row["reference"]])
    assert f"--resend {row['reference']}" in medbooks("gl", "preview")[1]
    code, _out, err = medbooks(*command[1:], user="medbooks-service")
    assert (code, "medbooks-service is no approver" in err) == (1, True)
    assert list((folder / "journal_file").glob("journal-*.csv")) == []
    code, _out, err = medbooks(*command[1:], "--reason", "lost with the disk")
    assert (code, "1 journals that were deleted there go again" in err) == (0, True)
    assert medbooks("gl", "reconcile", "journal_file", *days)[0] == 0
    code, _out, err = medbooks(*command[1:])
    assert (code, "was not missing at journal_file" in err) == (1, True)
    assert stores.ledger.verify_audit() == []


def test_entities_close_by_their_own_calendars_and_a_closed_period_refuses(stores, medbooks):
    post(stores.ledger, entry("ehr:1"), entry("ehr:2", entity_id="E2"))
    code, out, _err = medbooks("close", "check", "--period", "2026-11", "--json")
    failed = [row["check"] for row in json.loads(out) if not row["passed"]]
    assert (code, failed) == (0, [])
    # November is the eleventh month of one entity's year and the fifth of the other's
    assert medbooks("close", "run", "--period", "2026-11")[0] == 0
    assert "2026-11-01 to 2026-11-30" in medbooks("close", "run", "--entity", "E2", "--period", "2027-05")[2]
    refused = post(
        stores.ledger, entry("ehr:3"), entry("ehr:4", entity_id="E2"), entry("ehr:5", entry_date=dt.date(2026, 12, 1))
    )
    assert ([r.reason for r in refused.refusals], refused.posted) == (["closed_period"] * 2, 1)
    # what waits blocks the next close, and is said with its dollars
    code, out, err = medbooks("close", "run", "--period", "2026-12")
    assert (code, "not locked" in err) == (3, True)
    assert "OPEN  nothing waits for a person" in out
    assert medbooks("close", "reopen", "--period", "2026-11", "--reason", "late file")[0] == 0
    assert post(stores.ledger, entry("ehr:3")).posted == 1
    assert stores.ledger.verify_audit() == []


def test_nobody_but_a_listed_approver_locks_or_opens_a_period_and_then_nothing_was_done(stores, medbooks, home):
    post(stores.ledger, entry("ehr:1"))
    for verb in (("run", "--period", "2026-11"), ("reopen", "--period", "2026-11", "--reason", "late")):
        code, _out, err = medbooks("close", *verb, user="medbooks-service")
        assert (code, "medbooks-service is no approver" in err, "[[approvers]]" in err) == (1, True, True)
    (home / "practice.toml").chmod(0o666)
    assert medbooks("close", "run", "--period", "2026-11")[0] == 6
    (home / "practice.toml").chmod(0o644)
    assert not stores.ledger.is_closed("E1", DAY)
    assert medbooks("close", "run", "--period", "2026-11", "--reason", "all seen", user="alice-admin")[0] == 0
    deeds = [(record[2], record[3], record[5]) for record in stores.ledger.audit_records()[1]]
    assert ("Alice Moor", "period_closed", "all seen [login alice-admin]") in deeds


def test_all_entities_are_locked_by_who_decides_for_all_of_them_or_none_is(stores, medbooks, home):
    settings = home / "practice.toml"
    settings.write_text(settings.read_text().replace('logins = ["bob"]', 'logins = ["bob"]\nentities = ["E1"]'))
    post(stores.ledger, entry("ehr:1"), entry("ehr:2", entity_id="E2"))
    code, _out, err = medbooks("close", "run", "--entity", "all", "--period", "2026-11", user="bob")
    assert (code, "Bob Reed decides for E1, not for E2" in err) == (1, True)
    assert not stores.ledger.is_closed("E1", DAY)
    assert medbooks("close", "run", "--period", "2026-11", user="bob")[0] == 0


def test_the_revenue_mapping_is_locked_by_a_listed_approver_whose_name_the_lock_and_the_chain_carry(
    stores, medbooks, tmp_path, monkeypatch
):
    lock = tmp_path / "revenue_mapping.toml"
    monkeypatch.setattr("orchestration.operations.revenue_mapping.LOCK_FILE", lock)
    arguments = ("gl", "lock-mapping", "--effective", "2026-12-01", "--reason", "vaccines apart")
    code, _out, err = medbooks(*arguments, user="medbooks-service")
    assert (code, "medbooks-service is no approver" in err, lock.exists()) == (1, True, False)
    assert medbooks(*arguments, user="alice-admin")[0] == 0
    assert 'approved_by = "Alice Moor"' in lock.read_text(encoding="utf-8")
    (kept,) = (record for record in stores.ledger.audit_records()[1] if record[3] == "mapping_locked")
    assert (kept[2], kept[5]) == ("Alice Moor", "from 2026-12-01: vaccines apart [login alice-admin]")
    assert f'digest = "{kept[8]}"' in lock.read_text(encoding="utf-8")


def test_all_entities_are_checked_by_their_own_calendars_and_locked_together_or_not_at_all(stores, medbooks):
    between = [debit("1800", "90.00", "R23"), credit("4000-EM", "90.00")]
    owed = [debit("6100", "90.00"), credit("2800", "90.00", "R23")]
    stores.ledger.load_accounts(
        [
            {"account_code": "1800", "account_name": "Due from other entities", "account_type": "asset"},
            {"account_code": "2800", "account_name": "Due to other entities", "account_type": "liability"},
        ]
    )
    named = [
        entry("bank:1@E2", [replace(line, location_id="E1") for line in between], entity_id="E2"),
        entry("bank:1", [replace(line, location_id="E2") for line in owed]),
    ]
    post(stores.ledger, named[0])
    code, out, err = medbooks("close", "run", "--entity", "all", "--period", "2026-11", "--json")
    failed = {(row["period"], row["check"]): row["amount"] for row in json.loads(out) if not row["passed"]}
    # one side waits: both entities are told, and so is who adds them up
    assert (code, failed) == (
        3,
        {
            ("E1 2026-11", "due_to_equals_due_from"): "90.00",
            ("E2 2027-05", "due_to_equals_due_from"): "90.00",
            ("consolidated", "consolidated_books_balance_without_what_entities_owe_each_other"): "90.00",
        },
    )
    assert "close check --entity all --period 2026-11" in err
    assert post(stores.ledger, entry("ehr:9", entity_id="E2")).posted == 1
    post(stores.ledger, named[1])
    code, out, err = medbooks("close", "run", "--entity", "all", "--period", "2026-11")
    assert (code, "E2 2027-05 (2026-11-01 to 2026-11-30) is locked" in err) == (0, True)
    assert out.count("due to equals due from") == 2
    refused = post(stores.ledger, entry("ehr:3"), entry("ehr:4", entity_id="E2")).refusals
    assert [refusal.reason for refusal in refused] == ["closed_period"] * 2
    assert medbooks("close", "reopen", "--entity", "all", "--period", "2026-11", "--reason", "late file")[0] == 0
    assert post(stores.ledger, entry("ehr:3"), entry("ehr:4", entity_id="E2")).posted == 2


def test_anything_in_suspense_blocks_the_close(stores, medbooks):
    post(stores.ledger, entry("bank:1", [debit("1010", "5.00"), credit("1999", "5.00")]))
    code, out, _err = medbooks("close", "check", "--period", "2026-11", "--json")
    assert code == 3
    assert {row["check"]: row["amount"] for row in json.loads(out) if not row["passed"]} == {"suspense_is_zero": "5.00"}


@pytest.mark.parametrize(
    "arguments",
    [("--period", "2026-13"), ("--period", "November"), ("--entity", "E9", "--period", "2026-01")],
    ids=["no_such_month", "no_period", "no_such_entity"],
)
def test_a_period_or_entity_that_does_not_exist_is_said(medbooks, arguments):
    code, _out, err = medbooks("close", "check", *arguments)
    assert (code, "fix it with" in err) == (6, True)


def test_a_payroll_register_that_is_missing_between_two_others_keeps_its_period_open_with_days_and_dollars(
    stores, medbooks
):
    with stores.lake.connect() as lake:
        lake.execute("CREATE SCHEMA IF NOT EXISTS marts")
        lake.execute(
            "CREATE TABLE marts.fct_pay_periods AS SELECT 'E1' AS entity_id, 'clinical' AS role_code, "
            "'' AS location_id, "
            "CAST(last_day - 13 AS DATE) AS period_start_date, last_day AS period_end_date, "
            "CAST(1000 AS DECIMAL(18, 2)) AS gross_amount, CAST(76.50 AS DECIMAL(18, 2)) AS employer_tax_amount "
            "FROM (VALUES (DATE '2026-10-25'), (DATE '2026-11-22')) AS registers (last_day)"
        )

    def found(*arguments):
        (row,) = (
            row
            for row in json.loads(medbooks("close", "check", *arguments, "--json")[1])
            if row["check"] == "no_payroll_register_is_missing_between_two_others"
        )
        return row

    row = found("--period", "2026-11")
    assert (row["passed"], row["amount"]) == (False, "1076.50")
    assert "no register covers 2026-10-26 to 2026-11-08" in row["words"]
    assert "a register of zeros says that nobody was paid" in row["fix"]
    # the same days of an entity that pays nobody
    assert found("--entity", "E2", "--period", "2027-05")["passed"]


def test_what_is_left_of_a_bonus_of_the_year_before_keeps_the_period_open_until_another_person_takes_it_back(
    stores, medbooks
):
    accounts = [*CHART, {"account_code": "2130", "account_name": "Bonuses accrued", "account_type": "liability"}]
    stores.ledger.load_accounts(accounts)
    with stores.lake.connect() as lake:
        for schema in ("marts", "posting", "measures", "reference"):
            lake.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        lake.execute(
            "CREATE TABLE reference.accounts (account_code VARCHAR, account_name VARCHAR, account_type VARCHAR)"
        )
        lake.executemany("INSERT INTO reference.accounts VALUES (?, ?, ?)", [list(row.values()) for row in accounts])
        # nothing but the books is needed for it
        for table, columns in {
            "posting.fct_credit_balances": "entity_id VARCHAR, account_code VARCHAR, provider_id VARCHAR, "
            "posting_date DATE, credit_change_amount DECIMAL(18, 2)",
            "marts.fct_pay_periods": "entity_id VARCHAR, role_code VARCHAR, location_id VARCHAR, "
            "period_start_date DATE, period_end_date DATE, gross_amount DECIMAL(18, 2), "
            "employer_tax_amount DECIMAL(18, 2)",
            "measures.fct_provider_production": "provider_id VARCHAR",
            "reference.compensation_plans": "provider_id VARCHAR, basis VARCHAR, factor DECIMAL(18, 4), "
            "base DECIMAL(18, 4), trigger_amount DECIMAL(18, 2), employer_tax_rate DECIMAL(9, 6), "
            "is_base_monthly BOOLEAN, first_day DATE, last_day DATE",
            "reference.entity_members": "member_kind VARCHAR, member_id VARCHAR, entity_id VARCHAR",
        }.items():
            lake.execute(f"CREATE TABLE {table} ({columns})")
    provider = debit("2130", "70.00").provider_id
    accrued = replace(credit("2130", "100.00", "R22"), provider_id=provider)
    post(
        stores.ledger,
        replace(
            entry(
                f"bonus:E1:{provider}:collections:2026-12-31",
                [debit("6100", "100.00", "R22"), accrued],
                entry_date=dt.date(2026, 12, 31),
            ),
            source="month_end",
        ),
        entry(
            "payroll:1",
            [debit("2130", "70.00", "R22"), credit("1010", "70.00", "R21")],
            entry_date=dt.date(2027, 1, 15),
        ),
    )

    def found(period):
        rows = json.loads(medbooks("close", "check", "--period", period, "--json")[1])
        return next(row for row in rows if row["check"] == "bonuses_of_earlier_years_are_paid")

    assert found("2027-02")["passed"]
    row = found("2027-03")
    assert (row["passed"], row["amount"], provider in row["words"]) == (False, "30.00", True)
    command = row["fix"].partition("   #")[0].split()[1:]
    assert command[-2:] == ["--release-bonus", provider]
    before = balances(stores)
    code, _out, err = medbooks(*command)
    assert (code, "taking back $30.00 waits for another person" in err) == (0, True)
    assert balances(stores) == before
    assert "somebody else has to approve it" in medbooks("gl", "approve", 1, "--reason", "mine")[2]
    assert medbooks("gl", "approve", 1, "--reason", "the contract ended", user="bob")[0] == 0
    assert (balances(stores).get("2130", Decimal(0)), balances(stores)["6100"]) == (Decimal(0), Decimal("70.00"))
    code, _out, err = medbooks(*command)
    assert (code, "no bonus of" in err) == (6, True)
    everywhere = ("--entity", "all", "--period", "2027-03", "--release-bonus", provider)
    assert medbooks("close", "prepare", *everywhere)[0] == 6


def test_a_months_end_is_not_prepared_before_its_marts_are_built(stores, medbooks):
    post(stores.ledger, entry())
    code, _out, err = medbooks("close", "prepare", "--period", "2026-11")
    assert (code, "fix it with: medbooks run" in err) == (6, True)
    assert stores.ledger.entry_count() == 1


def test_manual_postings_are_compared_with_marts_that_are_built_and_proposed_from_a_file_only(
    stores, medbooks, tmp_path
):
    by_hand = tmp_path / "by-hand.csv"
    by_hand.write_text("entry_date,account_code,debit_amount,credit_amount\n2026-11-23,1200,5.00,\n", encoding="utf-8")
    code, _out, err = medbooks("gl", "preview", "--compare", by_hand, "--propose")
    assert (code, "fix it with: medbooks run" in err) == (6, True)
    code, _out, err = medbooks("gl", "preview", "--propose")
    assert (code, "medbooks gl preview --compare FILE --propose" in err) == (1, True)
    assert stores.ledger.waiting() == []


def test_months_that_were_booked_by_hand_are_proposed_and_another_person_moves_the_books_by_exactly_the_variance(
    stores, medbooks, tmp_path
):
    stores.ledger.load_accounts(
        {"account_code": code, "account_name": f"Revenue {code}", "account_type": "revenue"}
        for code in ("4000-01", "4000-02T")
    )
    # what the mapping makes of two months: 60 and 40, and 30; the first of them is locked before it was offered
    mapped = [
        entry(
            f"ehr:charges:{month}",
            [debit("1200", total), *(credit(code, amount) for code, amount in credits_)],
            entry_date=dt.date(2026, month, 20),
        )
        for month, total, credits_ in (
            (9, "100.00", [("4000-EM", "60.00"), ("4000-02T", "40.00")]),
            (10, "30.00", [("4000-02T", "30.00")]),
        )
    ]
    with stores.lake.connect() as lake:
        lake.execute("CREATE SCHEMA IF NOT EXISTS posting")
        lake.execute("CREATE SCHEMA IF NOT EXISTS measures")
        lake.execute(
            "CREATE TABLE posting.fct_journal_lines (event_id VARCHAR, entity_id VARCHAR, book VARCHAR, "
            "entry_date DATE, rule_id VARCHAR, account_code VARCHAR, "
            "debit_amount DECIMAL(18, 2), credit_amount DECIMAL(18, 2))"
        )
        lake.executemany(
            "INSERT INTO posting.fct_journal_lines VALUES (?, 'E1', 'accrual', ?, 'R01', ?, ?, ?)",
            [
                (made.event_id, made.entry_date, line.account_code, line.debit_amount, line.credit_amount)
                for made in mapped
                for line in made.lines
            ],
        )
        lake.execute(
            "CREATE TABLE measures.account_activity_monthly AS SELECT book, entity_id, rule_id, account_code, "
            "CAST(date_trunc('month', entry_date) AS DATE) AS posting_month, "
            "sum(debit_amount - credit_amount) AS net_amount FROM posting.fct_journal_lines GROUP BY ALL"
        )
    for period in ("2026-09", "2026-10"):
        first = dt.date.fromisoformat(f"{period}-01")
        stores.ledger.close_period("E1", first, first.replace(day=30), by="alice")
    post(stores.ledger, *mapped)
    by_hand = tmp_path / "by-hand.csv"
    by_hand.write_text(
        "entry_date,account_code,debit_amount,credit_amount\n"
        "2026-09-30,1200,100.00,\n2026-09-30,4000-01,,100.00\n2026-10-31,1200,30.00,\n2026-10-31,4000-01,,30.00\n",
        encoding="utf-8",
    )
    propose = ("gl", "preview", "--compare", by_hand, "--propose", "--json")
    # what the mapping would book itself has to be decided against first
    code, _out, err = medbooks(*propose)
    command = err.partition("fix it with: medbooks ")[2].strip()
    assert (code, command) == (1, 'gl approve 1 2 --reject --reason "booked by hand"')
    assert medbooks("gl", "approve", 1, 2, "--reject", "--reason", "booked by hand")[0] == 0
    medbooks("close", "reopen", "--period", "2026-10", "--reason", "the month is not over")
    before = balances(stores)

    code, out, err = medbooks(*propose)
    variances = {row["account_code"]: Decimal(0) for row in json.loads(out)}
    for row in json.loads(out):
        variances[row["account_code"]] += Decimal(row["variance_amount"])
    assert (code, "2 entries, $130.00, wait for another person" in err) == (0, True)
    assert variances == {"1200": 0, "4000-01": 130, "4000-02T": -70, "4000-EM": -60}
    assert balances(stores) == before
    waiting = json.loads(medbooks("gl", "preview", "--json")[1])["waiting"]
    assert {(row["reason"], row["amount"], row["proposed_by"]) for row in waiting} == {
        ("closed_period", "100.00", "Alice Moor"),
        ("reclassification", "30.00", "Alice Moor"),
    }
    # proposed again it is the same, and nobody approves an own proposal under another login
    medbooks(*propose)
    numbers = [row["number"] for row in waiting]
    assert [row["number"] for row in json.loads(medbooks("gl", "preview", "--json")[1])["waiting"]] == numbers
    assert "proposed by Alice Moor" in medbooks("gl", "approve", *numbers, "--reason", "x", user="alice-admin")[2]
    assert medbooks("gl", "approve", *numbers, "--reason", "seen", user="bob")[0] == 0
    after = balances(stores)
    moved = {code: after.get(code, Decimal(0)) - before.get(code, Decimal(0)) for code in {*after, *before}}
    assert {code: amount for code, amount in moved.items() if amount} == {
        code: amount for code, amount in variances.items() if amount
    }
    # the locked month's entry stands on the first open day
    days = {
        posted.entry.event_id: posted.entry.entry_date for posted in stores.ledger.entries(source="reclassification")
    }
    assert sorted(days.values()) == [dt.date(2026, 10, 1), dt.date(2026, 10, 31)]
    assert "nothing to reclassify" in medbooks(*propose)[2]
    assert stores.ledger.verify_audit() == []


def balances(stores):
    return {row.account_code: row.debit_amount - row.credit_amount for row in stores.ledger.trial_balance()}


def test_the_chain_is_verified_and_exported_with_a_signed_head(stores, medbooks, tmp_path):
    post(stores.ledger, entry())
    out = tmp_path / "chain.csv"
    assert medbooks("audit", "export", "--out", out)[0] == 0
    assert medbooks("audit", "verify", "--export", out)[0] == 0
    facts = json.loads(medbooks("audit", "verify", "--json")[1])
    assert facts == {"records": 2, "heads": 1, "findings": []}
    out.write_bytes(out.read_bytes().replace(b"rules", b"Rules"))
    code, said, _err = medbooks("audit", "verify", "--export", out)
    assert (code, "export_changed" in said) == (3, True)


def test_nothing_is_posted_outside_where_nobody_is_connected(medbooks):
    assert "no outside ledger is connected" in medbooks("gl", "post")[2]
    assert medbooks("gl", "reconcile")[0] == 0
    code, _out, err = medbooks("gl", "post", "xero")
    assert (code, "medbooks gl connect xero" in err) == (6, True)


def read(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_the_statements_add_up_and_are_the_trial_balance(stores, medbooks):
    post(
        stores.ledger,
        entry("ehr:1"),
        entry("ehr:2", [debit("4900", "30.00"), credit("1200", "30.00")], entry_date=dt.date(2026, 12, 5)),
        entry("bank:1", [debit("1010", "70.00"), credit("1200", "70.00")], entry_date=dt.date(2027, 2, 1)),
        entry("pay:1", [debit("6100", "45.00"), credit("1010", "45.00")], entry_date=dt.date(2027, 2, 2)),
    )

    def export(name):
        return read(medbooks("gl", "export", "--format", name)[1])

    def total(rows, **wanted):
        found = [Decimal(row["amount"]) for row in rows if all(row[key] == value for key, value in wanted.items())]
        return sum(found, Decimal("0.00"))

    income, sheet = export("profit_and_loss"), export("balance_sheet")
    assert total(income, account_class="Revenue") - total(income, account_class="Expense") == Decimal("25.00")
    months = sorted({row["calendar_date"] for row in sheet})
    assert months == ["2026-11-01", "2026-12-01", "2027-01-01", "2027-02-01"]
    for month in months:
        owned = total(sheet, account_class="Asset", calendar_date=month)
        owed = total(sheet, account_class="Liability", calendar_date=month)
        assert owned == owed + total(sheet, account_class="Equity", calendar_date=month)
    ours = {row.account_code: row.debit_amount - row.credit_amount for row in stores.ledger.trial_balance()}
    lines = export("general_ledger")
    theirs = {}
    for row in lines:
        sign = 1 if row["transaction_type"] == "debit" else -1
        code = row["account_id"]
        theirs[code] = theirs.get(code, Decimal(0)) + sign * Decimal(row["amount"])
    assert {code: amount for code, amount in theirs.items() if amount} == ours
    last = {row["account_id"]: row for row in lines}
    assert all(row["running_balance"] == row["account_current_balance"] for row in last.values())
    periods = export("general_ledger_by_period")
    assert all(
        Decimal(row["period_beginning_balance"]) + Decimal(row["period_net_change"])
        == Decimal(row["period_ending_balance"])
        for row in periods
    )


def test_fava_shows_the_books_read_only_when_it_is_installed(stores):
    from orchestration.cli.up import books_server

    post(stores.ledger, entry())
    served = books_server(stores, 3999)
    if served is None:
        pytest.skip("Fava is not installed: uv sync --extra books")
    name, address, command = served
    assert (name, address, "--read-only" in command) == ("Books", "http://127.0.0.1:3999", True)
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    _name, address, command = books_server(stores, port)
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        page = _first_answer(address, server)
    finally:
        server.terminate()
        server.wait(timeout=20)
    assert "1200-AR-Insurance" in page


def _first_answer(address, server):
    import time
    import urllib.error
    import urllib.request

    until = time.monotonic() + 90
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/general-ledger/trial_balance/", timeout=30) as answer:  # noqa: S310  # loopback
                return answer.read().decode()
        except urllib.error.URLError:
            time.sleep(0.3)
    pytest.fail("Fava did not answer")
