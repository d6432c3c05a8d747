"""A violation: one place where a file departs from its implementation guide.

Codes are stable: a page and a query may name them. What does not belong here: finding violations.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.core.findings import Finding

# what ``syntax.envelope`` finds too, under the same codes: where both are shown, these are dropped
ENVELOPE_CODES = frozenset(
    {
        "segment_count_mismatch",
        "group_count_mismatch",
        "interchange_count_mismatch",
        "transaction_control_mismatch",
        "group_control_mismatch",
        "interchange_control_mismatch",
        "missing_trailer",
        "stray_segment",
    }
)


@dataclass(frozen=True, slots=True)
class Violation(Finding):
    """A finding about form. It never holds a posting by itself, unless it is one of ``ENVELOPE_CODES``.

    ``reference`` is the element in the guide's way of writing: ``CLP02``, ``SVC01-3``. ``violates_guide`` is false for
    what is odd but allowed: it does not reject the file.
    """

    reference: str | None = None
    violates_guide: bool = True
