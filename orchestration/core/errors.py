"""Bad code and bad surroundings are exceptions; bad data is a ``Finding`` (see ``findings.py``).

A message says what, where, why it matters; ``fix`` is the one command that fixes it. Neither holds PHI.
"""

from __future__ import annotations


class BooksError(Exception):
    """The parent of every error this project raises on purpose; ``exit_code`` is the command line's."""

    exit_code = 1

    def __init__(self, message: str, *, fix: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix


class GateFailedError(BooksError):
    """A quality gate refused: nothing behind it was posted."""

    exit_code = 3


class BusyError(BooksError):
    """Another process of ours holds the lake for writing."""

    exit_code = 5


class ConfigurationError(BooksError):
    """A setting or secret is missing or cannot be used."""

    exit_code = 6


class SealError(BooksError):
    """A sealed file does not open: wrong key, or its bytes were changed."""


class UnbalancedEntryError(BooksError):
    """A journal entry whose debits and credits differ, or that has no lines."""


class ClosedPeriodError(BooksError):
    """A posting into a closed period."""
