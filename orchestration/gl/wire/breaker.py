"""A vendor that is down is asked rarely: after some failures in a row the circuit opens and calls fail at once.

What does not belong here: what counts as a failure (``calling.py``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestration.gl.wire.timing import Timing

if TYPE_CHECKING:
    from collections.abc import Callable

FAILURES_TO_OPEN = 5
FIRST_REST_SECONDS = 30.0
LONGEST_REST_SECONDS = 900.0


@dataclass(slots=True)
class CircuitBreaker:
    """Closed: everything passes. Open: nothing does until its rest is over. Then one call tries for all.

    The rest doubles with every failed try, up to fifteen minutes, and any success closes the circuit.
    """

    now: Callable[[], float] = field(default_factory=lambda: Timing().now)
    failures: int = 0
    rest_seconds: float = 0.0
    opened_at: float | None = None
    down_since: float | None = None

    def wait_seconds(self) -> float:
        """Return how long nothing may pass; zero when a call may go."""
        if self.opened_at is None:
            return 0.0
        return max(0.0, self.opened_at + self.rest_seconds - self.now())

    def succeeded(self) -> None:
        """Close the circuit."""
        self.failures, self.rest_seconds = 0, 0.0
        self.opened_at = self.down_since = None

    def failed(self) -> None:
        """Count a failure; the fifth in a row opens the circuit, and each one after that doubles its rest."""
        self.failures += 1
        if self.down_since is None:
            self.down_since = self.now()
        if self.failures >= FAILURES_TO_OPEN:
            self.rest_seconds = min(LONGEST_REST_SECONDS, self.rest_seconds * 2 or FIRST_REST_SECONDS)
            self.opened_at = self.now()
