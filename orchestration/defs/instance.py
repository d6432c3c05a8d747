"""The Dagster instance of a home folder: its settings file, and runs whose process is gone."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.core.errors import BooksError
from orchestration.stores.home import PROJECT

if TYPE_CHECKING:
    from dagster import DagsterInstance

    from orchestration.stores.home import Home

PROCESS_TAG = "medbooks/process"
# asking at any price: none of these may call home, and the value of a caller wins
QUIET = {
    "DO_NOT_TRACK": "true",
    "DAGSTER_DISABLE_TELEMETRY": "1",
    "GX_ANALYTICS_ENABLED": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
}


def prepare_environment(home: Home) -> dict[str, str]:
    """Lay out ``DAGSTER_HOME`` and return the environment a Dagster process of this home needs."""
    home.dagster.mkdir(parents=True, exist_ok=True)
    template, target = PROJECT / "dagster.yaml", home.dagster / "dagster.yaml"
    if not target.exists() or target.read_bytes() != template.read_bytes():
        shutil.copyfile(template, target)
    return {
        **{name: os.environ.get(name, value) for name, value in QUIET.items()},
        "DAGSTER_HOME": str(home.dagster),
        "MEDBOOKS_HOME": str(home.root),
        "MEDBOOKS_KEY_FILE": str(home.key_file),
    }


def fix_runs(home: Home, *, free_slots: bool) -> str:
    """Close runs whose process is gone, free slots of ended runs when asked, and say in words what was done.

    Raises ``BooksError`` when slots are stuck and are not to be freed.
    """
    os.environ.update(prepare_environment(home))
    from dagster import DagsterInstance

    with DagsterInstance.get() as instance:
        buried = bury_dead_runs(instance)
        stuck = stuck_slots(instance)
        if stuck and not free_slots:
            message = f"{sum(stuck.values())} pool slots are held by runs that are over"
            raise BooksError(message, fix="medbooks doctor --free-slots")
        freed = free_stuck_slots(instance) if stuck else 0
    return f"{buried} dead runs closed, {freed} slots freed"


def process_tag() -> str:
    """Return an identity of this process that a later process with the same number does not share."""
    return f"{os.getpid()}:{_started_ticks(os.getpid())}"


def bury_dead_runs(instance: DagsterInstance) -> int:
    """Mark runs as failed whose process was killed, free the slots they held, and return their number."""
    from dagster import DagsterRunStatus, RunsFilter

    unfinished = [DagsterRunStatus.STARTED, DagsterRunStatus.STARTING, DagsterRunStatus.NOT_STARTED]
    dead = 0
    for run in instance.get_runs(RunsFilter(statuses=unfinished)):
        process = run.tags.get(PROCESS_TAG)
        if process is None or _is_alive(process):
            continue
        instance.report_run_failed(run, "the process of this run is gone; what it had not committed is done again")
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
        dead += 1
    return dead


def stuck_slots(instance: DagsterInstance) -> dict[str, int]:
    """Return pools with claimed slots whose run has ended: slot counts by pool."""
    stuck: dict[str, int] = {}
    storage = instance.event_log_storage
    for pool in storage.get_concurrency_keys():
        for claimed in storage.get_concurrency_info(pool).claimed_slots:
            run = instance.get_run_by_id(claimed.run_id)
            if run is None or run.is_finished:
                stuck[pool] = stuck.get(pool, 0) + 1
    return stuck


def free_stuck_slots(instance: DagsterInstance) -> int:
    """Free the slots of ended runs and return their number."""
    storage = instance.event_log_storage
    freed = 0
    for pool in storage.get_concurrency_keys():
        for claimed in storage.get_concurrency_info(pool).claimed_slots:
            run = instance.get_run_by_id(claimed.run_id)
            if run is None or run.is_finished:
                storage.free_concurrency_slots_for_run(claimed.run_id)
                freed += 1
    return freed


def _is_alive(process: str) -> bool:
    number, _, started = process.partition(":")
    return number.isdigit() and _started_ticks(int(number)) == started and started != ""


def _started_ticks(pid: int) -> str:
    """Return when a process started, as the kernel counts (proc(5), field 22), empty when there is none."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    # the name in parentheses may hold spaces
    return status.rpartition(")")[2].split()[19]
