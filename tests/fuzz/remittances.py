"""Mutated remittance files by the hundred thousand: nothing raises, hangs, or loses a segment.

    make fuzz                                               # a million, about half an hour on one core
    .venv/bin/python tests/fuzz/remittances.py --count 20000 --seed 7

Files are read many at a time, as the lake reads them. For every one the segments that were read are those of the
tokenizer; for one in ten it is written back byte for byte, and read alone it says the same. What does not belong
here: what a good file says.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from support.format_examples import PAID_CLAIM, era, interchange, join, source, transaction
from support.x12_mutations import clean, cut, mutated

from orchestration.formats.x12.era835.engine import Engine
from orchestration.formats.x12.era835.inspect import report
from orchestration.formats.x12.syntax.layout import lay_out
from orchestration.formats.x12.syntax.segments import tokenize

if TYPE_CHECKING:
    from orchestration.formats.x12.era835.remittances import FileReading

BATCH: Final = 500
LOOKED_AT_CLOSELY: Final = 10
# a file of a few kilobytes that takes longer has found a loop
SLOWEST_SECONDS: Final = 5.0
_BASES: Final = (
    clean(),
    era(),
    era(end="~\r\n"),
    b"\xef\xbb\xbf" + era(*(s.replace("DOE", "NÚÑEZ") for s in PAID_CLAIM)),
    join(interchange(transaction(*PAID_CLAIM), transaction(*PAID_CLAIM, control="0002"))) + era(),
    join(transaction(*PAID_CLAIM)),
    era(*PAID_CLAIM, "PLB*1234567893*20261231*WO:ABC*20*L6*-1.23", paid="61.23"),
)
_MARKS: Final = (b"~", b"*", b":", b"\n", b"\r\n", b"ISA*", b"IEA*", b"ST*835*", b"SE*", b"~~", b"\x00", b"\xff", b" ")


def spoiled(rng: random.Random) -> bytes:
    """Return a remittance with one to four places changed, or one spoiled segment by segment."""
    base = rng.choice(_BASES)
    if rng.random() < 0.2:
        return mutated(rng, cut(clean()))[0]
    body = bytearray(base)
    for _ in range(rng.randint(1, 4)):
        place = rng.randrange(len(body) + 1)
        kind = rng.random()
        if kind < 0.5 and body:
            body[place % len(body)] = rng.randrange(256)
        elif kind < 0.7:
            body[place:place] = rng.choice(_MARKS)
        elif kind < 0.85:
            del body[place : place + rng.randint(1, 30)]
        elif kind < 0.95:
            body[place:place] = body[place : place + rng.randint(1, 120)]
        else:
            del body[place:]
    return bytes(body)


def fuzz(count: int, seed: int) -> int:
    """Read ``count`` mutated files; raise ``AssertionError`` with seed and number at the first that is not right."""
    rng = random.Random(seed)  # noqa: S311  # examples, no secrets
    done = 0
    while done < count:
        files = [source(spoiled(rng)) for _ in range(min(BATCH, count - done))]
        started = time.monotonic()
        readings = Engine().read(files)
        assert time.monotonic() - started < SLOWEST_SECONDS * BATCH, (seed, done, "slow")
        for place, reading in enumerate(readings):
            _check(reading, is_close=place % LOOKED_AT_CLOSELY == 0, where=(seed, done + place))
        done += len(files)
    return done


def _check(reading: FileReading, *, is_close: bool, where: tuple[int, int]) -> None:
    content = reading.file.content
    tokens = tokenize(content)
    assert reading.segment_count == tokens.segment_count, (*where, "segments lost")
    assert tokens.segment_count or reading.reason is not None, (*where, "nothing read and nothing said")
    if is_close:
        assert lay_out(content).write() == content, (*where, "not written back")
        assert report(Engine().read([reading.file])[0]) == report(reading), (*where, "differs when read alone")


def main() -> None:
    """Run from the command line and print what was done."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=835)
    options = parser.parse_args()
    started = time.process_time()
    chunk = 20_000
    for first in range(0, options.count, chunk):
        fuzz(min(chunk, options.count - first), options.seed + first)
        done = min(first + chunk, options.count)
        print(f"{done:,} files, {time.process_time() - started:,.0f} CPU-s", flush=True)  # noqa: T201  # its product


if __name__ == "__main__":
    main()
