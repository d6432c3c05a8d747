"""Remittance files to ``raw_era835``: what is loaded, what is held, what is quarantined whole.

- No X12, or X12 without any 835: quarantined (``empty_file``, ``not_x12``, ``not_an_835``). Other transaction sets
  beside an 835 are a warning.
- A file that ends before its trailers: quarantined whole (``truncated``); the sender has more to send.
- Everything else is loaded; a transaction with an error finding of its own, or of its interchange, is held from
  posting (``is_postable`` false). A test interchange (ISA15 T) is a warning.

What does not belong here: the meaning of segments (``remittance``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from orchestration.core.findings import Finding
from orchestration.core.money import ZERO, fits
from orchestration.core.tables import RawBatch, SourceFile
from orchestration.formats.x12 import values
from orchestration.formats.x12.envelope import REMITTANCE, Envelope, open_envelope, segment_id
from orchestration.formats.x12.remittance import Lineage, Remittance, read_remittance
from orchestration.formats.x12.segments import Interchange, tokenize
from orchestration.formats.x12.tables import TABLES
from orchestration.formats.x12.values import element

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

_PROFILE = "x12_835"


@dataclass(slots=True)
class ParsedFile:
    """One file read as far as it can be; ``reason`` is set when it must be quarantined whole."""

    interchange_count: int = 0
    group_count: int = 0
    set_count: int = 0
    segment_count: int = 0
    interchanges: list[tuple[Any, ...]] = field(default_factory=list)
    remittances: list[Remittance] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    reason: Finding | None = None

    @property
    def paid_amount(self) -> Decimal:
        """The control amount: the sum of every readable BPR02, signed by BPR03."""
        return sum((r.paid_amount for r in self.remittances if r.paid_amount is not None), ZERO)


def read(files: Sequence[SourceFile]) -> RawBatch:
    """Return the rows of many remittance files. Never raises, whatever the bytes."""
    batch = RawBatch(TABLES)
    for file in files:
        _add(batch, file, parse(file))
    return batch


def parse(file: SourceFile) -> ParsedFile:
    """Return everything one file says, quarantined or not. Never raises, whatever the bytes."""
    parsed = ParsedFile()
    tokens = tokenize(file.content)
    parsed.segment_count = tokens.segment_count
    parsed.findings.extend(tokens.findings)
    if not tokens.interchanges:
        parsed.reason = _no_x12(file.content)
        return parsed
    envelopes = [open_envelope(interchange) for interchange in tokens.interchanges]
    for envelope in envelopes:
        _read_interchange(envelope, file, parsed, is_last=envelope is envelopes[-1])
    parsed.findings.sort(key=lambda finding: finding.segment_number or 0)
    parsed.reason = _quarantine_reason(envelopes, parsed)
    return parsed


def _no_x12(content: bytes) -> Finding:
    if not content.strip(b"\x00 \t\r\n"):
        return Finding("empty_file", "error", "the file is empty: there is nothing to load")
    return Finding("not_x12", "error", "no X12 was found in the file: it may be another kind of file, or damaged")


def _read_interchange(envelope: Envelope, file: SourceFile, parsed: ParsedFile, *, is_last: bool) -> None:
    """Read the remittances of one interchange into ``parsed``."""
    interchange = envelope.interchange
    parsed.group_count += envelope.group_count
    parsed.set_count += len(envelope.sets)
    findings = envelope.findings
    if not envelope.is_closed and not is_last:
        findings.append(
            Finding(
                "missing_trailer",
                "error",
                "the interchange has no trailer (IEA) before the next one begins: its end may be missing",
                segment_number=interchange.first_segment_number,
                segment_id=segment_id(interchange.elements(0)),
            )
        )
    if interchange.has_header:
        parsed.interchange_count += 1
        _note_header(interchange, file, parsed)
    others = Counter(s.set_code for s in envelope.sets if s.set_code != REMITTANCE)
    if others:
        findings.append(
            Finding(
                "other_transaction_set",
                "warning",
                f"{others.total()} transaction sets of another kind than 835 were not read",
                segment_number=interchange.first_segment_number,
            )
        )
    for transaction in envelope.sets:
        if transaction.set_code == REMITTANCE:
            lineage = Lineage(file.file_id, len(parsed.remittances) + 1, file.landed_at)
            remittance = read_remittance(transaction, lineage, findings)
            parsed.remittances.append(remittance)
            parsed.findings.extend(remittance.findings)
        else:
            parsed.findings.extend(f for f in transaction.findings)
    parsed.findings.extend(findings)


def _note_header(interchange: Interchange, file: SourceFile, parsed: ParsedFile) -> None:
    header = interchange.elements(0)
    usage = element(header, 15)
    parsed.interchanges.append(
        (
            file.file_id,
            interchange.first_segment_number,
            parsed.interchange_count,
            element(header, 13),
            element(header, 6),
            element(header, 8),
            values.date(element(header, 9) or ""),
            usage,
            element(header, 12),
            file.landed_at,
        )
    )
    if usage == "T":
        parsed.findings.append(
            Finding(
                "test_interchange",
                "warning",
                "the sender marks this interchange as a test (ISA15 is T)",
                segment_number=interchange.first_segment_number,
                segment_id="ISA",
            )
        )


def _quarantine_reason(envelopes: list[Envelope], parsed: ParsedFile) -> Finding | None:
    """Return why the file must be quarantined whole, if it must."""
    if not envelopes[-1].is_closed:
        return Finding(
            "truncated",
            "error",
            "the file ends before its trailers (SE, GE, IEA): the rest may still be on its way",
            segment_number=parsed.segment_count,
            segment_id=segment_id(envelopes[-1].interchange.elements(-1)),
            amount=parsed.paid_amount if fits(parsed.paid_amount) else None,
        )
    if not parsed.remittances:
        return Finding("not_an_835", "error", "the file is X12 but holds no remittance (ST*835)")
    if not fits(parsed.paid_amount):
        return Finding("amount_out_of_range", "error", "the payments of the file sum to more than money can be")
    return None


def _add(batch: RawBatch, file: SourceFile, parsed: ParsedFile) -> None:
    total = parsed.paid_amount if fits(parsed.paid_amount) else ZERO
    if parsed.reason is not None:
        batch.quarantine_file(
            file,
            profile=_PROFILE,
            reason=parsed.reason,
            record_count=parsed.segment_count,
            in_amount=total,
            findings=parsed.findings,
        )
        return
    batch.add_file(file, profile=_PROFILE, record_count=parsed.segment_count, in_amount=total, findings=parsed.findings)
    rows = batch.rows
    rows["interchanges"].extend(parsed.interchanges)
    for remittance in parsed.remittances:
        rows["transactions"].append(remittance.transaction)
        rows["claims"].extend(remittance.claims)
        rows["service_lines"].extend(remittance.service_lines)
        rows["adjustments"].extend(remittance.adjustments)
        rows["provider_adjustments"].extend(remittance.provider_adjustments)
        rows["remarks"].extend(remittance.remarks)
