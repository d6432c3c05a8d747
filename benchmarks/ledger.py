"""What the journal costs against the programs that check plain-text books: ``python benchmarks/ledger.py [LARGEST]``.

The very same entries (three lines each, two years of days) go into our ledger and, as text, to beancount, hledger and
ledger. Ours posts them: identity, triggers, audit chain, and every byte on the disk. Theirs only read and check a
text, the shortest that says the same. Printed: CPU-seconds of each process (quote these, wall time is the machine's
mood), entries per second, peak memory, the trial balance of the same books by each, theirs ÷ ours, and how ours grows
from ten thousand to a million entries. A program that is not installed is left out; hledger and ledger are asked up to
a million lines, beancount, the slowest, up to 100,000 entries.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.accounting.journal import Entry, Line
from orchestration.core.money import ZERO, format_amount, from_cents
from orchestration.gl.exports import beancount
from orchestration.gl.plain_text import account_names
from orchestration.ledger.store import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from orchestration.accounting.accounts import Account

# the third is a million lines
SIZES = (10_000, 100_000, 333_334, 1_000_000)
BATCH = 50_000
LARGEST_FOR = {"beancount": 100_000, "hledger": 333_334, "ledger": 333_334}
FIRST = dt.date(2025, 1, 1)
CHART = [
    {"account_code": "1010", "account_name": "Bank", "account_type": "asset"},
    {"account_code": "1200", "account_name": "Receivable", "account_type": "asset"},
    {"account_code": "4900", "account_name": "Contractual", "account_type": "contra_revenue"},
    *({"account_code": f"4000-{n:02d}", "account_name": f"Revenue {n}", "account_type": "revenue"} for n in range(20)),
]


def entries(start: int, stop: int) -> Iterator[Entry]:
    """Yield made-up entries by number: each has amounts of its own, none is round."""
    for number in range(start, stop):
        gross, kept = 10_000 + number * 37 % 90_000, 4_000 + number * 13 % 5_000
        yield Entry(
            event_id=f"bench:{number}",
            entity_id="main",
            book="accrual",
            entry_date=FIRST + dt.timedelta(days=number % 730),
            description="Charges of a day",
            source="bench",
            source_ids=("a" * 64,),
            lines=(
                Line("1200", from_cents(gross - kept), ZERO, "R01", "commercial", "1234567893", "MAIN"),
                Line("4900", from_cents(kept), ZERO, "R05", "commercial"),
                Line(f"4000-{number % 20:02d}", ZERO, from_cents(gross), "R01", "commercial"),
            ),
        )


def cpu() -> float:
    """Return CPU-seconds of this process and of its children that have ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def cost_of(*command: str) -> tuple[float, float]:
    """Return the CPU-seconds and the peak memory in MB of a program that must succeed."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    peak = 0.0
    # the kernel's own figure counts what this process held when it started the program, so the program's is looked up
    while (ended := os.wait4(process.pid, os.WNOHANG))[0] == 0:
        peak = max(peak, peak_memory(process.pid))
        time.sleep(0.02)
    process.returncode = os.waitstatus_to_exitcode(ended[1])
    if process.returncode:
        message = f"{command[0]} failed"
        raise RuntimeError(message)
    return ended[2].ru_utime + ended[2].ru_stime, peak


def peak_memory(process: int) -> float:
    """Return the most memory in MB that a process has held, 0 when it is gone."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def program(name: str) -> str | None:
    """Return a program beside the interpreter or on PATH."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else shutil.which(name)


def write_plain(file: Path, accounts: list[Account], size: int) -> None:
    """Write the same entries as the shortest journal hledger and ledger both read, a line at a time."""
    names = account_names(accounts)
    with file.open("w", encoding="utf-8") as out:
        for entry in entries(0, size):
            out.write(f"{entry.entry_date} * {entry.description}\n")
            for line in entry.lines:
                amount = format_amount(line.debit_amount - line.credit_amount)
                out.write(f"    {names[line.account_code]}  {amount} USD\n")
            out.write("\n")


def trial_balance_seconds(ledger: Ledger) -> tuple[float, Decimal]:
    """Return the CPU-seconds of one trial balance and its sum of debits."""
    before = cpu()
    rows = ledger.trial_balance()
    return cpu() - before, sum((row.debit_amount for row in rows), ZERO)


def row(
    size: int, what: str, seconds: float, memory: float, balance: float | None, ours: tuple[float, float] | None = None
) -> None:
    """Print one line; ``ours`` are our seconds for posting and for a trial balance of the same entries."""
    line = f"{size:>10,}  {what:<16} {seconds:>9.2f} {size / seconds:>11,.0f} {memory:>8,.0f}"
    line += f" {balance:>14.2f}" if balance is not None else f" {'-':>14}"
    if ours is not None:
        line += f" {seconds / ours[0]:>10.2f}"
        line += f" {balance / ours[1]:>10.1f}" if balance is not None else f" {'-':>10}"
    print(line)


def measure_others(folder: Path, ledger: Ledger, size: int, ours: tuple[float, float]) -> None:
    """Print what the other programs need to check the same entries, and for a trial balance of them."""
    accounts = ledger.accounts()
    programs = {"beancount": program("bean-check"), "hledger": program("hledger"), "ledger": program("ledger")}
    for name, found in programs.items():
        if found is None or size > LARGEST_FOR[name]:
            print(f"{size:>10,}  {name:<16} {'not asked':>9}")
            continue
        file = folder / f"books.{name}"
        balance = None
        if name == "beancount":
            file.write_text(beancount.export(accounts, ledger.entries()), encoding="utf-8")
            seconds, memory = cost_of(found, "--no-cache", str(file))
        else:
            write_plain(file, accounts, size)
            seconds, memory = cost_of(found, "-f", str(file), "check" if name == "hledger" else "source")
            balance, _memory = cost_of(found, "-f", str(file), "balance", "--flat")
        row(size, f"{name} check", seconds, memory, balance, ours)
        file.unlink()


def main() -> None:
    """Post ever more entries into one ledger, measure each step, and ask the others about the same books."""
    largest = int(sys.argv[1].replace(",", "")) if len(sys.argv) > 1 else SIZES[-1]
    print(
        f"{'entries':>10}  {'what':<16} {'CPU-s':>9} {'entries/s':>11} {'peak MB':>8} {'balance CPU-s':>14} "
        f"{'÷ ours':>10} {'÷ ours':>10}"
    )
    with tempfile.TemporaryDirectory(prefix="medbooks-bench-") as name:
        folder = Path(name)
        ledger = Ledger(f"sqlite:///{folder / 'ledger.sqlite'}")
        ledger.migrate()
        ledger.load_accounts(CHART)
        done, spent, rates = 0, 0.0, {}
        for size in [size for size in SIZES if size <= largest]:
            before = spent
            for start in range(done, size, BATCH):
                batch = list(entries(start, min(start + BATCH, size)))
                posting = cpu()
                ledger.post(batch, batch_date=FIRST, made_by="bench", run_id=None, rule_version="1")
                spent += cpu() - posting
            balanced, _total = trial_balance_seconds(ledger)
            memory = peak_memory(os.getpid())
            # the last step alone: what an entry costs at this size
            rates[size] = (spent - before) / (size - done)
            row(size, "medbooks post", spent, memory, balanced)
            done = size
            measure_others(folder, ledger, size, (spent, balanced))
        for size, rate in rates.items():
            print(f"an entry up to {size:,}: {rate * 1000:.3f} ms, {rate / rates[min(rates)]:.2f} × the first step's")


if __name__ == "__main__":
    main()
