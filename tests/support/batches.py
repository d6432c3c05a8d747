"""The books of files that land in batches, without Dagster: landed, read, built and kept, one batch after another.

What does not belong here: the whole pipeline as a user runs it (``e2e_books``).
"""

from __future__ import annotations

import shutil
import subprocess
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from orchestration.formats.registry import kinds
from orchestration.operations.build import building
from orchestration.operations.land import land_copies, register
from orchestration.operations.load import load
from orchestration.operations.tell_books import remember_movements
from orchestration.stores.dbt import dbt_program
from orchestration.stores.home import DBT_PROJECT, Home
from orchestration.stores.practice import PracticeStores

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# book, claim or nothing, account
Place = tuple[str, str, str]


class BatchedBooks:
    """A home that files land in; ``like`` is one whose dbt project is parsed and whose lake is empty."""

    def __init__(self, root: Path, like: BatchedBooks | None = None) -> None:
        if like is not None:
            shutil.copytree(like.root, root)
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        settings = root / "practice.toml"
        settings.write_text('practice_name = "Batches"\nstandstill_seconds = 0.0\n', encoding="utf-8")
        settings.chmod(0o600)
        self.stores = PracticeStores(Home(root, root / "keys" / "medbooks.key"))

    def book(self, files: Sequence[Path]) -> None:
        """Let files land together and book what is new."""
        if files:
            land_copies(self.stores, files)
        register(self.stores)
        for kind in kinds():
            load(self.stores, kind)
        with building(self.stores) as arguments:
            project = ("--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT))
            only = ("--resource-type", "seed", "--resource-type", "model", "--no-use-colors", "--quiet")
            done = subprocess.run(
                [dbt_program(), *arguments, *only, *project], capture_output=True, text=True, check=False
            )
        assert done.returncode == 0, done.stdout[-3000:]
        with self.stores.lake.connect() as lake:
            remember_movements(self.stores, lake)

    def balances(self) -> dict[Place, Decimal]:
        """Return every balance that is not zero, by book, claim and account."""
        found: dict[Place, Decimal] = defaultdict(Decimal)
        with self.stores.lake.connect() as lake:
            for book, claim_id, account_code, amount in lake.execute(
                "select book, coalesce(claim_id, ''), account_code, sum(signed_amount) "
                "from posting.proposed_movements group by all"
            ).fetchall():
                found[book, claim_id, account_code] += amount
        return {place: amount for place, amount in found.items() if amount}

    def unbalanced_events(self) -> list[str]:
        """Return events whose movements do not add up to zero."""
        with self.stores.lake.connect() as lake:
            rows = lake.execute(
                "select event_id, book from posting.proposed_movements group by all having sum(signed_amount) <> 0"
            ).fetchall()
        return [f"{event} {book}" for event, book in rows]
