"""One remittance file's verdict as a JSON object: what ``medbooks era inspect`` prints.

What does not belong here: printing, and the rules themselves (``envelope``, ``remittance``, ``balancing``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestration.core.money import ZERO, format_amount
from orchestration.formats.x12.reader import parse

if TYPE_CHECKING:
    from orchestration.core.tables import SourceFile


def inspect(file: SourceFile) -> dict[str, Any]:
    """Return counts, sums and findings of one file; amounts are text with two decimals. Never raises.

    ``transactions`` counts every transaction set (ST), as the trailers do; the sums and all counts below it are of
    the 835 ones. A quarantined file is counted as far as it could be read. ``verdict`` is ``accepted`` when there
    is no error finding.
    """
    parsed = parse(file)
    remittances = parsed.remittances
    findings = ([parsed.reason] if parsed.reason else []) + parsed.findings
    return {
        "file": file.file_name,
        "interchanges": parsed.interchange_count,
        "groups": parsed.group_count,
        "transactions": parsed.set_count,
        "claims": sum(len(r.claims) for r in remittances),
        "service_lines": sum(len(r.service_lines) for r in remittances),
        "adjustments": sum(len(r.adjustments) for r in remittances),
        "provider_adjustments": sum(len(r.provider_adjustments) for r in remittances),
        "segments": parsed.segment_count,
        "paid_amount": format_amount(parsed.paid_amount),
        "claim_paid_amount": format_amount(sum((r.claim_paid_amount for r in remittances), ZERO)),
        "provider_adjustment_amount": format_amount(sum((r.provider_adjustment_amount for r in remittances), ZERO)),
        "unbalanced": {
            "line": sum(r.unbalanced_lines for r in remittances),
            "claim": sum(r.unbalanced_claims for r in remittances),
            "transaction": sum(r.is_transaction_unbalanced for r in remittances),
        },
        "denied_claims": sum(r.denied_claims for r in remittances),
        "reversals": sum(r.reversals for r in remittances),
        "verdict": "rejected" if any(f.severity == "error" for f in findings) else "accepted",
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
