"""What is known of one file and of each remittance in it when it was read.

What does not belong here: how that is found out (``engine``, ``judging``), and what is made of it (``reader``,
``inspect``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from orchestration.core.findings import Finding
from orchestration.core.money import ZERO

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from orchestration.core.tables import SourceFile
    from orchestration.formats.x12.era835.payment import RemittancePayment
    from orchestration.formats.x12.era835.validation.verdict import Verdict
    from orchestration.formats.x12.syntax.envelope import SetBounds
    from orchestration.formats.x12.syntax.segments import Elements

# of one code in one file: enough to see what is wrong, little enough to keep for any bytes
FINDINGS_KEPT: Final = 1000


@dataclass(slots=True)
class RemittanceAdvice:
    """One ST*835: what it pays, what its claims sum to, and whether that balances."""

    set: SetBounds
    number: int
    payment: RemittancePayment
    claim_count: int
    line_count: int
    claim_paid: Decimal | None
    claim_paid_readable: Decimal
    unbalanced_lines: int
    unbalanced_claims: int
    is_unbalanced: bool
    is_balanced: bool | None
    content_key: str
    # the first error of its own, by segment
    own_hold: str | None

    @property
    def hold_reason(self) -> str | None:
        """Why it must not post: its own first error, else one of its interchange, else a balance left open."""
        if self.own_hold is not None:
            return self.own_hold
        of_envelope = next((f.code for f in self.set.envelope.findings if f.severity == "error"), None)
        return of_envelope or (None if self.is_balanced else "balance_not_evaluable")


@dataclass(slots=True)
class FileReading:
    """One file read as far as it can be. ``code`` marks its rows among those of other files of the same engine."""

    file: SourceFile
    code: int
    segment_count: int = 0
    group_count: int = 0
    set_count: int = 0
    claim_count: int = 0
    line_count: int = 0
    adjustment_count: int = 0
    provider_adjustment_count: int = 0
    denied_claims: int = 0
    reversals: int = 0
    interchanges: list[tuple[int, Elements]] = field(default_factory=list)
    remittances: list[RemittanceAdvice] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    reason: Finding | None = None
    last_segment_id: str | None = None
    is_closed: bool = False
    # read by the tokenizer
    is_exact: bool = False
    # by its implementation guide; None when there is no X12 to judge
    verdict: Verdict | None = None
    _kept: Counter[str] = field(default_factory=Counter)

    @property
    def paid_amount(self) -> Decimal:
        """The control amount: the sum of every readable BPR02, signed by BPR03."""
        return sum((r.payment.paid for r in self.remittances if r.payment.paid is not None), ZERO)

    def room(self, code: str, count: int) -> int:
        """Return how many of ``count`` more findings of a code are kept; the others are only counted."""
        kept = min(count, max(FINDINGS_KEPT - self._kept[code], 0))
        self._kept[code] += count
        return kept

    def add(self, findings: Iterable[Finding]) -> None:
        """Keep findings, as many of each code as are kept."""
        self.findings.extend(f for f in findings if self.room(f.code, 1))

    def finish(self) -> None:
        """Put findings in the order of the file and say which codes were met more often than they are shown."""
        self.findings.sort(key=lambda finding: finding.segment_number or 0)
        for code, count in self._kept.items():
            if count > FINDINGS_KEPT:
                words = f"{count - FINDINGS_KEPT} more findings of code {code} are not listed"
                self.findings.append(Finding("more_findings", "info", words))
