"""Build the dbt project on a practice's lake: what dbt is asked for, in which surroundings, and what it left undone.

A shell starts dbt itself, because Dagster follows its events. What does not belong here: what models mean (the dbt
project), and finding dbt (``stores.dbt``).
"""

from __future__ import annotations

import os
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.core.errors import BooksError
from orchestration.stores.dbt import dbt_environment, dbt_variables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestration.stores.practice import PracticeStores


@contextmanager
def building(stores: PracticeStores) -> Iterator[list[str]]:
    """Yield the arguments dbt is started with, while it has its paths and key and nobody else has the lake.

    dbt's own log has every line; the terminal has one per step.
    """
    with dbt_environment(stores), Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        yield ["build", "--vars", dbt_variables(stores.home)]


def incomplete_build(run_results: Mapping[str, Any]) -> BooksError:
    """Return the error that names what dbt did not build: names of models and tests, never dbt's words about them.

    DuckDB's words may quote a value of a row.
    """
    failed = [
        result["unique_id"].split(".")[2] for result in run_results["results"] if result["status"] in {"error", "fail"}
    ]
    message = f"dbt did not build: {', '.join(failed) or 'the project'}"
    return BooksError(message, mend="medbooks doctor")
