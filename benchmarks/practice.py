"""How fast the synthetic practice is written, and in how much memory: ``make bench``.

Two sizes, each in a process of its own: six providers over three years (what a demo may ask for), and five hundred
over one (about six million charge lines, two gigabytes of files, which need that much room in TMPDIR). Printed:
charge lines per CPU-second, CPU-seconds and the largest resident size. ``--small`` leaves out the large one.
"""

from __future__ import annotations

import argparse
import datetime as dt
import multiprocessing
import resource
import tempfile
import time
from pathlib import Path

from orchestration.synthetic.generate import generate

START = dt.date(2025, 11, 1)
SIZES = ((6, 3), (500, 1))
_MEGABYTE = 1024


def measure(providers: int, years: int, results: multiprocessing.Queue[tuple[int, float, float]]) -> None:
    """Put charge lines, CPU-seconds and megabytes of one size into ``results``."""
    with tempfile.TemporaryDirectory(prefix="medbooks-bench-") as folder:
        before = time.process_time()
        manifest = generate(Path(folder), providers=providers, start=START, days=365 * years, seed=7)
        seconds = time.process_time() - before
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MEGABYTE
    results.put((manifest.counts["charge_lines"], seconds, largest))


def main() -> None:
    """Measure both sizes and print a line for each."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--small", action="store_true", help="only six providers over three years")
    sizes = SIZES[:1] if arguments.parse_args().small else SIZES
    # a fresh interpreter each: the largest resident size of a process never falls
    context = multiprocessing.get_context("spawn")
    for providers, years in sizes:
        results: multiprocessing.Queue[tuple[int, float, float]] = context.Queue()
        process = context.Process(target=measure, args=(providers, years, results))
        process.start()
        lines, seconds, largest = results.get()
        process.join()
        print(
            f"{providers:4} providers x {years} year{'s' if years > 1 else ' '}: {lines:>9,} charge lines, "
            f"{lines / seconds:>8,.0f} per CPU-second, {seconds:7.1f} CPU-seconds, {largest:6,.0f} MB"
        )


if __name__ == "__main__":
    main()
