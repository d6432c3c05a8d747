"""Raw tables as assets, one group per kind of file. What does not belong here: loading (``operations.load``)."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from orchestration.defs.catalog import DATA_TEAM
from orchestration.defs.resources import Practice
from orchestration.formats.file_kind import FileKind
from orchestration.formats.registry import kinds
from orchestration.operations.load import conservation, load


def build_raw_assets(kind: FileKind) -> dg.AssetsDefinition:
    """Return the assets of one raw schema, one per table."""
    tables = kind.tables

    @dg.multi_asset(
        name=f"load_{kind.schema}",
        group_name=kind.schema,
        specs=[
            dg.AssetSpec(
                key=[kind.schema, table.name],
                deps=[dg.AssetKey(["landing", "files"])],
                description=f"Grain: {table.grain}. Read from {kind.contents}; a row leads back to file and position.",
                owners=[DATA_TEAM],
                kinds={"duckdb", "python"},
                tags={"phi": "true" if any(column.phi != "none" for column in table.columns) else "false"},
                metadata={
                    "dagster/column_schema": dg.TableSchema(
                        columns=[
                            dg.TableColumn(column.name, column.kind, description=column.description)
                            for column in table.columns
                        ]
                    )
                },
            )
            for table in tables
        ],
        pool="lake",
    )
    def load_raw(practice: Practice) -> Iterator[dg.MaterializeResult]:
        loaded = load(practice.stores, kind)
        for table in tables:
            metadata: dict[str, Any] = {
                "dagster/row_count": loaded.row_counts[table.name],
                "new_files": loaded.new_file_count,
            }
            if table.name == "files":
                metadata |= {
                    "quarantined_files": loaded.quarantined_file_count,
                    "control_total": kind.control,
                    "in_amount": f"{loaded.in_amount:.2f}",
                    "quarantined_amount": f"{loaded.quarantined_amount:.2f}",
                }
            yield dg.MaterializeResult(asset_key=[kind.schema, table.name], metadata=metadata)

    return load_raw


def build_conservation_check(kind: FileKind) -> dg.AssetChecksDefinition:
    """Return the check that no dollar of a file is lost between the file and its raw rows."""

    @dg.asset_check(
        asset=dg.AssetKey([kind.schema, "files"]),
        name="in_amount_equals_loaded_plus_quarantined",
        description=f"{kind.control} of every file that arrived = what its raw rows hold + what is quarantined.",
        blocking=True,
    )
    def in_amount_equals_loaded_plus_quarantined(practice: Practice) -> dg.AssetCheckResult:
        found = conservation(practice.stores, kind)
        return dg.AssetCheckResult(
            passed=found.holds,
            metadata={
                "in_amount": f"{found.in_amount:.2f}",
                "loaded_amount": f"{found.loaded_amount:.2f}",
                "quarantined_amount": f"{found.quarantined_amount:.2f}",
            },
        )

    return in_amount_equals_loaded_plus_quarantined


@dg.definitions
def raw() -> dg.Definitions:
    """Return the raw assets and their checks; they are built, so this function is the module's only definition."""
    return dg.Definitions(
        assets=[build_raw_assets(kind) for kind in kinds()],
        asset_checks=[build_conservation_check(kind) for kind in kinds()],
    )
