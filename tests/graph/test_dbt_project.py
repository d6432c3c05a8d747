"""What the dbt project says of itself is true: sources, columns, grains, and who reads what.

`make docs` writes the pages of sources and staging columns anew. What does not belong here: whether rules and
invariants hold for rows (dbt's own tests), and how models compile (tests/integration).
"""

from __future__ import annotations

import ast
import json
import os
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from orchestration.reporting.dbt_sources import sources_page
from orchestration.reporting.dbt_staging import Selected, selected, staging_page

PROJECT = Path(__file__).parents[2]
MACROS = PROJECT / "dbt_project" / "macros"
STAGING = PROJECT / "dbt_project" / "models" / "staging"
_READ = re.compile(r"\b(?:from|join)\s+(?:lake\.)?(\w+\.\w+)", re.IGNORECASE)


@pytest.fixture(scope="session")
def manifest(definitions: Any) -> dict[str, Any]:
    """The project as dbt parses it, in the home the definitions are loaded in."""
    from orchestration.stores.dbt import current_manifest

    assert definitions
    return json.loads(current_manifest().read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", sorted(folder.name for folder in STAGING.iterdir()))
def test_sources_of_dbt_are_described_as_their_readers_declare_them(kind: str) -> None:
    source = _sources()[kind]
    page = STAGING / kind / f"_{kind}__sources.yml"
    _compare(page, sources_page(source.schema, source.contents, source.tables))


@pytest.mark.parametrize("kind", sorted(folder.name for folder in STAGING.iterdir()))
def test_a_staging_column_is_described_as_the_raw_column_it_is(kind: str) -> None:
    page = STAGING / kind / f"_{kind}__models.yml"
    models = yaml.safe_load(page.read_text(encoding="utf-8"))["models"]
    assert [m["name"] for m in models] == [m["name"] for m in models if (STAGING / kind / f"{m['name']}.sql").exists()]
    _compare(page, staging_page(models, _staging_columns(kind)))


def test_every_staging_model_and_column_is_described(manifest: dict[str, Any]) -> None:
    described = {
        node["name"]: {c["name"] for c in node["columns"].values() if c["description"] and c["data_type"]}
        for node in _models(manifest)
        if node["fqn"][1] == "staging" and node["description"]
    }
    columns = {
        model: {column.name for column in found}
        for folder in STAGING.iterdir()
        for model, found in _staging_columns(folder.name).items()
    }
    assert all(columns.values())
    assert columns == described


def test_every_model_says_its_grain_and_tests_it(manifest: dict[str, Any]) -> None:
    tests = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    tested = {
        test["attached_node"]
        for test in tests
        if "test_metadata" in test and test["test_metadata"]["name"] in {"unique", "one_row_per"}
    }
    models = _models(manifest)
    # a model may have a reason to have no key, and no model has both
    keyless = {node["unique_id"] for node in models if node["config"]["meta"].get("without_key")}
    assert [n["name"] for n in models if (n["unique_id"] in tested) == (n["unique_id"] in keyless)] == []
    assert [n["name"] for n in models if not n["description"].startswith(("One row per ", "One row: "))] == []


def test_every_model_and_seed_has_a_reader(manifest: dict[str, Any]) -> None:
    read = {
        upstream
        for reader in (*_models(manifest), *manifest["exposures"].values())
        for upstream in reader["depends_on"]["nodes"]
    }
    kept = [node for node in manifest["nodes"].values() if node["resource_type"] in {"model", "seed"}]
    assert [node["name"] for node in kept if node["unique_id"] not in read] == []


def test_an_exposure_depends_on_what_the_sql_of_its_modules_names(manifest: dict[str, Any]) -> None:
    relations = _relations(manifest)
    wrong = {}
    for exposure in manifest["exposures"].values():
        if exposure["name"] != "published_marts":
            named = {
                relation for module in exposure["config"]["meta"]["read_by"] for relation in _named(module, relations)
            }
            said = {name for name, node in relations.items() if node in exposure["depends_on"]["nodes"]}
            if named != said:
                wrong[exposure["name"]] = {"left out": sorted(named - said), "not read": sorted(said - named)}
    assert wrong == {}


def test_every_module_that_reads_a_model_stands_in_one_exposure(manifest: dict[str, Any]) -> None:
    relations = _relations(manifest)
    listed = sorted(m for e in manifest["exposures"].values() for m in e["config"]["meta"]["read_by"])
    assert listed == sorted(set(listed))
    assert [module for module in listed if not (PROJECT / module).exists()] == []
    # the packages that may hold an open lake; assets of defs name the models they stand on, and read none
    modules = [
        str(path.relative_to(PROJECT))
        for package in ("operations", "quality", "stores", "synthetic", "cli")
        for path in (PROJECT / "orchestration" / package).rglob("*.py")
    ]
    assert sorted({module for module in modules if _named(module, relations)} - set(listed)) == []


def test_the_published_marts_are_the_models_that_promise_their_columns(manifest: dict[str, Any]) -> None:
    promised = {node["unique_id"] for node in _models(manifest) if node["contract"]["enforced"]}
    assert set(manifest["exposures"]["exposure.medbooks.published_marts"]["depends_on"]["nodes"]) == promised


def _sources() -> dict[str, Any]:
    from orchestration.core import books_tables
    from orchestration.formats.registry import kinds

    books = SimpleNamespace(
        schema=books_tables.SCHEMA, contents="what the books tell the lake", tables=books_tables.TABLES
    )
    return {"books": books, **{kind.name: kind for kind in kinds()}}


def _staging_columns(kind: str) -> dict[str, list[Selected]]:
    tables = {table.qualified_name: table for table in _sources()[kind].tables}
    macros = {path.stem: path.read_text(encoding="utf-8") for path in MACROS.glob("*.sql")}
    return {
        path.stem: selected(path.read_text(encoding="utf-8"), macros, tables)
        for path in sorted((STAGING / kind).glob("*.sql"))
    }


def _compare(page: Path, text: str) -> None:
    if os.environ.get("MEDBOOKS_UPDATE_GOLDEN"):
        page.write_text(text, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == text, f"{page.name} is stale: make docs, and look at what changed"


def _models(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


def _relations(manifest: dict[str, Any]) -> dict[str, str]:
    """Return models and seeds by ``schema.table`` as SQL in Python spells them."""
    return {
        f"{node['schema']}.{node['alias']}": node["unique_id"]
        for node in manifest["nodes"].values()
        if node["resource_type"] in {"model", "seed"}
    }


def _named(module: str, relations: dict[str, str]) -> set[str]:
    """Return the relations that a module's SQL reads, and those whose name it puts into SQL."""
    path = PROJECT / module
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.exists() else ast.Module([], [])
    strings = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    in_sql = {relation.lower() for text in strings for relation in _READ.findall(text)}
    models = {relation.partition(".")[2]: relation for relation, node in relations.items() if node.startswith("model.")}
    return (in_sql & set(relations)) | {models[text] for text in strings if text in models}
