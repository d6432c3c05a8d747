"""The biller's list of claims that never reached a payer."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from orchestration.cli.main import app
from orchestration.stores.home import Home
from orchestration.stores.practice import PracticeStores

COLUMNS = (
    "claim_rejection_key varchar, claim_id varchar, rejection_level varchar, rejected_date date, rejected_by varchar, "
    "payer_id varchar, payer_name varchar, charged_amount decimal(18,2), service_from_date date, reason_code varchar, "
    "status_code varchar, error_segment_id varchar, element_position varchar, reason varchar, what_to_do varchar, "
    "resubmitted_date date, remitted_date date, is_open boolean"
)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("MEDBOOKS_HOME", str(tmp_path))
    return tmp_path


def test_a_practice_without_acknowledgements_has_nothing_to_send_again(home):
    assert home.is_dir()
    done = CliRunner().invoke(app, ["claims", "rejected"])
    assert (done.exit_code, done.stdout.strip()) == (0, "no claim waits to be sent again")
    assert json.loads(CliRunner().invoke(app, ["claims", "rejected", "--json"]).stdout) == []


def test_open_rejections_are_listed_with_number_amount_reason_and_what_mends_them(home):
    assert Home.locate().root == home
    with PracticeStores(Home.locate()).lake.connect() as lake:
        lake.execute("CREATE SCHEMA marts")
        lake.execute(f"CREATE TABLE marts.fct_claim_rejections ({COLUMNS})")
        lake.execute(
            "INSERT INTO marts.fct_claim_rejections BY NAME SELECT * FROM (VALUES "
            "('k1', 'P1', 'claim', date '2026-01-11', 'Plan', 150.25, 'Not valid', 'Correct it', true), "
            "('k2', 'P2', 'claim', date '2026-01-11', 'Plan', 9.00, 'Not valid', 'Correct it', false), "
            "('k3', null, 'transaction_set', date '2026-01-12', null, null, 'Segments', 'Send it', true)) "
            "AS t(claim_rejection_key, claim_id, rejection_level, rejected_date, payer_name, charged_amount, reason, "
            "what_to_do, is_open)"
        )
    listed = CliRunner().invoke(app, ["claims", "rejected"]).stdout.splitlines()
    assert listed[0].split() == ["P1", "2026-01-11", "$150.25", "Plan"]
    assert listed[1].strip() == "Not valid. Correct it."
    assert listed[2].startswith("a whole transaction set")
    assert len(listed) == 5
    found = json.loads(CliRunner().invoke(app, ["claims", "rejected", "--json", "--all"]).stdout)
    assert [(item["claim_id"], item["charged_amount"]) for item in found] == [
        ("P1", "150.25"),
        ("P2", "9.00"),
        (None, None),
    ]
