"""The tables of the truth: their columns, and Parquet files that grow by row groups, so that memory stays small.

Amounts are DECIMAL(18,2) dollars. What does not belong here: what the rows say (``truth``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from pathlib import Path

TruthColumnKind = Literal["text", "amount", "date", "flag", "number", "count"]

_ROWS_IN_A_GROUP = 100_000


@dataclass(frozen=True, slots=True)
class TruthTable:
    """One Parquet file: name without extension, and columns in order."""

    name: str
    columns: tuple[tuple[str, TruthColumnKind], ...]


LEDGER = TruthTable(
    "ledger",
    (
        ("entity_id", "text"),
        ("month", "text"),
        ("payer_id", "text"),
        ("provider_npi", "text"),
        ("account_code", "text"),
        ("measure", "text"),
        ("amount", "amount"),
    ),
)
JOURNAL = TruthTable(
    "journal",
    (
        ("entity_id", "text"),
        ("month", "text"),
        ("account_code", "text"),
        ("amount", "amount"),
    ),
)
REMITTANCES = TruthTable(
    "remittances",
    (
        ("payer_id", "text"),
        ("payment_date", "date"),
        ("trace_number", "text"),
        ("claim_paid_amount", "amount"),
        ("provider_adjustment_amount", "amount"),
        ("paid_amount", "amount"),
        ("deposit_date", "date"),
    ),
)
DENIALS = TruthTable(
    "denials",
    (
        ("transaction_id", "text"),
        ("claim_id", "text"),
        ("payer_id", "text"),
        ("cause", "text"),
        ("group_code", "text"),
        ("reason_code", "text"),
        ("remark_code", "text"),
        ("denied_amount", "amount"),
        ("denied_date", "date"),
        ("denial_probability", "number"),
        ("is_appealed", "flag"),
        ("overturn_probability", "number"),
        ("outcome", "text"),
        ("decided_date", "date"),
    ),
)
BILLS = TruthTable(
    "bills",
    (
        ("file_name", "text"),
        ("vendor_name", "text"),
        ("bill_number", "text"),
        ("bill_date", "date"),
        ("due_date", "date"),
        ("paid_date", "date"),
        ("subtotal_amount", "amount"),
        ("tax_amount", "amount"),
        ("total_amount", "amount"),
        ("is_scan", "flag"),
    ),
)
DOCUMENTS = TruthTable(
    "documents",
    (
        ("file_name", "text"),
        ("document_kind", "text"),
        ("medium", "text"),
        ("dpi", "count"),
        ("skew_degrees", "number"),
        ("grain", "number"),
        ("vendor_name", "text"),
        ("document_number", "text"),
        ("document_date", "date"),
        ("due_date", "date"),
        ("subtotal_amount", "amount"),
        ("freight_amount", "amount"),
        ("tax_amount", "amount"),
        ("total_amount", "amount"),
        ("line_count", "count"),
        ("lines_json", "text"),
        ("has_card_number", "flag"),
    ),
)
CONTRACTS = TruthTable(
    "provider_contracts",
    (
        ("provider_npi", "text"),
        ("plan", "text"),
        ("rate", "amount"),
        ("yearly_threshold", "amount"),
    ),
)
BONUSES = TruthTable(
    "provider_bonuses",
    (
        ("provider_npi", "text"),
        ("plan", "text"),
        ("period_end", "date"),
        ("pay_date", "date"),
        ("work_rvu_to_date", "amount"),
        ("collections_to_date_amount", "amount"),
        ("earned_to_date_amount", "amount"),
        ("bonus_amount", "amount"),
    ),
)
SUPPLIES = TruthTable(
    "supply_lines",
    (
        ("supplier_name", "text"),
        ("order_number", "text"),
        ("item_id", "text"),
        ("order_date", "date"),
        ("ordered_quantity", "count"),
        ("unit_price_amount", "amount"),
        ("received_date", "date"),
        ("received_quantity", "count"),
        ("later_date", "date"),
        ("later_quantity", "count"),
        ("invoice_number", "text"),
        ("invoice_date", "date"),
        ("billed_quantity", "count"),
        ("billed_price_amount", "amount"),
        ("billed_amount", "amount"),
        ("cause", "text"),
    ),
)
APPOINTMENTS = TruthTable(
    "appointments",
    (
        ("booked_date", "date"),
        ("appointment_date", "date"),
        ("provider_npi", "text"),
        ("appointment_count", "count"),
    ),
)
OF_A_PRACTICE = (LEDGER, JOURNAL, APPOINTMENTS, REMITTANCES, DENIALS, BILLS, CONTRACTS, BONUSES, SUPPLIES)


class Tables:
    """The tables of one truth, open for writing until ``close``; a table without rows is written, too."""

    def __init__(self, out: Path, tables: tuple[TruthTable, ...] = OF_A_PRACTICE) -> None:
        import pyarrow as pa  # noqa: PLC0415  # the command line starts without Arrow
        import pyarrow.parquet as pq  # noqa: PLC0415  # same

        out.mkdir(parents=True, exist_ok=True)
        kinds: dict[TruthColumnKind, pa.DataType] = {
            "text": pa.string(),
            "amount": pa.decimal128(18, 2),
            "date": pa.date32(),
            "flag": pa.bool_(),
            "number": pa.float64(),
            "count": pa.int64(),
        }
        self._pa = pa
        self._schemas = {t.name: pa.schema([(name, kinds[kind]) for name, kind in t.columns]) for t in tables}
        self._writers = {t.name: pq.ParquetWriter(out / f"{t.name}.parquet", self._schemas[t.name]) for t in tables}
        self._rows: dict[str, list[tuple[Any, ...]]] = {t.name: [] for t in tables}

    def add(self, table: TruthTable, *row: object) -> None:
        """Add one row, values in the order of the table's columns."""
        rows = self._rows[table.name]
        rows.append(row)
        if len(rows) == _ROWS_IN_A_GROUP:
            self._flush(table.name)

    def close(self) -> None:
        """Write what is left and close the files."""
        for name, writer in self._writers.items():
            self._flush(name)
            writer.close()

    def _flush(self, name: str) -> None:
        rows, schema = self._rows[name], self._schemas[name]
        if rows:
            columns = zip(*rows, strict=True)
            arrays = [self._pa.array(values, type=f.type) for values, f in zip(columns, schema, strict=True)]
            self._writers[name].write_table(self._pa.Table.from_arrays(arrays, schema=schema))
            rows.clear()
