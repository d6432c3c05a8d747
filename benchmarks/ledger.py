"""What the journal costs against the programs that check plain-text books: ``python benchmarks/ledger.py [LARGEST]``.

The very same entries (three lines each, two years of days) go into our ledger and, as text, to beancount, hledger and
ledger. Ours posts them: identity, triggers, audit chain, and every byte on the disk. Theirs only read and check a
text, the shortest that says the same. Printed: CPU-seconds of each process (quote these, wall time is the machine's
mood), entries per second, the trial balance of the same books by each, and how ours grows from ten thousand to a
million entries. A program that is not installed is left out; beancount, the slowest, is asked up to 100,000 entries.
"""

from __future__ import annotations

import datetime as dt
import os
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
from orchestration.gl import beancount
from orchestration.gl.postings import account_names
from orchestration.ledger.store import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from orchestration.accounting.accounts import Account

SIZES = (10_000, 100_000, 1_000_000)
BATCH = 50_000
LARGEST_FOR_BEANCOUNT = 100_000
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


def seconds_of(*command: str) -> float:
    """Return the CPU-seconds of a program that must succeed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "LC_ALL": "C.UTF-8"})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


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


def measure_others(folder: Path, ledger: Ledger, size: int) -> None:
    """Print what the other programs need to check the same entries, and for a trial balance of them."""
    accounts = ledger.accounts()
    checks = {
        "beancount": (program("bean-check"), ["--no-cache"], None),
        "hledger": (program("hledger"), ["check", "-f"], ["balance", "--flat", "-f"]),
        "ledger": (program("ledger"), ["source"], ["balance", "--flat"]),
    }
    for name, (found, check, balance) in checks.items():
        if found is None or (name == "beancount" and size > LARGEST_FOR_BEANCOUNT):
            print(f"{size:>10,}  {name:<22} {'not asked':>9}")
            continue
        file = folder / f"books.{name}"
        if name == "beancount":
            file.write_text(beancount.export(accounts, ledger.entries()), encoding="utf-8")
        else:
            write_plain(file, accounts, size)
        if name == "ledger":
            checked = seconds_of(found, "-f", str(file), "source")
            balanced = seconds_of(found, "-f", str(file), "balance", "--flat")
        else:
            checked = seconds_of(found, *check, str(file))
            balanced = seconds_of(found, *balance, str(file)) if balance else None
        line = f"{size:>10,}  {name + ' check':<22} {checked:>9.2f} {size / checked:>12,.0f}"
        print(line + (f" {balanced:>14.2f}" if balanced is not None else f" {'-':>14}"))
        file.unlink()


def main() -> None:
    """Post ever more entries into one ledger, measure each step, and ask the others about the same books."""
    largest = int(sys.argv[1].replace(",", "")) if len(sys.argv) > 1 else SIZES[-1]
    print(f"{'entries':>10}  {'what':<22} {'CPU-s':>9} {'entries/s':>12} {'balance CPU-s':>14}")
    with tempfile.TemporaryDirectory(prefix="medbooks-bench-") as name:
        folder = Path(name)
        ledger = Ledger(f"sqlite:///{folder / 'ledger.sqlite'}")
        ledger.migrate()
        ledger.load_accounts(CHART)
        done, spent, rates = 0, 0.0, {}
        for size in [size for size in SIZES if size <= largest]:
            began, before = time.monotonic(), cpu()
            for start in range(done, size, BATCH):
                batch = list(entries(start, min(start + BATCH, size)))
                posting = cpu()
                ledger.post(batch, batch_date=FIRST, made_by="bench", run_id=None, rule_version="1")
                spent += cpu() - posting
            wall, step = time.monotonic() - began, cpu() - before
            balanced, _total = trial_balance_seconds(ledger)
            rates[size] = spent / size
            print(f"{size:>10,}  {'medbooks post':<22} {spent:>9.2f} {size / spent:>12,.0f} {balanced:>14.2f}")
            print(f"{'':>10}  (this step {step:.1f} CPU-s with making the entries, {wall:.1f} s wall)")
            done = size
            measure_others(folder, ledger, size)
        if len(rates) > 1:
            first, last = min(rates), max(rates)
            growth = rates[last] / rates[first]
            print(f"cost of an entry at {last:,} ÷ at {first:,}: {growth:.2f} (linear: 1.00)")


if __name__ == "__main__":
    main()
