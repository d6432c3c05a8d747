"""Landed files → raw tables, one group of assets per kind of file, incremental by the file registry.

Each run reads only files of its kind that no raw table knows yet, in landing order, a few at a time: all rows of
a batch and the registry of its files commit together, so a killed run leaves no half-loaded file.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import dagster as dg

from orchestration.core.tables import RawBatch, SourceFile, Table
from orchestration.defs.catalog import DATA_TEAM
from orchestration.defs.resources import Practice
from orchestration.privacy.phi import scrubbed
from orchestration.stores.lake import create_tables, insert
from orchestration.stores.practice import PracticeStores

_BATCH_BYTES = 32 * 1024 * 1024
_BATCH_FILES = 500


@dataclass(frozen=True)
class Source:
    """One kind of file: its raw schema, its tables, its reader, and what its control amount is.

    ``loaded_amount`` is SQL for the part of the control amount that is in raw tables, recomputed from the rows.
    A file quarantined for one of ``retried_reasons`` is read again by every run: the reason lies with us, not with it.
    """

    kind: str
    title: str
    tables: tuple[Table, ...]
    reader: Callable[[PracticeStores, Sequence[SourceFile]], RawBatch]
    control: str
    loaded_amount: str
    retried_reasons: tuple[str, ...] = ()

    @property
    def schema(self) -> str:
        """The raw schema."""
        return f"raw_{self.kind}"


def _read_era835(_stores: PracticeStores, files: Sequence[SourceFile]) -> RawBatch:
    from orchestration.formats.x12 import era835

    return era835.read(files)


def _read_ehr(stores: PracticeStores, files: Sequence[SourceFile]) -> RawBatch:
    from orchestration.formats import exports

    return exports.read(files, stores.layouts.ehr)


def _read_fhir(_stores: PracticeStores, files: Sequence[SourceFile]) -> RawBatch:
    from orchestration.formats import fhir

    return fhir.read(files)


def _read_hl7(_stores: PracticeStores, files: Sequence[SourceFile]) -> RawBatch:
    from orchestration.formats import hl7

    return hl7.read(files)


def _read_bank(stores: PracticeStores, files: Sequence[SourceFile]) -> RawBatch:
    from orchestration.formats import bank

    return bank.read(files, stores.layouts.bank)


def _read_payroll(stores: PracticeStores, files: Sequence[SourceFile]) -> RawBatch:
    from orchestration.formats import payroll

    return payroll.read(files, stores.layouts.payroll)


def _read_billing_api(_stores: PracticeStores, files: Sequence[SourceFile]) -> RawBatch:
    from orchestration.formats import billing_api

    return billing_api.read(files)


def _read_claims837(_stores: PracticeStores, files: Sequence[SourceFile]) -> RawBatch:
    from orchestration.formats.x12 import claims837

    return claims837.read(files)


def _read_acks(_stores: PracticeStores, files: Sequence[SourceFile]) -> RawBatch:
    from orchestration.formats.x12 import acks

    return acks.read(files)


def _read_fees(stores: PracticeStores, files: Sequence[SourceFile]) -> RawBatch:
    from orchestration.formats import fees

    return fees.read(files, stores.layouts.fees)


def _read_supplies(stores: PracticeStores, files: Sequence[SourceFile]) -> RawBatch:
    from orchestration.formats import supplier_documents

    return supplier_documents.read(files, stores.layouts.supplies)


def _read_documents(stores: PracticeStores, files: Sequence[SourceFile]) -> RawBatch:
    from orchestration.formats import documents

    return documents.read([stores.ocr.read(file) for file in files])


def sources() -> tuple[Source, ...]:
    """Return every kind of file the practice receives."""
    from orchestration.formats import bank, billing_api, documents, exports, fees, fhir, hl7, payroll, supplies
    from orchestration.formats.x12 import acks, claims837, era835

    return (
        Source(
            "era835",
            "835 remittances",
            era835.TABLES,
            _read_era835,
            "Σ BPR02, debits negative",
            "SELECT sum(paid_amount) FROM raw_era835.transactions",
        ),
        Source(
            "ehr",
            "EHR charge exports",
            exports.TABLES,
            _read_ehr,
            "Σ charged",
            "SELECT sum(amount) FROM raw_ehr.transactions WHERE transaction_type = 'CHARGE'",
        ),
        Source(
            "fhir",
            "FHIR resources",
            fhir.TABLES,
            _read_fhir,
            "Σ charged",
            "SELECT sum(amount) FROM raw_fhir.transactions WHERE transaction_type = 'CHARGE'",
        ),
        Source(
            "hl7",
            "HL7 messages",
            hl7.TABLES,
            _read_hl7,
            "Σ charged",
            "SELECT sum(amount) FROM raw_hl7.transactions WHERE transaction_type = 'CHARGE'",
        ),
        Source(
            "bank",
            "bank statements",
            bank.TABLES,
            _read_bank,
            "Σ deposits",
            "SELECT sum(amount) FROM raw_bank.transactions WHERE amount > 0",
        ),
        Source(
            "payroll",
            "payroll registers",
            payroll.TABLES,
            _read_payroll,
            "Σ gross + employer tax",
            "SELECT sum(gross_amount + employer_tax_amount) FROM raw_payroll.pay_lines",
        ),
        Source(
            "documents",
            "vendor bills",
            documents.TABLES,
            _read_documents,
            "Σ bill totals",
            "SELECT sum(total_amount) FROM raw_documents.bills",
            retried_reasons=("ocr_unavailable", "ocr_timed_out"),
        ),
        Source(
            "billing_api",
            "records of a billing system's API",
            billing_api.TABLES,
            _read_billing_api,
            "Σ charged",
            "SELECT sum(amount) FROM raw_billing_api.transactions WHERE transaction_type = 'CHARGE'",
        ),
        Source(
            "claims837",
            "837 claims",
            claims837.TABLES,
            _read_claims837,
            "Σ CLM02, a check sum and no money",
            "SELECT sum(charged_amount) FROM raw_claims837.claims",
        ),
        Source(
            "acks",
            "999, 997, 277 and TA1 acknowledgements",
            acks.TABLES,
            _read_acks,
            "0: an acknowledgement moves no money",
            "SELECT 0",
        ),
        Source(
            "fees",
            "fee schedules and relative values",
            fees.TABLES,
            _read_fees,
            "Σ fees, a check sum and no money",
            "SELECT sum(fee_amount) FROM raw_fees.fee_schedule_lines",
        ),
        Source(
            "supplies",
            "supplier orders, receipts and invoices",
            supplies.TABLES,
            _read_supplies,
            "Σ invoice lines, and charges beside them",
            "SELECT sum(line_amount) FROM raw_supplies.invoice_lines",
        ),
    )


def load(stores: PracticeStores, source: Source) -> int:
    """Load what is new of one kind and return the number of files."""
    with stores.lake.connect() as lake:
        create_tables(lake, source.tables)
        for reason in source.retried_reasons:
            lake.begin()
            lake.execute(
                f"DELETE FROM {source.schema}.findings WHERE file_id IN "
                f"(SELECT file_id FROM {source.schema}.files WHERE reason_code = ?)",
                [reason],
            )
            lake.execute(f"DELETE FROM {source.schema}.files WHERE reason_code = ?", [reason])
            lake.commit()
        new = lake.execute(
            f"SELECT file_id, byte_count FROM landing.files WHERE kind = ? "
            f"AND file_id NOT IN (SELECT file_id FROM {source.schema}.files) ORDER BY loaded_at, file_id",
            [source.kind],
        ).fetchall()
        for identities in _batches(new):
            with scrubbed(f"loading {source.title}"):
                files = [stores.landed.get(identity) for identity in identities]
                insert(lake, source.schema, source.reader(stores, files).to_arrow())
        if new:
            lake.execute("CHECKPOINT")
    return len(new)


def _batches(files: list[tuple[str, int]]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for identity, byte_count in files:
        if batch and (size + byte_count > _BATCH_BYTES or len(batch) >= _BATCH_FILES):
            yield batch
            batch, size = [], 0
        batch.append(identity)
        size += byte_count
    if batch:
        yield batch


def _control_totals(stores: PracticeStores, source: Source) -> tuple[dict[str, int], dict[str, Any]]:
    with stores.lake.connect() as lake:
        counts = {
            table.name: int((lake.execute(f"SELECT count(*) FROM {table.qualified_name}").fetchone() or (0,))[0])
            for table in source.tables
        }
        total = lake.execute(
            f"SELECT count(*) FILTER (status = 'quarantined'), coalesce(sum(in_amount), 0), "
            f"coalesce(sum(quarantined_amount), 0) FROM {source.schema}.files"
        ).fetchone() or (0, Decimal(0), Decimal(0))
    return counts, {
        "quarantined_files": int(total[0]),
        "control_total": source.control,
        "in_amount": f"{total[1]:.2f}",
        "quarantined_amount": f"{total[2]:.2f}",
    }


def build_raw_assets(source: Source) -> dg.AssetsDefinition:
    """Return the assets of one raw schema, one per table."""

    @dg.multi_asset(
        name=f"load_{source.schema}",
        group_name=source.schema,
        specs=[
            dg.AssetSpec(
                key=[source.schema, table.name],
                deps=[dg.AssetKey(["landing", "files"])],
                description=f"Grain: {table.grain}. Read from {source.title}; a row leads back to file and position.",
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
            for table in source.tables
        ],
        pool="lake",
    )
    def load_raw(practice: Practice) -> Iterator[dg.MaterializeResult]:
        stores = practice.stores
        new_files = load(stores, source)
        counts, totals = _control_totals(stores, source)
        for table in source.tables:
            metadata: dict[str, Any] = {"dagster/row_count": counts[table.name], "new_files": new_files}
            if table.name == "files":
                metadata |= totals
            yield dg.MaterializeResult(asset_key=[source.schema, table.name], metadata=metadata)

    return load_raw


def build_conservation_check(source: Source) -> dg.AssetChecksDefinition:
    """Return the check that no dollar of a file is lost between the file and its raw rows."""

    @dg.asset_check(
        asset=dg.AssetKey([source.schema, "files"]),
        name="in_amount_equals_loaded_plus_quarantined",
        description=f"{source.control} of every file that arrived = what its raw rows hold + what is quarantined.",
        blocking=True,
    )
    def in_amount_equals_loaded_plus_quarantined(practice: Practice) -> dg.AssetCheckResult:
        with practice.stores.lake.connect() as lake:
            totals = lake.execute(
                f"SELECT coalesce(sum(in_amount), 0), coalesce(sum(quarantined_amount), 0) FROM {source.schema}.files"
            ).fetchone() or (Decimal(0), Decimal(0))
            loaded = (lake.execute(source.loaded_amount).fetchone() or (None,))[0] or Decimal(0)
        return dg.AssetCheckResult(
            passed=totals[0] == loaded + totals[1],
            metadata={
                "in_amount": f"{totals[0]:.2f}",
                "loaded_amount": f"{loaded:.2f}",
                "quarantined_amount": f"{totals[1]:.2f}",
            },
        )

    return in_amount_equals_loaded_plus_quarantined


@dg.definitions
def raw() -> dg.Definitions:
    """Return the raw assets and their checks; they are built, so this function is the module's only definition."""
    found = sources()
    return dg.Definitions(
        assets=[build_raw_assets(source) for source in found],
        asset_checks=[build_conservation_check(source) for source in found],
    )
