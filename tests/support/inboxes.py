"""What arrives in an inbox, as a test looks at it.

What does not belong here: servers that hold an inbox (``arrival_servers.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestration.stores.inboxes.folder import Arrival


def fetched(arrival: Arrival) -> bytes:
    """Return all bytes of an arrival."""
    pieces: list[bytes] = []
    arrival.fetch(pieces.append)
    return b"".join(pieces)
