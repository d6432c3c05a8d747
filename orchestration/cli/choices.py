"""Arguments that are one of a registry's names.

What does not belong here: the registries themselves (``gl.vendors.registry``, ``gl.exports.registry``).
"""

from __future__ import annotations

from collections.abc import Callable

import click


class ChoiceOf(click.Choice[str]):
    """A choice among names that are looked up when a command is run: a new one needs no change of the command line."""

    def __init__(self, names: Callable[[], tuple[str, ...]]) -> None:
        # not the base's: it would copy the names there are now
        self._names = names
        self.case_sensitive = True

    @property
    def choices(self) -> tuple[str, ...]:
        """The names there are."""
        return self._names()
