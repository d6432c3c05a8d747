"""Errors without PHI: libraries quote the value they choke on, so what they say is not passed on."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from orchestration.core.errors import BooksError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def scrubbed(what: str) -> Iterator[None]:
    """Re-raise whatever a library raises while rows are in hand as a ``BooksError`` without its words.

    ``what`` says in plain words, without PHI, what was being done.
    """
    try:
        yield
    except BooksError:
        raise
    except Exception as error:  # noqa: BLE001  # any library's message may quote a row
        message = f"{what} failed ({type(error).__name__}); its details are withheld because they may quote a row"
        raise BooksError(message, fix="medbooks doctor") from None
