"""Where models are tracked: MLflow on SQLite in the home folder, or wherever MLFLOW_TRACKING_URI points."""

from __future__ import annotations

import os
import subprocess  # noqa: S404  # asks git for the version of the code
from typing import TYPE_CHECKING

from models_ml.registry import Tracking
from orchestration.resources.home import PROJECT

if TYPE_CHECKING:
    from orchestration.resources.home import Home


def open_tracking(home: Home) -> Tracking:
    """Return the practice's tracking store."""
    home.mlruns.mkdir(parents=True, exist_ok=True)
    uri = os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{home.mlruns / 'mlflow.db'}"
    return Tracking(uri, home.mlruns / "artifacts")


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
