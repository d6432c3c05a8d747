"""Acknowledgement files to ``raw_acks``: rows of every set that acknowledges something, or the file in quarantine.

What does not belong here: what a segment means (``functional``, ``statuses``).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from orchestration.core.findings import Finding
from orchestration.core.money import ZERO
from orchestration.core.tables import RawBatch, SourceFile
from orchestration.formats.x12.acks.functional import Functional, interchange_row
from orchestration.formats.x12.acks.statuses import Statuses
from orchestration.formats.x12.acks.tables import TABLES
from orchestration.formats.x12.syntax.sets import TA1, open_file, quarantine_reason

if TYPE_CHECKING:
    from collections.abc import Sequence

FUNCTIONAL: Final = frozenset({"999", "997"})
STATUS: Final = "277"
SET_CODES: Final = FUNCTIONAL | {STATUS}
_PROFILE: Final = "acknowledgements"
_NONE: Final = "no acknowledgement (999, 997, 277, TA1)"


def read(files: Sequence[SourceFile]) -> RawBatch:
    """Return the rows of many acknowledgement files. Never raises, whatever the bytes."""
    batch = RawBatch(TABLES)
    for file in files:
        _read_file(batch, file)
    return batch


def _read_file(batch: RawBatch, file: SourceFile) -> None:
    opened = open_file(file.content)
    reason = quarantine_reason(opened, file.content, SET_CODES | {TA1}, _NONE)
    findings = list(opened.findings)
    if reason is not None:
        batch.quarantine_file(
            file, profile=_PROFILE, reason=reason, record_count=opened.segment_count, findings=findings
        )
        return
    rows: dict[str, list[tuple[Any, ...]]] = {
        "interchange_acknowledgements": [interchange_row(one) for one in opened.acknowledgements]
    }
    others: Counter[bool] = Counter()
    for one in opened.sets:
        if one.set_code in FUNCTIONAL:
            functional = Functional(one).read()
            for name, found in functional.rows.items():
                rows.setdefault(name, []).extend(found)
            findings.extend(functional.findings)
        elif one.set_code == STATUS:
            statuses = Statuses(one).read()
            rows.setdefault("claim_statuses", []).extend(statuses.rows)
            findings.extend(statuses.findings)
        else:
            others[True] += 1
    if others:
        message = f"{others.total()} transaction sets that acknowledge nothing were not read"
        findings.append(Finding("other_transaction_set", "warning", message))
    findings.sort(key=lambda finding: finding.segment_number or 0)
    for name, found in rows.items():
        batch.rows[name].extend((file.file_id, *row, file.landed_at) for row in found)
    batch.add_file(file, profile=_PROFILE, record_count=opened.segment_count, in_amount=ZERO, findings=findings)
