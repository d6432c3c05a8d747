"""Named places where a process may be killed, so that a test can kill it at each of them.

The list is closed: a place that is not in ``FAILPOINTS`` cannot be reached, and a test proves that every name is.
Nothing is armed outside of tests. What does not belong here: what a test does at a place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

FAILPOINTS = (
    "journal.before_lines",
    "journal.before_header",
    "journal.before_audit",
    "journal.before_commit",
    "approval.before_commit",
    "outbox.before_enqueue",
    "outbox.before_enqueue_commit",
    "outbox.before_claim_commit",
    "outbox.after_claim_commit",
    "outbox.before_lookup",
    "outbox.after_lookup",
    "outbox.before_call",
    "outbox.after_call",
    "outbox.before_receipt_commit",
    "outbox.after_receipt_commit",
    "outbox.before_retry_commit",
    "outbox.before_quarantine_commit",
    "outbox.before_breaker_commit",
    "outbox.before_reconciled_commit",
    "outbox.before_resend_commit",
    "permission.before_replace",
    "permission.after_replace",
    "import_file.before_replace",
    "import_file.after_replace",
)

_armed: dict[str, Callable[[], None]] = {}


def reach(name: str) -> None:
    """Do what a test armed for this place; outside of tests nothing is armed."""
    if _armed:
        action = _armed.get(name)
        if action is not None:
            action()


def arm(name: str, action: Callable[[], None]) -> None:
    """Do ``action`` whenever this process reaches the place; raises ``ValueError`` for a name that is not listed."""
    if name not in FAILPOINTS:
        message = f"there is no failpoint {name!r}"
        raise ValueError(message)
    _armed[name] = action


def disarm() -> None:
    """Forget everything that was armed in this process."""
    _armed.clear()
