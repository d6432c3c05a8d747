"""What pyx12 says of the same bytes, beside our verdict: its own, how many errors it found, of which kind and where.

pyx12 runs in this process, on memory. It writes nothing, and what it would log is counted instead: its messages hold
values of the file, so only their kind and place are kept. What does not belong here: why we and pyx12 differ
(``comparison``).
"""

from __future__ import annotations

import io
import logging
import re
import threading
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

Outcome = Literal["accepted", "rejected", "failed"]

# pyx12 needs about four CPU-seconds a megabyte: up to here it is asked about whole files
SMALL_FILE_BYTES = 500_000
# what pyx12 could not attach to any segment; its verdict does not count these
_LOST = "No current segment"
_MESSAGE = re.compile(r"Line:(\d+) (ISA|GS|ST|SEG|ELE):(\w+) - ")
# the element stands in brackets behind its name, which stands in quotes or behind these words; values may follow
_REFERENCE = re.compile(r'(?:"[^"]*"|is not a valid code for .*?) \(([A-Z][A-Z0-9]{1,2}\d\d(?:-\d+)?)\)', re.DOTALL)
_ORDER = re.compile(r" not found\.  Started at |^.{0,60}SEG:3 - Mandatory |exceeded max count")
_LOOP = re.compile(r"Loop (\w+) exceeded")
# pyx12 sets up loggers and keeps state in modules: one file at a time
_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class Complaint:
    """One error of pyx12: ``level`` is ISA, GS, ST, SEG or ELE, ``code`` its X12 error code (AK3, AK4, AK5 ...).

    ``line`` counts the segments pyx12 has read. ``was_lost`` says that pyx12 dropped it from its verdict,
    ``is_order`` that it is about which segment stands where.
    """

    level: str
    code: str
    line: int
    reference: str | None
    loop: str | None
    was_lost: bool
    is_order: bool


@dataclass(frozen=True, slots=True)
class Opinion:
    """pyx12's verdict; ``failure`` names the exception it ended with, if it did."""

    outcome: Outcome
    complaints: tuple[Complaint, ...] = ()
    failure: str | None = None

    @property
    def error_count(self) -> int:
        """How many errors pyx12 counts."""
        return sum(not complaint.was_lost for complaint in self.complaints)


def ask_pyx12(content: bytes) -> Opinion:
    """Return pyx12's opinion of one file, as ``x12valid`` would give it. Never raises."""
    document, parameters = _pyx12()
    logger = logging.getLogger("pyx12")
    listener = _Listener()
    with _LOCK:
        before = logger.level, logger.propagate
        logger.setLevel(logging.ERROR)
        logger.propagate = False
        logger.addHandler(listener)
        try:
            # what open(path, encoding="ascii") gives pyx12, line ends translated as there
            stream = io.TextIOWrapper(io.BytesIO(content), encoding="ascii")
            is_valid = document(parameters(), stream, None, None)
            return Opinion("accepted" if is_valid else "rejected", tuple(listener.complaints))
        except Exception as failure:  # noqa: BLE001 whatever it ends with is its opinion
            return Opinion("failed", tuple(listener.complaints), type(failure).__name__)
        finally:
            logger.removeHandler(listener)
            logger.level, logger.propagate = before


class _Listener(logging.Handler):
    """Keeps the kind and place of what pyx12 logs, never its words."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.complaints: list[Complaint] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        match = _MESSAGE.search(text)
        if match is None:
            return
        line, level, code = match.groups()
        reference, loop = _REFERENCE.search(text), _LOOP.search(text)
        self.complaints.append(
            Complaint(
                level,
                code,
                int(line),
                reference[1] if reference else None,
                loop[1] if loop else None,
                was_lost=text.startswith(_LOST),
                is_order=_ORDER.search(text) is not None,
            )
        )


@cache
def _pyx12() -> tuple[Callable[..., bool], Callable[[], object]]:
    """Return pyx12's validation and its parameters, with its maps read once a process instead of once a file."""
    # a quarter second to import, and most commands never ask
    maps = import_module("pyx12.map_if")
    document = import_module("pyx12.x12n_document").x12n_document
    parameters = import_module("pyx12.params").ParamsBase
    load: Callable[..., object] = maps.load_map_file
    known: dict[str, object] = {}

    def load_once(map_file: str, chosen: object, map_path: str | None = None) -> object:
        if map_path is not None:
            return load(map_file, chosen, map_path)
        if map_file not in known:
            known[map_file] = load(map_file, chosen)
        return known[map_file]

    # walking a map leaves no trace in it: counts are the walker's own
    maps.load_map_file = load_once  # type: ignore[attr-defined]
    return document, parameters
