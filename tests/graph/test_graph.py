"""The graph is a golden file: a definition that is dropped, renamed or moved shows here, on purpose or not.

`make docs` writes the golden files anew.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

GOLDEN = Path(__file__).parents[1] / "golden" / "graph.json"
DICTIONARY = Path(__file__).parents[2] / "docs" / "data-dictionary.md"
PIPELINE = Path(__file__).parents[2] / "orchestration" / "defs"


def snapshot(definitions: Any) -> dict[str, Any]:
    graph = definitions.resolve_asset_graph()
    repository = definitions.get_repository_def()
    return {
        "assets": {
            key.to_user_string(): {
                "group": graph.get(key).group_name,
                "deps": sorted(parent.to_user_string() for parent in graph.get(key).parent_keys),
                "owners": sorted(graph.get(key).owners),
                "kinds": sorted(graph.get(key).kinds),
                "phi": graph.get(key).tags.get("phi"),
            }
            for key in sorted(graph.get_all_asset_keys())
        },
        "checks": sorted(f"{key.asset_key.to_user_string()}: {key.name}" for key in graph.asset_check_keys),
        "jobs": sorted(job.name for job in repository.get_all_jobs() if not job.name.startswith("__")),
        "schedules": {s.name: s.cron_schedule for s in repository.schedule_defs},
        "sensors": sorted(s.name for s in repository.sensor_defs),
    }


def compare(path: Path, text: str) -> None:
    if os.environ.get("MEDBOOKS_UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text, f"{path.name} is stale: make docs, and look at what changed"


def test_the_graph_is_the_one_we_know(definitions: Any) -> None:
    compare(GOLDEN, json.dumps(snapshot(definitions), indent=1, sort_keys=True) + "\n")


def test_every_asset_says_what_it_is_and_who_answers_for_it(definitions: Any) -> None:
    graph = definitions.resolve_asset_graph()
    silent = [
        key.to_user_string()
        for key in graph.materializable_asset_keys
        if not (
            (graph.get(key).description or "").strip()
            and graph.get(key).owners
            and graph.get(key).kinds
            and graph.get(key).group_name
            and graph.get(key).tags.get("phi") in {"true", "false"}
        )
    ]
    assert silent == []


def test_every_asset_that_touches_the_lake_takes_its_turn(definitions: Any) -> None:
    nodes = {
        node.name: node.pools
        for assets in definitions.get_repository_def().assets_defs_by_key.values()
        for node in [assets.node_def]
    }
    assert {name: set(pools) for name, pools in nodes.items() if set(pools) != {"lake"}} == {}


def test_no_definition_of_the_shell_is_silently_dropped(definitions: Any) -> None:
    import importlib

    import dagster as dg

    graph = definitions.resolve_asset_graph()
    known = graph.get_all_asset_keys()
    checks = graph.asset_check_keys
    lost = []
    for path in sorted(PIPELINE.rglob("*.py")):
        module = importlib.import_module(
            ".".join(("orchestration", "defs", *path.relative_to(PIPELINE).with_suffix("").parts)).removesuffix(
                ".__init__"
            )
        )
        for name, value in vars(module).items():
            if isinstance(value, dg.AssetChecksDefinition):
                lost += [f"{module.__name__}.{name}"] if not set(value.check_keys) <= set(checks) else []
            elif isinstance(value, dg.AssetsDefinition):
                lost += [f"{module.__name__}.{name}"] if not value.keys <= known else []
    assert lost == []


def test_sources_of_dbt_are_the_tables_readers_declare(definitions: Any) -> None:
    from orchestration.core import books_tables
    from orchestration.formats.registry import kinds
    from orchestration.stores.dbt import current_manifest

    assert definitions
    manifest = json.loads(current_manifest().read_text(encoding="utf-8"))
    declared = {f"{s['schema']}.{s['name']}" for s in manifest["sources"].values()}
    read = {table.qualified_name for kind in kinds() for table in kind.tables}
    assert declared == read | {table.qualified_name for table in books_tables.TABLES}


def test_the_data_dictionary_is_what_the_code_declares(definitions: Any) -> None:
    from orchestration.core import books_tables
    from orchestration.formats.registry import kinds
    from orchestration.operations.land import ALIASES, FILES
    from orchestration.reporting.dictionary import dictionary
    from orchestration.stores.dbt import current_manifest

    assert definitions
    manifest = json.loads(current_manifest().read_text(encoding="utf-8"))
    tables = [FILES, ALIASES, *books_tables.TABLES, *(table for kind in kinds() for table in kind.tables)]
    compare(DICTIONARY, dictionary(tables, manifest))
