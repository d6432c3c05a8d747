"""Calendar dates as files write them, and the one rule for those that can be read two ways.

A layout states its formats in order. A text that two of them read as different days is read by the one that other
dates of the same file prove (``25/12/2026`` proves that the day comes first); without proof it is ambiguous. And when
a date of the file can be read only in the other order than the layout states, the stated order is in doubt: every
date that the other order would read as another day is ambiguous too. An ambiguous date is refused, never guessed.

What does not belong here: compact dates of a standard (``periods``), times and zones, today.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DateProblem = Literal["unreadable", "ambiguous"]


class DateReader:
    """Reads the dates of one file: all its date texts go in first, so that they can prove each other's order."""

    def __init__(self, texts: Iterable[str], formats: Sequence[str]) -> None:
        self._formats = tuple(formats)
        self._readings = {text: self._read(text) for text in set(texts) if text}
        self._proved = {
            next(iter(readings))
            for readings in self._readings.values()
            if len(readings) == 1 and _swapped(next(iter(readings))) in self._formats
        }
        self._doubted = any(
            not readings and any(_parse(text, other) for other in map(_swapped, self._formats) if other)
            for text, readings in self._readings.items()
        )
        self._results = {text: self._resolve(text) for text in self._readings}

    def read(self, text: str) -> dt.date | DateProblem:
        """Return the day, or what is wrong with the text; a text that was not among the file's is unreadable."""
        return self._results.get(text, "unreadable")

    def _read(self, text: str) -> dict[str, dt.date]:
        found = {pattern: _parse(text, pattern) for pattern in self._formats}
        return {pattern: day for pattern, day in found.items() if day is not None}

    def _resolve(self, text: str) -> dt.date | DateProblem:
        readings = self._readings[text]
        if not readings:
            return "unreadable"
        if len(set(readings.values())) > 1:
            proved = [day for pattern, day in readings.items() if pattern in self._proved]
            return proved[0] if len(set(proved)) == 1 else "ambiguous"
        pattern, day = next(iter(readings.items()))
        other = _swapped(pattern)
        if self._doubted and other and _parse(text, other) not in {None, day}:
            return "ambiguous"
        return day


def _parse(text: str, pattern: str) -> dt.date | None:
    try:
        # the date as the practice wrote it: a timestamp's time and zone are not moved
        return dt.datetime.strptime(text, pattern).date()  # noqa: DTZ007  # a calendar date has no zone
    except ValueError:
        return None


def _swapped(pattern: str) -> str | None:
    """Return the format with day and month exchanged; ``None`` when the year leads or the month is a word."""
    if pattern.startswith(("%Y", "%y")) or "%m" not in pattern or "%d" not in pattern:
        return None
    return pattern.replace("%m", "\0").replace("%d", "%m").replace("\0", "%d")
