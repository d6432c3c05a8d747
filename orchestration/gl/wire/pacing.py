"""Never more requests than a vendor allows: token buckets and places, shared by every process of a practice.

A bucket holds ``burst`` requests and refills so slowly that no window of its length ever sees more than its
limit, wherever the window begins. Its state is one number in a file, so a new process does not start with a
full bucket, and two posters share one. What does not belong here: what the limits are (each vendor's module).
"""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestration.gl.wire.timing import Timing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

# a request leaves later than it was counted: the vendor may see two of ours closer together than we sent them
_MARGIN_RATE = 0.95
_PLACE_WAIT_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class TokenBucket:
    """At most ``limit`` requests in any ``window_seconds``; ``burst`` of them may come at once.

    ``name`` keeps its place in the state file. ``counts`` says what it counts: every ``call``, or every ``item``
    a call carries.
    """

    name: str
    limit: int
    window_seconds: float
    burst: int
    counts: str = "call"

    @property
    def interval_seconds(self) -> float:
        """The time after which one more request fits, once the burst is spent."""
        usable = max(self.burst + 1.0, self.limit * _MARGIN_RATE)
        return self.window_seconds / (usable - self.burst)

    def cost(self, items: int) -> int:
        """Return what a call with so many items takes; raises ``ValueError`` for more than ever fit at once."""
        taken = items if self.counts == "item" else 1
        if taken > self.burst:
            message = "a call with more items than the bucket holds would wait for ever"
            raise ValueError(message)
        return taken


class NoRoomError(Exception):
    """The buckets have no room for a call within the time given; ``wait_seconds`` until they have."""

    def __init__(self, wait_seconds: float) -> None:
        super().__init__()
        self.wait_seconds = wait_seconds


class Pace:
    """The buckets of one tenant and how many requests may be under way at once.

    ``folder`` keeps the state; it is created when first used. Waiting is by ``timing.sleep``.
    """

    def __init__(
        self, folder: Path, buckets: Sequence[TokenBucket], *, places: int, timing: Timing | None = None
    ) -> None:
        self._folder = folder
        self._buckets = tuple(buckets)
        self._places = places
        self._timing = timing or Timing()

    @contextmanager
    def turn(self, *, items: int = 1, longest_wait_seconds: float = float("inf")) -> Iterator[None]:
        """Wait for room, count one call with its items, and hold one of the places while the block runs.

        Raises ``NoRoomError`` when the buckets have none within ``longest_wait_seconds``; nothing is counted then.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._place():
            self._wait_for_room(items, longest_wait_seconds)
            yield

    def hold_until(self, moment: float) -> None:
        """Hold every call back until ``moment`` (seconds since 1970): what a vendor asks for with ``Retry-After``."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._state() as state:
            state["closed_until"] = max(moment, state.get("closed_until", 0.0))

    def _wait_for_room(self, items: int, longest_wait_seconds: float) -> None:
        waited = 0.0
        while True:
            with self._state() as state:
                now = self._timing.now()
                waits = [self._wait(bucket, items, state, now) for bucket in self._buckets]
                wait = max([state.get("closed_until", 0.0) - now, *waits])
                if wait <= 0:
                    for bucket in self._buckets:
                        full_at = max(now, state[bucket.name])
                        state[bucket.name] = full_at + bucket.interval_seconds * bucket.cost(items)
                    return
            if waited + wait > longest_wait_seconds:
                raise NoRoomError(wait)
            self._timing.sleep(wait)
            waited += wait

    @staticmethod
    def _wait(bucket: TokenBucket, items: int, state: dict[str, float], now: float) -> float:
        """Return the wait until the bucket has room; the state is when it will be full again."""
        # never further off than an empty bucket's, or a clock set back would close it for as long
        state[bucket.name] = min(state.get(bucket.name, 0.0), now + bucket.burst * bucket.interval_seconds)
        return state[bucket.name] + (bucket.cost(items) - bucket.burst) * bucket.interval_seconds - now

    @contextmanager
    def _state(self) -> Iterator[dict[str, float]]:
        descriptor = os.open(self._folder / "pace.json", os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                state: dict[str, float] = json.loads(file.read() or "{}")
            except ValueError:
                # a process killed while it wrote: as if the bucket were full, and the vendor's own 429 is heeded
                state = {}
            yield state
            file.seek(0)
            file.truncate()
            file.write(json.dumps(state))

    @contextmanager
    def _place(self) -> Iterator[None]:
        while True:
            for number in range(self._places):
                descriptor = os.open(self._folder / f"place-{number}", os.O_RDWR | os.O_CREAT, 0o600)
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    os.close(descriptor)
                    continue
                try:
                    yield
                finally:
                    os.close(descriptor)
                return
            self._timing.sleep(_PLACE_WAIT_SECONDS * (1 + self._timing.chance()))
