"""The verdict on one file's form: accepted or rejected by its implementation guide, and why.

What does not belong here: the three balances, which are errors of their own (``balancing``), and the rules
(``reading``, ``walker``, ``elements``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestration.formats.x12.era835.validation.reading import read_strictly
from orchestration.formats.x12.era835.validation.violations import Violation
from orchestration.formats.x12.era835.validation.walker import Findings, Walker
from orchestration.formats.x12.syntax.segments import tokenize

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestration.formats.x12.syntax.segments import Tokens

# what a person can act on; the rest is counted
FINDING_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Verdict:
    """``is_accepted`` is whether the whole file keeps its guide. ``counts`` are violations per code, kept or not."""

    is_accepted: bool
    findings: list[Violation] = field(default_factory=list)
    counts: Mapping[str, int] = field(default_factory=dict)
    remittance_count: int = 0


def validate(content: bytes, tokens: Tokens | None = None, *, limit: int = FINDING_LIMIT) -> Verdict:
    """Judge one file by its guide (005010X221A1; 004010X091A1 for version 00401). Never raises.

    ``tokens`` are those of ``content`` when they are there already. At most ``limit`` findings are kept, in file
    order; a last one says how many more there are. Time is linear in the bytes.
    """
    tokens = tokens or tokenize(content)
    findings = Findings(limit)
    reading = read_strictly(content, tokens)
    for violation in reading.violations:
        findings.add(violation)
    walker = Walker(findings)
    for interchange in reading.interchanges:
        walker.walk(interchange)
    return conclude(walker)


def conclude(walker: Walker) -> Verdict:
    """Return the verdict of a walk that has come to the end of its file."""
    findings = walker.findings
    walker.close()
    if not walker.remittance_count:
        findings.add(Violation("no_remittance", "warning", "the file holds no remittance (ST*835)"))
    kept = sorted(findings.kept, key=lambda violation: violation.segment_number or 0)
    more = sum(findings.counts.values()) - len(kept)
    if more:
        kept.append(
            Violation("more_violations", "info", f"{more} more violations are not listed", violates_guide=False)
        )
    return Verdict(not findings.is_rejected, kept, dict(findings.counts), walker.remittance_count)
