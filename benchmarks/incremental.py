"""What a day's new files cost on top of a month of history and on top of a year: ``make bench``.

Both homes get the very same last day of the same practice (six providers, seed 7). Printed: CPU-seconds of the whole
``medbooks run`` with its child processes, and the largest process; quote the ratio, wall time is the machine's mood.
"""

from __future__ import annotations

import datetime as dt
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from orchestration.synthetic.generate import generate

START = dt.date(2025, 11, 1)
DAYS = 366
LAST = START + dt.timedelta(days=DAYS - 1)


def run(home: Path) -> tuple[float, float]:
    """Return CPU-seconds and the largest process in MB of one ``medbooks run`` on a home."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [str(Path(sys.executable).parent / "medbooks"), "run", "--quiet"],
        env={**os.environ, "MEDBOOKS_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, after.ru_maxrss / 1024


def drop(folder: Path, home: Path, first: dt.date, last: dt.date) -> int:
    """Write the files of some days into a home's inbox and return their number."""
    part = folder / f"files-{first}-{last}"
    generate(part, providers=6, start=START, days=DAYS, seed=7, only=(first, last))
    inbox = home / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    files = list((part / "inbox").iterdir())
    for file in files:
        shutil.move(file, inbox / file.name)
    return len(files)


def main() -> None:
    """Load both histories, then the same day on each, and print the table."""
    yesterday = LAST - dt.timedelta(days=1)
    with tempfile.TemporaryDirectory(prefix="medbooks-bench-") as name:
        folder = Path(name)
        day_costs = {}
        print(f"{'history':<10} {'files':>6} {'load CPU-s':>11} {'idle CPU-s':>11} {'day CPU-s':>10} {'peak MB':>8}")
        for history, first in (("month", LAST - dt.timedelta(days=31)), ("year", START)):
            home = folder / history
            files = drop(folder, home, first, yesterday)
            load, _ = run(home)
            idle, _ = run(home)
            drop(folder, home, LAST, LAST)
            day_costs[history], peak = run(home)
            print(f"{history:<10} {files:>6} {load:>11.1f} {idle:>11.1f} {day_costs[history]:>10.1f} {peak:>8.0f}")
        print(f"a day on top of a year ÷ on top of a month: {day_costs['year'] / day_costs['month']:.2f}")


if __name__ == "__main__":
    main()
