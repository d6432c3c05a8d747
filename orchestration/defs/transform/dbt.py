"""The dbt project as assets: every model, seed and test, by the schema and name it is stored under."""

import os
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, dbt_assets

from orchestration.core.errors import BooksError
from orchestration.defs.catalog import BILLING, BOOKKEEPING, DATA_TEAM, FINANCE
from orchestration.defs.resources import Practice
from orchestration.resources.dbt_manifest import current_manifest
from orchestration.resources.practice import dbt_variables

_OWNERS = {
    "revenue": FINANCE,
    "receivables": BILLING,
    "denials": BILLING,
    "claims": BILLING,
    "scheduling": BILLING,
    "margin": FINANCE,
    "cash": BOOKKEEPING,
    "ledger": BOOKKEEPING,
}


class Translator(DagsterDbtTranslator):
    """Keys are ``[schema, table]`` as stored; groups are the layer, for marts the area."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Return where the model, seed or source is stored."""
        name = dbt_resource_props.get("alias") or dbt_resource_props.get("identifier") or dbt_resource_props["name"]
        return dg.AssetKey([dbt_resource_props["schema"], name])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """Return the layer, or the area of a mart."""
        if dbt_resource_props["resource_type"] == "seed":
            return "reference"
        layer, area = dbt_resource_props["fqn"][1:3]
        return str(area if layer == "marts" else layer)

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        """Return the team that answers for the area."""
        return [_OWNERS.get(self.get_group_name(dbt_resource_props), DATA_TEAM)]

    def get_tags(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, str]:
        """Return whether the table holds PHI: everything between raw and marts does, marts say it by column."""
        columns = dbt_resource_props.get("columns", {}).values()
        marked = any((c.get("config", {}).get("meta") or c.get("meta") or {}).get("phi") for c in columns)
        layer = dbt_resource_props["fqn"][1] if dbt_resource_props["resource_type"] == "model" else "seed"
        return {"phi": "true" if marked or layer in {"staging", "intermediate"} else "false"}


TRANSLATOR = Translator()


@dbt_assets(
    manifest=current_manifest(),
    dagster_dbt_translator=TRANSLATOR,
    name="dbt_models",
    pool="lake",
    # what reads the whole history and holds by construction is tested by `make test`, not by each run
    exclude="resource_type:unit_test tag:whole_history",
)
def dbt_models(context: dg.AssetExecutionContext, dbt: DbtCliResource, practice: Practice) -> Iterator[Any]:
    """Build seeds, models and their tests in order; a failed error-severity test stops what stands on it."""
    stores = practice.stores
    # dbt's own log has every line; the terminal has one per step
    with stores.dbt_environment(), Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        build = dbt.cli(
            ["build", "--vars", dbt_variables(stores.home)],
            context=context,
            target_path=stores.home.dbt_target,
            raise_on_error=False,
        )
        yield from build.stream()
        if not build.is_successful():
            # DuckDB's words may quote a value, so only names of models and tests leave
            results = build.get_artifact("run_results.json")["results"]
            failed = [r["unique_id"].split(".")[2] for r in results if r["status"] in {"error", "fail"}]
            message = f"dbt did not build: {', '.join(failed) or 'the project'}"
            raise BooksError(message, mend="medbooks doctor")
