"""The quality report as files: finance's front page, Great Expectations' pages of the last runs, and their history.

Every page stands alone (one file, its style inside, no script, nothing loaded from anywhere), so that it opens from a
disk, an e-mail or a server without internet. What does not belong here: how a rule is evaluated (``evaluation``).
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.quality.rules import GATE_TITLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from orchestration.quality.rules import Gate, Rule

ASSETS = Path(__file__).with_name("page_assets")
RUNS_KEPT = 10


@dataclass(frozen=True, slots=True)
class GateResult:
    """What one gate said: how many rows it saw, its rules, those that failed, and dollars at stake when given."""

    gate: Gate
    evaluated_count: int
    rules: tuple[Rule, ...]
    failed: tuple[Rule, ...]
    at_stake_amount: Decimal | None = None

    @property
    def success(self) -> bool:
        """Whether no failed rule keeps the batch from being posted."""
        return not any(rule.is_blocking for rule in self.failed)

    @property
    def note(self) -> str | None:
        """What to know when nothing was checked."""
        return None if self.evaluated_count else "Nothing arrived at this gate in this run, so nothing was checked."

    @property
    def title(self) -> str:
        """The gate in words."""
        return GATE_TITLES[self.gate]


@dataclass(frozen=True, slots=True)
class GatePages:
    """Great Expectations' pages of a gate as HTML: the outcome of a run, and the rules as declared."""

    outcome: str
    rules: str


@dataclass(frozen=True, slots=True)
class _PageRun:
    """One run in the history: verdicts and the names of failed rules, nothing of the rows."""

    run_name: str
    as_of: str
    folder: str
    evaluated_counts: dict[str, int]
    failed: dict[str, list[str]]
    blocked: list[str]


def write_data_docs(
    folder: Path,
    results: Mapping[Gate, GateResult],
    pages: Mapping[Gate, GatePages],
    *,
    run_name: str,
    as_of: dt.datetime,
) -> Path:
    """Write the report of a run and forget runs older than the last ten; return the front page.

    A run of the same name replaces its earlier report.
    """
    as_of = as_of.astimezone(dt.UTC)
    run = _PageRun(
        run_name,
        as_of.isoformat(timespec="seconds"),
        f"{as_of:%Y%m%dT%H%M%S}-{safe_name(run_name)}",
        {gate: result.evaluated_count for gate, result in results.items()},
        {gate: [rule.name for rule in result.failed] for gate, result in results.items()},
        [gate for gate, result in results.items() if not result.success],
    )
    history = [run, *(past for past in _read_history(folder) if past.run_name != run_name)][:RUNS_KEPT]
    runs = folder / "gx" / "runs"
    for gate, of_gate in pages.items():
        # Great Expectations links from four folders down, we are two down
        outcome = of_gate.outcome.replace("../../../../expectations/", "../../expectations/")
        _write(runs / run.folder / f"{gate}.html", outcome)
        _write(folder / "gx" / "expectations" / f"{gate}.html", of_gate.rules)
    for old in runs.glob("*"):
        if old.name not in {kept.folder for kept in history}:
            shutil.rmtree(old)
    _write(folder / "history.json", json.dumps([asdict(kept) for kept in history], indent=1))
    index = folder / "index.html"
    _write(index, _front_page(results, history))
    return index


def _front_page(results: Mapping[Gate, GateResult], history: Sequence[_PageRun]) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(ASSETS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("front.j2").render(gates=tuple(results.values()), run=history[0], history=history)


def _read_history(folder: Path) -> list[_PageRun]:
    """Return the runs the folder still has pages of; a history that cannot be read starts anew."""
    try:
        entries: list[dict[str, Any]] = json.loads((folder / "history.json").read_text(encoding="utf-8"))
        return [_PageRun(**entry) for entry in entries]
    except (FileNotFoundError, ValueError, TypeError):
        return []


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all: somebody may have it open."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def safe_name(name: str) -> str:
    """Return a run's name as a folder and a page that escapes nothing can carry it."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name)[:60] or "run"
