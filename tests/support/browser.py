"""Headless Chromium, and what a page complains about and asks for while it is open.

What does not belong here: which pages there are.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def browser(chromium: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=chromium, args=_FLAGS)
        yield started
        started.close()


def watched(page: Any, *, only_errors: bool = False) -> tuple[list[str], list[str]]:
    """Return two lists that fill while the page is used: what its console says, and the addresses it asks for."""
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: (message.type == "error" or not only_errors) and said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    return said, asked
