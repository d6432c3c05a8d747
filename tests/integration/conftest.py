"""An empty lake with every relation dbt knows, built once for all tests that ask dbt something.

What does not belong here: a practice with data in it.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest

from orchestration.stores.dbt import dbt_environment, dbt_program
from orchestration.stores.home import DBT_PROJECT, Home
from orchestration.stores.practice import PracticeStores

Dbt = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def empty_practice(tmp_path_factory) -> PracticeStores:
    """A practice that has received nothing: every raw table exists and holds no row."""
    from orchestration.formats.registry import kinds
    from orchestration.operations.tell_books import tell_lake
    from orchestration.stores.lake import create_tables

    root = tmp_path_factory.mktemp("empty-practice")
    stores = PracticeStores(Home(root, root / "keys" / "medbooks.key"))
    with stores.lake.connect() as lake:
        for kind in kinds():
            create_tables(lake, kind.tables)
    tell_lake(stores)
    return stores


@pytest.fixture(scope="session")
def dbt(empty_practice: PracticeStores) -> Dbt:
    """Run dbt in the environment production runs it in; fails with dbt's own words."""

    project = ("--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT))

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [dbt_program(), "--no-use-colors", *arguments, *project]
        with dbt_environment(empty_practice):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            pytest.fail(f"dbt {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}", pytrace=False)
        return done

    return run


@pytest.fixture(scope="session")
def built_dbt(dbt: Dbt) -> Dbt:
    """The same, after every seed and model was built once without rows."""
    dbt("--quiet", "build", "--empty", "--resource-type", "seed", "--resource-type", "model")
    return dbt


@pytest.fixture(scope="session")
def compiled_models(built_dbt: Dbt, empty_practice: PracticeStores) -> dict[str, str]:
    """Every model as SQL: as its first run compiles it, and as every later one does (the incremental branches)."""
    folder = empty_practice.home.dbt_target / "compiled" / "medbooks" / "models"
    found: dict[str, str] = {}
    for run, arguments in {"first run": ("--full-refresh",), "later run": ()}.items():
        built_dbt("--quiet", "compile", "--select", "resource_type:model", *arguments)
        found |= {f"{path.stem}, {run}": path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.sql"))}
    return found
