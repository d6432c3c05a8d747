"""Build the dbt project on a practice's lake: what dbt is asked for, in which surroundings, and what it left undone.

A shell starts dbt itself, because Dagster follows its events. What does not belong here: what models mean (the dbt
project), and finding dbt (``stores.dbt``).
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from orchestration.core.errors import BooksError
from orchestration.operations.learned import LEARNED
from orchestration.operations.tell_books import tell_lake
from orchestration.stores.dbt import current_manifest, dbt_environment, dbt_variables
from orchestration.stores.lake import table_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from orchestration.stores.practice import PracticeStores

LAYERS: Final = frozenset({"reference", "staging", "intermediate", "marts", "posting", "measures"})


@contextmanager
def building(stores: PracticeStores, *, is_anew: bool = False) -> Iterator[list[str]]:
    """Yield the arguments dbt is started with, while it has its paths and key and nobody else has the lake.

    ``is_anew`` makes every model from the raw tables again. dbt's own log has every line, the terminal one per step.
    """
    tell_lake(stores)
    with dbt_environment(stores), Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        yield ["build", "--vars", dbt_variables(stores.home), *["--full-refresh"] * is_anew]


def relations_of_other_versions(stores: PracticeStores) -> list[str]:
    """Return tables and views of seeds and layers that no seed or model makes any more, as ``schema.name``.

    A version before moved or left them behind. As long as one is there, every model has to be made anew from the raw
    tables: one that adds only new files may stand on a step that is new and empty.
    """
    if not stores.lake.path.exists():
        return []
    made = made_relations(stores)
    with stores.lake.connect() as lake:
        return sorted(name for name in table_names(lake) - made if name.partition(".")[0] in LAYERS)


def drop_relations(stores: PracticeStores, names: Sequence[str]) -> None:
    """Drop tables and views that no model makes; they would grow old, and some hold identifiers of patients.

    To be called when what replaces them is built: until then they are the mark that everything has to be made anew,
    so a run that was killed in between begins again.
    """
    with stores.lake.connect() as lake:
        views = table_names(lake, tables=False)
        for name in names:
            lake.execute(f"drop {'view' if name in views else 'table'} {name}")


def made_relations(stores: PracticeStores) -> frozenset[str]:
    """Return every relation of the layers as ``schema.name``: what dbt makes, and what the models write."""
    nodes = json.loads(current_manifest(stores.home).read_text(encoding="utf-8"))["nodes"].values()
    models = {f"{node['schema']}.{node['alias']}" for node in nodes if node["resource_type"] in {"model", "seed"}}
    return frozenset(models | {f"marts.{name}" for name in LEARNED})


def incomplete_build(run_results: Mapping[str, Any]) -> BooksError:
    """Return the error that names what dbt did not build: names of models and tests, never dbt's words about them.

    DuckDB's words may quote a value of a row.
    """
    failed = [
        result["unique_id"].split(".")[2] for result in run_results["results"] if result["status"] in {"error", "fail"}
    ]
    message = f"dbt did not build: {', '.join(failed) or 'the project'}"
    return BooksError(message, fix="medbooks doctor")
