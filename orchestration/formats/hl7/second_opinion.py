"""A second parser's opinion: hl7apy on one file in twenty and on whatever we refuse, so that a wrong reader is seen.

It is some hundred times slower than our own splitter, so it never reads a whole file. Its opinion changes no row: it
is an ``info`` finding when both see the same, a ``warning`` when they do not. What does not belong here: conformance
to a sender's profile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.core.findings import Finding

if TYPE_CHECKING:
    from hl7apy.core import Message

# one in twenty files by content, so that a rebuild samples the same ones
_SAMPLED = 256 // 20
_MOST_REFUSED = 5
_FIELD_LIMIT = 65_536


class Opinions:
    """What hl7apy says about some messages of one file."""

    def __init__(self, file_id: str) -> None:
        self._is_sampled = int(file_id[:2], 16) < _SAMPLED
        self._refused_count = 0
        self._findings: list[Finding] = []

    def findings(self) -> list[Finding]:
        """Return what was found so far."""
        return self._findings

    def sample(self, segments: list[str], number: int, message_number: int) -> None:
        """Compare the first message of a sampled file with what hl7apy sees in it."""
        if message_number != 1 or not self._is_sampled:
            return
        if _agrees(segments) is False:
            words = "another parser (hl7apy) sees other segments in this message: look at the file before trusting it"
            self._findings.append(Finding("second_opinion_differs", "warning", words, number, "MSH"))

    def on_refused(self, segments: list[str], number: int) -> None:
        """Say whether hl7apy can read a message that we refuse; for the first few of a file."""
        self._refused_count += 1
        if self._refused_count > _MOST_REFUSED:
            return
        can = "reads" if _parsed(segments) is not None else "refuses"
        words = f"another parser (hl7apy) {can} the refused message"
        self._findings.append(Finding("second_opinion", "info", words, number, "MSH"))


def _agrees(segments: list[str]) -> bool | None:
    """Tell whether both parsers see the same segments with the same FT1-7 and FT1-11; ``None`` when it cannot read."""
    message = _parsed(segments)
    if message is None:
        return None
    theirs = [child.name for child in message.children]
    ours = [segment[:3] for segment in segments]
    return sorted(theirs) == sorted(ours)


def _parsed(segments: list[str]) -> Message | None:
    """Return hl7apy's message, flat, or ``None``; it raises whatever its own code meets in strange bytes."""
    from hl7apy.parser import parse_message  # noqa: PLC0415  # a slow import that most files do not need

    text = "\r".join(segments)
    if len(text) > _FIELD_LIMIT:
        return None
    try:
        return parse_message(text, find_groups=False)
    except Exception:  # noqa: BLE001  # its parser promises no set of errors for bytes that are no HL7
        return None
