"""One remittance file's verdict as a JSON object: what ``medbooks era inspect`` prints.

What does not belong here: printing, and the rules themselves (``facts``, ``payment``, ``syntax.envelope``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from orchestration.core.money import ZERO, format_amount
from orchestration.formats.x12.era835.engine import Engine
from orchestration.formats.x12.era835.reader import quarantine_reason

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestration.core.tables import SourceFile
    from orchestration.formats.x12.era835.remittances import FileReading


def inspect(file: SourceFile) -> dict[str, Any]:
    """Return counts, sums and findings of one file; amounts are text with two decimals. Never raises.

    ``transactions`` counts every transaction set (ST), as the trailers do; the sums and all counts below it are of
    the 835 ones. A quarantined file is counted as far as it could be read. ``verdict`` is ``accepted`` when there
    is no error finding and the implementation guide is kept; a departure from the guide that moves no money is a
    warning and holds no posting.
    """
    return report(Engine().read([file])[0])


def inspect_streams(files: Iterable[tuple[SourceFile, BinaryIO]]) -> list[dict[str, Any]]:
    """Return the same for many files in one pass, read from streams window by window."""
    return [report(reading) for reading in Engine().read_streams(files)]


def is_accepted(reading: FileReading) -> bool:
    """Tell whether a file has no error, balances, and is written as its implementation guide says."""
    is_conformant = reading.verdict is not None and reading.verdict.is_accepted
    has_error = any(finding.severity == "error" for finding in reading.findings)
    return is_conformant and not has_error and quarantine_reason(reading) is None


def report(reading: FileReading) -> dict[str, Any]:
    """Return what a reading says as plain values."""
    remittances = reading.remittances
    reason = quarantine_reason(reading)
    findings = ([reason] if reason else []) + reading.findings
    adjusted = sum((r.payment.provider_adjusted_readable for r in remittances), ZERO)
    return {
        "file": reading.file.file_name,
        "interchanges": len(reading.interchanges),
        "groups": reading.group_count,
        "transactions": reading.set_count,
        "claims": reading.claim_count,
        "service_lines": reading.line_count,
        "adjustments": reading.adjustment_count,
        "provider_adjustments": reading.provider_adjustment_count,
        "segments": reading.segment_count,
        "paid_amount": format_amount(reading.paid_amount),
        "claim_paid_amount": format_amount(sum((r.claim_paid_readable for r in remittances), ZERO)),
        "provider_adjustment_amount": format_amount(adjusted),
        "unbalanced": {
            "line": sum(r.unbalanced_lines for r in remittances),
            "claim": sum(r.unbalanced_claims for r in remittances),
            "transaction": sum(r.is_unbalanced for r in remittances),
        },
        "denied_claims": reading.denied_claims,
        "reversals": reading.reversals,
        "verdict": "accepted" if is_accepted(reading) else "rejected",
        "findings": [
            {
                "code": f.code,
                "severity": f.severity,
                "segment_number": f.segment_number,
                "segment_id": f.segment_id,
                "message": f.message,
            }
            for f in findings
        ],
    }
