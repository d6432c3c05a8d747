"""The dbt project as assets: every model, seed and test, by the schema and name it is stored under."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, dbt_assets

from orchestration.defs.catalog import BILLING, BOOKKEEPING, DATA_TEAM, FINANCE
from orchestration.defs.resources import Practice
from orchestration.operations.build import (
    building,
    drop_relations,
    incomplete_build,
    relations_of_other_versions,
)
from orchestration.stores.dbt import current_manifest

_OWNERS = {
    "revenue": FINANCE,
    "receivables": BILLING,
    "denials": BILLING,
    "claims": BILLING,
    "scheduling": BILLING,
    "margin": FINANCE,
    "cash": BOOKKEEPING,
    "payables": BOOKKEEPING,
    "posting": BOOKKEEPING,
    "measures": FINANCE,
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
        """Return whether the table holds PHI: one with a contract says it by column, every other model may."""
        columns = dbt_resource_props.get("columns", {}).values()
        marked = any((c.get("config", {}).get("meta") or c.get("meta") or {}).get("phi") for c in columns)
        is_undescribed = (
            dbt_resource_props["resource_type"] == "model" and not dbt_resource_props["config"]["contract"]["enforced"]
        )
        return {"phi": "true" if marked or is_undescribed else "false"}


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
    left_behind = relations_of_other_versions(stores)
    if left_behind:
        context.log.warning(
            "the lake was built by an earlier version: every model is made anew, %s old tables and views are dropped",
            len(left_behind),
        )
    with building(stores, is_anew=bool(left_behind)) as arguments:
        build = dbt.cli(arguments, context=context, target_path=stores.home.dbt_target, raise_on_error=False)
        yield from build.stream()
        if not build.is_successful():
            raise incomplete_build(build.get_artifact("run_results.json"))
    drop_relations(stores, left_behind)
