"""``medbooks up``: Dagster, the reports, MLflow and the books in Fava on loopback, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess  # starts our own servers
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.stores import open_stores, say
from orchestration.core.errors import BooksError

if TYPE_CHECKING:
    from orchestration.stores.home import Home
    from orchestration.stores.practice import PracticeStores

_HOST = "127.0.0.1"
_PATIENCE_SECONDS = 20.0


def up(
    port: Annotated[int, typer.Option(help="Port of Dagster; reports, MLflow and Fava take the next three.")] = 3000,
    mlflow: Annotated[bool, typer.Option(help="Start MLflow's page too.")] = True,
    fava: Annotated[bool, typer.Option(help="Show the books in Fava, when it is installed.")] = True,
) -> None:
    """Start the pages people look at. Everything binds to this machine only."""
    from orchestration.defs.instance import prepare_environment
    from orchestration.stores.dbt import current_manifest
    from orchestration.stores.home import PROJECT

    stores = open_stores()
    home = stores.home
    current_manifest(home)
    environment = {**os.environ, **prepare_environment(home)}
    servers = _servers(home, PROJECT, port, with_mlflow=mlflow)
    if fava and (books := books_server(stores, port + 3)):
        servers.append(books)
    started = []
    # a shell that starts this in the background lets it, and what it starts, ignore an interrupt: Dagster ends by one
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        for name, address, command in servers:
            # a group of its own: what a server starts itself is stopped with it
            process = subprocess.Popen(command, cwd=PROJECT, env=environment, start_new_session=True)
            started.append((name, process))
            say(f"{name:<10} {address}")
        while all(process.poll() is None for _, process in started):
            time.sleep(0.5)
        gone = next(name for name, process in started if process.poll() is not None)
        message = f"{gone} stopped by itself"
        raise BooksError(message, fix=f"medbooks up --port {port + 10}")
    except KeyboardInterrupt:
        say("stopping")
    finally:
        _stop([process for _, process in started])


def _stop(servers: list[subprocess.Popen[bytes]]) -> None:
    """End servers and everything they started: asked first, then, after a while, by force.

    Dagster's daemon would go on starting runs when only the server that started it is gone.
    """
    for process in servers:
        process.terminate()
    until = time.monotonic() + _PATIENCE_SECONDS
    for process in servers:
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=max(0.0, until - time.monotonic()))
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def books_server(stores: PracticeStores, port: int) -> tuple[str, str, list[str]] | None:
    """Write the books for Fava and return its name, address and command; ``None`` when the extra is not installed.

    Fava is GPL: it is run as a program on an export, which it may not edit, and is shown the books of this moment.
    """
    from orchestration.gl.exports import beancount

    program = Path(sys.executable).parent / "fava"
    if not program.exists():
        say("Books      not shown: Fava is not installed (uv sync --extra books)")
        return None
    file = stores.home.published / "books.beancount"
    file.parent.mkdir(parents=True, exist_ok=True)
    text = beancount.export(stores.ledger.accounts(), stores.ledger.entries(book="accrual"))
    # swapped in one step: Fava reads the file again when it changes
    partial = file.with_suffix(".partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(file)
    command = [str(program), "--host", _HOST, "--port", str(port), "--read-only", str(file)]
    return "Books", f"http://{_HOST}:{port}", command


def _servers(home: Home, project: Path, port: int, *, with_mlflow: bool) -> list[tuple[str, str, list[str]]]:
    home.reports.mkdir(parents=True, exist_ok=True)
    programs = Path(sys.executable).parent
    servers = [
        (
            "Dagster",
            f"http://{_HOST}:{port}",
            [str(programs / "dagster"), "dev", "-w", str(project / "workspace.yaml"), "-h", _HOST, "-p", str(port)],
        ),
        (
            "Reports",
            f"http://{_HOST}:{port + 1}",
            [sys.executable, "-m", "http.server", str(port + 1), "--bind", _HOST, "--directory", str(home.reports)],
        ),
    ]
    if with_mlflow:
        store = f"sqlite:///{home.mlruns / 'mlflow.db'}"
        home.mlruns.mkdir(parents=True, exist_ok=True)
        servers.append(
            (
                "MLflow",
                f"http://{_HOST}:{port + 2}",
                [str(programs / "mlflow"), "server", "--backend-store-uri", store, "--host", _HOST, "--port",
                 str(port + 2), "--workers", "1"],
            )
        )  # fmt: skip
    return servers
