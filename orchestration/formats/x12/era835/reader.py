"""Remittance files to ``raw_era835``: what is loaded, what is held, what is quarantined whole.

- No X12, or X12 without any 835: quarantined (``empty_file``, ``not_x12``, ``not_an_835``). Other transaction sets
  beside an 835 are a warning.
- A file that ends before its trailers: quarantined whole (``truncated``); the sender has more to send.
- Everything else is loaded; a transaction with an error finding of its own, or of its interchange, is held from
  posting (``is_postable`` false). A test interchange (ISA15 T) is a warning.

What does not belong here: how files are read (``engine``) and what their segments mean (``facts``, ``payment``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestration.core.findings import Finding
from orchestration.core.money import ZERO, fits
from orchestration.core.tables import RawBatch, SourceFile
from orchestration.formats.x12.era835 import balancing
from orchestration.formats.x12.era835.engine import Engine
from orchestration.formats.x12.era835.tables import TABLES
from orchestration.formats.x12.syntax import values
from orchestration.formats.x12.syntax.segments import segment_id
from orchestration.formats.x12.syntax.values import element

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyarrow as pa

    from orchestration.formats.x12.era835.remittances import FileReading, RemittanceAdvice

_PROFILE = "x12_835"


def read(files: Sequence[SourceFile]) -> RawBatch:
    """Return the rows of many remittance files. Never raises, whatever the bytes."""
    from orchestration.formats.x12.era835.rows import Rows  # noqa: PLC0415  # Arrow, which inspection needs not

    rows = Rows()
    engine = Engine(rows)
    readings = engine.read(files)
    rows.drop(engine.is_dropped)
    batch = RawBatch(TABLES)
    refused: set[str] = set()
    for reading in readings:
        if not add(batch, reading):
            refused.add(reading.file.file_id)
    batch.columns = {name: _kept(chunks, refused) for name, chunks in rows.chunks.items()}
    return batch


def quarantine_reason(reading: FileReading) -> Finding | None:
    """Return why a file must be quarantined whole, if it must."""
    if reading.reason is not None:
        return reading.reason
    if not reading.is_closed:
        return Finding(
            "truncated",
            "error",
            "the file ends before its trailers (SE, GE, IEA): the rest may still be on its way",
            segment_number=reading.segment_count,
            segment_id=segment_id([reading.last_segment_id or ""]),
            amount=reading.paid_amount if fits(reading.paid_amount) else None,
        )
    if not reading.remittances:
        return Finding("not_an_835", "error", "the file is X12 but holds no remittance (ST*835)")
    if not fits(reading.paid_amount):
        return Finding("amount_out_of_range", "error", "the payments of the file sum to more than money can be")
    return None


def add(batch: RawBatch, reading: FileReading) -> bool:
    """File one reading, claims and lines aside, and return whether its rows may stay."""
    reason = quarantine_reason(reading)
    file = reading.file
    if reason is not None:
        batch.quarantine_file(
            file,
            profile=_PROFILE,
            reason=reason,
            record_count=reading.segment_count,
            in_amount=reading.paid_amount if fits(reading.paid_amount) else ZERO,
            findings=reading.findings,
        )
        return False
    batch.add_file(
        file,
        profile=_PROFILE,
        record_count=reading.segment_count,
        in_amount=reading.paid_amount,
        findings=reading.findings,
    )
    batch.rows["interchanges"].extend(_interchange_rows(reading))
    batch.rows["transactions"].extend(_transaction_row(reading, remittance) for remittance in reading.remittances)
    for remittance in reading.remittances:
        batch.rows["provider_adjustments"].extend(_provider_adjustment_rows(reading, remittance))
    return True


def _kept(chunks: list[pa.Table], refused: set[str]) -> list[pa.Table]:
    """Return the rows of files that are not refused."""
    if not refused:
        return chunks
    import pyarrow as pa  # noqa: PLC0415  # Arrow, which inspection needs not
    import pyarrow.compute as pc  # noqa: PLC0415

    kept = []
    for chunk in chunks:
        identities = pa.array(sorted(refused), type=pa.string())
        wanted = pc.invert(pc.is_in(chunk["file_id"].cast("string"), value_set=identities))
        kept.append(chunk.filter(wanted))
    return kept


def _interchange_rows(reading: FileReading) -> Iterable[tuple[Any, ...]]:
    for ordinal, (number, header) in enumerate(reading.interchanges, start=1):
        yield (
            reading.file.file_id,
            number,
            ordinal,
            element(header, 13),
            element(header, 6),
            element(header, 8),
            values.date(element(header, 9) or ""),
            element(header, 15),
            element(header, 12),
            reading.file.landed_at,
        )


def _transaction_row(reading: FileReading, remittance: RemittanceAdvice) -> tuple[Any, ...]:
    payment, found = remittance.payment, remittance.set
    return (
        reading.file.file_id,
        found.first_segment_number,
        remittance.number,
        element(found.opening, 2),
        found.version_code,
        payment.handling_code,
        payment.paid,
        payment.method_code,
        payment.payment_date,
        payment.currency_code,
        payment.trace_number,
        payment.company_id,
        payment.production_date,
        payment.payer_name,
        payment.payer_id,
        payment.payee_name,
        payment.payee_npi,
        remittance.claim_count,
        remittance.line_count,
        remittance.claim_paid,
        balancing.bounded(payment.provider_adjusted),
        remittance.unbalanced_lines,
        remittance.unbalanced_claims,
        remittance.is_balanced,
        remittance.hold_reason is None,
        remittance.hold_reason,
        found.segment_count,
        remittance.content_key,
        reading.file.landed_at,
    )


def _provider_adjustment_rows(reading: FileReading, remittance: RemittanceAdvice) -> Iterable[tuple[Any, ...]]:
    for ordinal, (number, provider, period, reason, reference, amount) in enumerate(
        remittance.payment.provider_adjustments, start=1
    ):
        yield (
            reading.file.file_id,
            number,
            remittance.number,
            ordinal,
            provider,
            period,
            reason,
            reference,
            amount,
            reading.file.landed_at,
        )
