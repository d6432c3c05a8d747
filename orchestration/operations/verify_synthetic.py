"""Proof on made-up practices: files are written in every format, read back, booked, and compared with the truth.

What does not belong here: what is compared (``synthetic.check``), and how a practice is made up (``synthetic``).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.core.errors import BooksError
from orchestration.formats.registry import readers
from orchestration.stores.home import Home
from orchestration.stores.ocr import OcrEngine
from orchestration.stores.practice import PracticeStores
from orchestration.synthetic.check.books import LedgerRows, compare_books
from orchestration.synthetic.check.round_trip import compare
from orchestration.synthetic.entities import PRACTICE, SURGERY_CENTRE, changing_over, involved
from orchestration.synthetic.generate import all_feeds, generate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from orchestration.synthetic.check.round_trip import TruthComparison


@dataclass(frozen=True, slots=True)
class VerifiedEntity:
    """The comparisons of one made-up practice with its truth."""

    entity_id: str
    comparisons: tuple[TruthComparison, ...]


def verify_synthetic(
    *, seed: int, providers: int, days: int, with_books: bool, before_books: Callable[[str], None]
) -> Iterator[VerifiedEntity]:
    """Write both entities in every format, read everything back, and yield the comparisons of each.

    ``with_books`` also runs the pipeline on the charges of several systems at once and compares marts, journal and
    ledger; ``before_books`` is called with the entity before these minutes. Raises ``BooksError`` when a run fails.
    """
    for entity in (PRACTICE, SURGERY_CENTRE):
        with tempfile.TemporaryDirectory(prefix="medbooks-practice-") as folder:
            out = Path(folder)
            generate(out, providers=providers, days=days, seed=seed, entity=involved(entity), feeds=all_feeds())
            comparisons = compare(out, readers(OcrEngine()))
            if with_books:
                before_books(entity.entity_id)
                mixed = out / "mixed"
                generate(mixed, providers=providers, days=days, seed=seed, entity=changing_over(involved(entity)))
                stores = keep_books(out / "home", (mixed / "inbox").iterdir())
                comparisons += compare_with_truth(stores, mixed / "truth")
            yield VerifiedEntity(entity.entity_id, tuple(comparisons))


def keep_books(home: Path, files: Iterable[Path]) -> PracticeStores:
    """Run the whole pipeline on copies of some files, in a new home and a process of its own; return the home's stores.

    Nothing of the caller's own practice is used: no setting, no inbox, no ledger by URL. Raises ``BooksError`` when the
    run does not succeed.
    """
    inbox = home / "inbox"
    inbox.mkdir(parents=True)
    for file in files:
        shutil.copyfile(file, inbox / file.name)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MEDBOOKS_", "DAGSTER_"))}
    done = subprocess.run(
        [str(Path(sys.executable).parent / "medbooks"), "--home", str(home), "run", "--quiet"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-2:]
        message = f"the run of the generated practice failed: {' '.join(last)}"
        raise BooksError(message, fix=f"medbooks --home {home} run")
    return PracticeStores(Home(home, home / "keys" / "medbooks.key"))


def compare_with_truth(stores: PracticeStores, truth: Path) -> list[TruthComparison]:
    """Return every comparison of a practice's marts, journal and ledger with a folder ``truth``."""
    ledger = stores.ledger
    balances = tuple((row.account_code, row.debit_amount - row.credit_amount) for row in ledger.trial_balance())
    with stores.lake.connect() as lake:
        return compare_books(lake, LedgerRows(frozenset(ledger.posted_event_ids()), balances), truth)
