"""A finding is what is wrong with data, as a value: one bad claim never hides the others.

``message`` is for a person who was not there: what, why it matters. It never holds a value that was
read from the file (a name, an identifier, a free text), only positions, counts, codes and amounts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from decimal import Decimal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong at one place of one file.

    ``error`` holds or quarantines what it stands on; ``warning`` and ``info`` hold nothing.
    ``segment_number`` counts segments (X12), ``line_number`` counts text lines, both from 1.
    ``amount`` is the control amount at stake in dollars, when it could be read.
    """

    code: str
    severity: Severity
    message: str
    segment_number: int | None = None
    segment_id: str | None = None
    line_number: int | None = None
    amount: Decimal | None = None

    @property
    def where(self) -> str:
        """The position in words: ``segment 12 (CLP)``, ``line 7``, or ``file``."""
        if self.segment_number is not None:
            return f"segment {self.segment_number}" + (f" ({self.segment_id})" if self.segment_id else "")
        if self.line_number is not None:
            return f"line {self.line_number}"
        return "file"
