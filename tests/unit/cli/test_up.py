"""Stopping the pages: what a server started itself stops with it."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from orchestration.cli import up


@pytest.mark.parametrize("trap", ["", "trap '' TERM;"], ids=["stops when asked", "does not listen"])
def test_a_server_is_stopped_with_everything_it_started(trap, monkeypatch):
    monkeypatch.setattr(up, "_PATIENCE_SECONDS", 0.2)
    # the child listens no more than its parent
    script = f"{trap} sleep 300 & echo $!; wait"
    with subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, start_new_session=True) as server:
        assert server.stdout is not None
        child = int(server.stdout.readline())
        assert is_running(child)
        up._stop([server])
        assert server.poll() is not None
        assert not is_running(child)


def is_running(pid: int) -> bool:
    """Tell whether a process is there; one that was killed may take a moment to go."""
    for _ in range(50):
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return False
        if state == "Z":
            return False
        time.sleep(0.02)
    return True
