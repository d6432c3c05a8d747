"""Practices that went through the whole pipeline, as a user would run it: the command line in its own process."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from orchestration.stores.practice import PracticeStores
    from orchestration.synthetic.truth import Manifest

_MEDBOOKS = Path(sys.executable).parent / "medbooks"
START = dt.date(2025, 11, 1)
DAYS = 120
SPLIT = START + dt.timedelta(days=100)


@dataclass(frozen=True)
class Books:
    """A home folder and the command line pointed at it."""

    home: Path

    @property
    def inbox(self) -> Path:
        folder = self.home / "inbox"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def environment(self) -> dict[str, str]:
        own = {"MEDBOOKS_HOME": str(self.home), "NO_COLOR": "1", "PYTHONHASHSEED": "0"}
        # what pyx12 says of remittances is compared by unit tests: a run here asks it about a few
        return {**os.environ, **own, "MEDBOOKS_SECOND_OPINION_SECONDS": "2"}

    def medbooks(self, *arguments: str, exit_code: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [str(_MEDBOOKS), *arguments], env=self.environment(), capture_output=True, text=True, check=False
        )
        assert done.returncode == exit_code, (
            f"{arguments}: {done.returncode}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        )
        return done

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(_MEDBOOKS), *arguments],
            env=self.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def stores(self) -> PracticeStores:
        from orchestration.stores.home import Home
        from orchestration.stores.practice import PracticeStores

        return PracticeStores(Home(self.home, self.home / "keys" / "medbooks.key"))

    def status(self) -> dict[str, Any]:
        return json.loads(self.medbooks("status", "--json").stdout)

    def source(self, name: str) -> dict[str, Any]:
        return next(source for source in self.status()["sources"] if source["source"] == name)

    def drop(self, *files: Path) -> None:
        for file in files:
            shutil.copyfile(file, self.inbox / file.name)


def assert_every_dollar_is_somewhere(status: dict[str, Any]) -> None:
    for source in status["sources"]:
        amounts = {name: Decimal(value) for name, value in source.items() if name.endswith("_amount")}
        assert amounts["in_amount"] == (
            amounts["posted_amount"] + amounts["held_amount"] + amounts["quarantined_amount"]
        ), source
    assert status["trial_balance_amount"] == "0.00"


@dataclass(frozen=True)
class TwoSteps:
    """A practice loaded in two runs: 100 days first, the other 20 days on top; with what is true of it, as tables."""

    books: Books
    truth: Manifest
    truth_folder: Path
    after_first: dict[str, Any]
    after_second: dict[str, Any]
