"""The pages people look at open in a browser without an error."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.browser import browser, watched
from support.loopback import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.e2e_books import TwoSteps

pytestmark = pytest.mark.browser

_PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def page(chromium: str) -> Iterator[Any]:
    """A browser page whose console errors are kept in ``page.errors``."""
    with browser(chromium) as started:
        found = started.new_page(viewport={"width": 1400, "height": 1000})
        found.errors, _asked = watched(found, only_errors=True)
        yield found


@pytest.fixture(scope="module")
def dagster_address(two_steps: TwoSteps) -> Iterator[str]:
    """``dagster dev -w workspace.yaml`` on loopback, stopped by its process id."""
    port = free_port()
    environment = {
        **two_steps.books.environment(),
        "DAGSTER_HOME": str(two_steps.books.home / "dagster"),
        "DO_NOT_TRACK": "true",
    }
    server = subprocess.Popen(
        [
            str(Path(sys.executable).parent / "dagster"),
            "dev",
            "-w",
            "workspace.yaml",
            "-h",
            "127.0.0.1",
            "-p",
            str(port),
        ],
        cwd=_PROJECT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 120
        while True:
            try:
                with urllib.request.urlopen(f"{address}/server_info", timeout=2):  # noqa: S310  # our own server
                    break
            except OSError:
                assert server.poll() is None, "dagster dev stopped by itself"
                assert time.monotonic() < deadline, "dagster dev did not come up within two minutes"
                time.sleep(0.5)
        yield address
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def test_the_report_opens_without_an_error_and_shows_the_control_totals(two_steps: TwoSteps, page: Any) -> None:
    page.errors.clear()
    page.goto((two_steps.books.home / "reports" / "index.html").as_uri())
    text = page.inner_text("body")
    for source in two_steps.after_second["sources"]:
        whole, _, cents = source["in_amount"].partition(".")
        assert f"{int(whole):,}.{cents}" in text
    assert page.locator("svg").count() > 3
    assert page.errors == []


def test_the_quality_pages_open_without_an_error(two_steps: TwoSteps, page: Any) -> None:
    page.errors.clear()
    page.goto((two_steps.books.home / "reports" / "data_docs" / "index.html").as_uri())
    assert "post" in page.inner_text("body").lower()
    assert page.errors == []


def test_the_asset_graph_opens_without_an_error(dagster_address: str, page: Any) -> None:
    page.errors.clear()
    # the page never falls silent: it polls
    page.goto(f"{dagster_address}/asset-groups", wait_until="load", timeout=120_000)
    page.wait_for_selector("text=receivables", timeout=120_000)
    page.wait_for_timeout(2_000)
    shown = page.inner_text("body")
    for group in ("landing", "raw_era835", "staging", "intermediate", "receivables", "posting", "learn", "publish"):
        assert group in shown, group
    assert page.errors == []
