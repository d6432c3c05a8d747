"""No planted patient can be found by reading the bytes of anything that lies on disk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestration.synthetic import people

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.e2e_books import TwoSteps

CANARIES = (
    people.CANARY_LAST_NAME,
    people.CANARY_FIRST_NAME,
    people.CANARY_PATIENT_ID,
    people.CANARY_MEMBER_ID,
)


def found_in(folder: Path) -> Iterator[str]:
    """Yield files that hold a canary in any case, as UTF-8 or UTF-16, also across the borders of what is read."""
    needles = [text.lower().encode(code) for text in CANARIES for code in ("utf-8", "utf-16-le")]
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes().lower()
            if any(needle in content for needle in needles):
                yield str(path.relative_to(folder))


def test_the_canary_is_in_what_the_practice_sent(two_steps: TwoSteps) -> None:
    sent = list(found_in(two_steps.books.home.parent / "whole" / "inbox"))
    kinds = {name.split("_")[0] for name in sent}
    assert {"charges", "era", "bank"} <= kinds


@pytest.mark.parametrize(
    "folder", ["landed", "lake", "ledger", "dagster", "dbt", "mlruns", "reports", "published", "inbox"]
)
def test_no_planted_name_is_readable_in(folder: str, two_steps: TwoSteps) -> None:
    place = two_steps.books.home / folder
    assert place.is_dir()
    assert list(found_in(place)) == []


def test_no_planted_name_leaves_in_an_export(two_steps: TwoSteps, tmp_path: Path) -> None:
    for kind in ("beancount", "hledger", "csv"):
        two_steps.books.medbooks("gl", "export", "--format", kind, "--out", str(tmp_path / f"books.{kind}"))
    assert list(found_in(tmp_path)) == []


def test_published_marts_have_no_direct_identifier(two_steps: TwoSteps) -> None:
    import duckdb

    file = two_steps.books.home / "published" / "medbooks.duckdb"
    with duckdb.connect(str(file), read_only=True) as published:
        columns = {
            row[0]
            for row in published.execute("select column_name from duckdb_columns() where not internal").fetchall()
        }
        tables = {row[0] for row in published.execute("select table_name from duckdb_tables()").fetchall()}
        claims = published.execute("select count(*) from medbooks.marts.fct_remittance_lines").fetchone()
    assert not columns & {
        "claim_id",
        "transaction_id",
        "line_control_number",
        "payer_control_number",
        "patient_id",
        "billed_line_key",
    }
    assert {"fct_charge_lines", "denial_worklist", "general_ledger", "trial_balance"} <= tables
    assert claims
    assert claims[0] > 0


def test_every_published_table_is_a_parquet_file_too(two_steps: TwoSteps) -> None:
    import duckdb

    folder = two_steps.books.home / "published"
    with duckdb.connect(str(folder / "medbooks.duckdb"), read_only=True) as published:
        tables = {row[0] for row in published.execute("select table_name from duckdb_tables()").fetchall()}
    assert {path.stem for path in (folder / "parquet").iterdir()} == tables


def test_the_key_file_is_readable_by_its_owner_only(two_steps: TwoSteps) -> None:
    key = two_steps.books.home / "keys" / "medbooks.key"
    assert key.stat().st_mode & 0o777 == 0o600
    raw = key.read_bytes().strip()
    for folder in ("landed", "lake", "dagster", "dbt", "reports", "published"):
        for path in (two_steps.books.home / folder).rglob("*"):
            if path.is_file():
                assert raw not in path.read_bytes()


def test_the_lakes_own_key_is_in_no_log_and_no_target_file(two_steps: TwoSteps) -> None:
    from orchestration.stores.home import Home

    key = Home.locate(two_steps.books.home).lake_key.encode()
    for path in Path(two_steps.books.home).rglob("*"):
        if path.is_file():
            assert key not in path.read_bytes(), path
