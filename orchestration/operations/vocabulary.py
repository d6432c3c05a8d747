"""The words of every kind of file in one place, for what shows codes to people: status, quarantine, the report.

What does not belong here: the words (beside each kind in ``formats``, and in ``reporting.words``).
"""

from __future__ import annotations

from orchestration.formats.registry import kinds
from orchestration.reporting.words import Vocabulary


def vocabulary() -> Vocabulary:
    """Return the titles and words of all kinds of file."""
    return Vocabulary({kind.name: kind.title for kind in kinds()}, {kind.name: kind.words for kind in kinds()})
