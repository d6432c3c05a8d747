"""A code in plain words: what it means and what to do, and the actions that several kinds of file advise.

What does not belong here: words about one code. They stand beside what gives the code: a kind of file
(``formats``), or what the lake and the ledger decide (``reporting.words``).
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Words(NamedTuple):
    """Two sentences about a code."""

    what_it_means: str
    what_to_do: str


ASK_AGAIN: Final = "Ask the sender for a complete copy and put it in the inbox; the rest of the file is not touched."
CORRECT_EXPORT: Final = "Correct it in the system that made the file, export again, and put the new file in the inbox."
SEND_AS_REAL: Final = (
    "Nothing, if it is a test. If it is real, have the sender mark it as production and put the new file in the inbox. "
    "A book kept for trials says so in practice.toml and runs medbooks rebuild --no-check."
)
