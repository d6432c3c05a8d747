"""837 files to ``raw_claims837``: every claim becomes rows, or the file goes to quarantine whole.

What does not belong here: what a segment means (``loops``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestration.core.findings import Finding
from orchestration.core.money import ZERO, fits
from orchestration.core.tables import RawBatch, SourceFile
from orchestration.formats.x12.claims837.loops import read_set
from orchestration.formats.x12.claims837.tables import TABLES
from orchestration.formats.x12.syntax.sets import open_file, quarantine_reason

if TYPE_CHECKING:
    from collections.abc import Sequence

SET_CODE: Final = "837"
_PROFILE: Final = "837"


def read(files: Sequence[SourceFile]) -> RawBatch:
    """Return the rows of many 837 files. Never raises, whatever the bytes."""
    batch = RawBatch(TABLES)
    for file in files:
        _read_file(batch, file)
    return batch


def _read_file(batch: RawBatch, file: SourceFile) -> None:
    opened = open_file(file.content)
    findings = list(opened.findings)
    found = [read_set(one) for one in opened.sets if one.set_code == SET_CODE]
    total = sum((one.charged_amount for one in found), ZERO)
    reason = quarantine_reason(opened, file.content, frozenset({SET_CODE}), "no claim (837)")
    if reason is None and not fits(total):
        reason = Finding("amount_out_of_range", "error", "the claims of the file sum to more than money can be")
    for one in found:
        findings.extend(one.findings)
    others = len(opened.sets) - len(found)
    if others and found:
        message = f"{others} transaction sets of another kind than 837 were not read"
        findings.append(Finding("other_transaction_set", "warning", message))
    findings.sort(key=lambda finding: finding.segment_number or 0)
    if reason is not None:
        batch.quarantine_file(
            file,
            profile=_PROFILE,
            reason=reason,
            record_count=opened.segment_count,
            in_amount=total if fits(total) else ZERO,
            findings=findings,
        )
        return
    for one in found:
        for name, rows in one.rows.items():
            batch.rows[name].extend((file.file_id, *row, file.landed_at) for row in rows)
    batch.add_file(file, profile=_PROFILE, record_count=opened.segment_count, in_amount=total, findings=findings)
