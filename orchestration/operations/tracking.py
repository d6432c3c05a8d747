"""Where models are tracked: MLflow on SQLite in the home folder, or wherever MLFLOW_TRACKING_URI points.

It stands here and not in ``stores``, because operations alone import ``models_ml``.
"""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

from models_ml.registry import Tracking
from orchestration.stores.home import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestration.stores.home import Home


@contextmanager
def tracking(home: Home) -> Iterator[Tracking]:
    """Yield the practice's tracking store and close its connections."""
    home.mlruns.mkdir(parents=True, exist_ok=True)
    uri = os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{home.mlruns / 'mlflow.db'}"
    store = Tracking(uri, home.mlruns / "artifacts")
    try:
        yield store
    finally:
        store.close()


def run_tags(run_id: str) -> dict[str, str]:
    """Return what every tracked run says about where it came from."""
    done = subprocess.run(
        ["git", "rev-parse", "HEAD"],  # noqa: S607  # git as the developer has it
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    return {"dagster_run_id": run_id, "git_sha": done.stdout.strip() or "unknown"}
