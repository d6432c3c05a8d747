"""Receives the one answer of a browser on this computer: the address a vendor sends a person back to after consent.

It listens on loopback only, answers one request and is gone. What does not belong here: what the answer means.
"""

from __future__ import annotations

import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

from orchestration.core.errors import ConfigurationError

_PAGE = b"<!doctype html><title>medbooks</title><p>medbooks has the answer. You can close this window.</p>"


class Listener:
    """Waits at a loopback address such as ``http://localhost:8910/callback``.

    ``instead`` is the command that goes without it. Raises ``ConfigurationError`` when the address is not on this
    computer or its port is taken.
    """

    def __init__(self, redirect_uri: str, *, instead: str) -> None:
        split = urlsplit(redirect_uri)
        if split.scheme != "http" or split.hostname not in {"localhost", "127.0.0.1"} or split.port is None:
            message = "only an address such as http://localhost:8910/callback can be listened to here"
            raise ConfigurationError(message, fix=instead)
        self._redirect_uri = redirect_uri
        self._path = split.path
        self.answer: str | None = None
        listener = self

        class _Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                is_it = urlsplit(self.path).path == listener._path
                self.send_response(200 if is_it else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(_PAGE if is_it else b"")
                if is_it:
                    listener.answer = self.path

            def log_message(self, *_: object) -> None:
                """Write nothing: the address holds the code."""

        try:
            self._server = HTTPServer(("127.0.0.1", split.port), _Handler)
        except OSError:
            message = f"port {split.port} on this computer is taken, so the browser's answer cannot be heard"
            raise ConfigurationError(message, fix=instead) from None

    def wait(self, seconds: float) -> str:
        """Return the address the browser came to; raises ``TimeoutError`` when it did not come in time."""
        until = time.monotonic() + seconds
        try:
            while self.answer is None:
                self._server.timeout = until - time.monotonic()
                if self._server.timeout <= 0:
                    raise TimeoutError
                self._server.handle_request()
        finally:
            self._server.server_close()
        return self.answer
