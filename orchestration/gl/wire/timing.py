"""Time and chance as an argument, so that a day of waiting takes a test no time.

What does not belong here: what is waited for (``pacing.py``, ``calling.py``).
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Timing:
    """``now`` gives seconds since 1970 UTC, ``sleep`` waits seconds, ``chance`` gives a number from 0 to below 1."""

    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    # SystemRandom: two posters started together must not back off in step
    chance: Callable[[], float] = field(default=random.SystemRandom().random)
