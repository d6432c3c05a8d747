"""A lake of an earlier version: what no model makes any more goes, and everything is made anew once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from orchestration.operations import build
from orchestration.stores.home import Home
from orchestration.stores.lake import table_names
from orchestration.stores.practice import PracticeStores

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PracticeStores:
    """A practice whose dbt project makes one mart and one seed."""
    manifest = tmp_path / "manifest.json"
    made = [("model", "posting", "fct_journal_lines"), ("model", "staging", "stg_a"), ("seed", "reference", "accounts")]
    nodes = {name: {"resource_type": kind, "schema": schema, "alias": name} for kind, schema, name in made}
    manifest.write_text(json.dumps({"nodes": nodes}), encoding="utf-8")
    monkeypatch.setattr(build, "current_manifest", lambda _home: manifest)
    return PracticeStores(Home(tmp_path, tmp_path / "keys" / "medbooks.key"))


def make(stores: PracticeStores, *statements: str) -> None:
    with stores.lake.connect() as lake:
        for schema in ("raw_bank", "landing", "reference", "staging", "marts", "posting"):
            lake.execute(f"create schema if not exists {schema}")
        for statement in statements:
            lake.execute(statement)


def left(stores: PracticeStores) -> frozenset[str]:
    with stores.lake.connect() as lake:
        return table_names(lake)


def test_tables_and_views_that_no_model_makes_any_more_are_dropped_and_nothing_else(stores):
    make(
        stores,
        "create table marts.fct_journal_lines (a int)",
        "create view staging.stg_gone as select 1 as a",
        "create table reference.statuses (a int)",
        "create table posting.fct_journal_lines (a int)",
        "create view staging.stg_a as select 1 as a",
        "create table reference.accounts (a int)",
        "create table marts.denial_worklist (a int)",
        "create table raw_bank.files (a int)",
        "create table landing.files (a int)",
    )
    found = build.relations_of_other_versions(stores)
    assert found == ["marts.fct_journal_lines", "reference.statuses", "staging.stg_gone"]
    # the mark stays until what replaces them is built: a run that is killed before that begins again
    assert build.relations_of_other_versions(stores) == found
    build.drop_relations(stores, found)
    assert build.relations_of_other_versions(stores) == []
    assert left(stores) == {
        "posting.fct_journal_lines", "staging.stg_a", "reference.accounts", "marts.denial_worklist", "raw_bank.files",
        "landing.files",
    }  # fmt: skip


def test_a_lake_of_this_version_and_a_new_practice_lose_nothing(stores):
    assert build.relations_of_other_versions(stores) == []
    assert not stores.lake.path.exists()
    make(stores, "create table posting.fct_journal_lines (a int)")
    assert build.relations_of_other_versions(stores) == []


@pytest.mark.parametrize("is_anew", [True, False])
def test_every_model_is_made_anew_only_when_asked_to(stores, is_anew):
    with build.building(stores, is_anew=is_anew) as arguments:
        assert ("--full-refresh" in arguments) is is_anew


def test_what_dbt_did_not_build_is_named_without_its_words():
    results = [
        {"unique_id": "model.medbooks.fct_deposits", "status": "error", "message": "CANARY"},
        {"unique_id": "test.medbooks.entries_balance", "status": "fail", "message": "CANARY"},
        {"unique_id": "model.medbooks.fct_denials", "status": "success", "message": "OK"},
    ]
    assert build.incomplete_build({"results": results}).message == "dbt did not build: fct_deposits, entries_balance"
