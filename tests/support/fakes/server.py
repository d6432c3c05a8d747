"""A stand-in for one vendor: a real HTTP server on loopback with a memory, limits and faults.

What belongs here: what all vendors share - sockets, limits, injected faults, tokens, counting. What a vendor's
requests mean stands in its own module. Nothing here imports the clients it is there to test.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import socket
import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from decimal import Decimal
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

STATE_PATH = "/what-the-stand-in-holds"

FAULTS = (
    "throttle",
    "unavailable",
    "error_after_commit",
    "drop_before_commit",
    "drop_after_commit",
    "slow",
    "malformed",
)


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: dict
    headers: dict
    body: bytes

    def json(self):
        return json.loads(self.body, parse_float=Decimal)


@dataclass
class Response:
    status: int
    body: bytes = b""
    headers: dict = field(default_factory=dict)

    @classmethod
    def of(cls, status, value, **headers):
        text = json.dumps(value, default=_number)
        return cls(status, text.encode(), {"Content-Type": "application/json", **headers})


def _number(value):
    # the answers of a stand-in may pass through a float: two decimals survive it, and clients read the text
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(type(value))


@dataclass
class Faults:
    """Which calls go wrong: a share ``rate`` of them, drawn by ``seed``, or the kinds of ``script`` in order."""

    rate: float = 0.0
    seed: int = 0
    kinds: tuple = FAULTS
    script: list = field(default_factory=list)
    slow_seconds: float = 0.0
    throttle_seconds: int = 1
    on_login: bool = False

    def __post_init__(self):
        self._random = random.Random(self.seed)  # noqa: S311  # repeatable chance is what it is for
        self._lock = threading.Lock()

    def program(self, script, rate):
        """Say what goes wrong from now on: the kinds of a script in order, then a share of calls."""
        with self._lock:
            self.script, self.rate = list(script), rate

    def draw(self):
        with self._lock:
            if self.script:
                return self.script.pop(0)
            if self.rate and self._random.random() < self.rate:
                return self._random.choice(self.kinds)
        return None


class Fake:
    """One vendor's server. ``limits`` are (calls, seconds), judged by ``clock``; ``judge`` is the vendor's own spec."""

    name = ""
    login_paths = ()
    token_seconds = 3600
    refresh_grace_seconds = 1800
    default_limits = ()
    default_places = 100

    def __init__(self, *, clock=time.time, faults=None, limits=None, places=None, judge=None, keep_payloads=True):
        self.clock = clock
        self.faults = faults or Faults()
        self.limits = self.default_limits if limits is None else limits
        self.places = self.default_places if places is None else places
        self.judge = judge
        self.lock = threading.RLock()
        self.counts = Counter()
        self.payloads = [] if keep_payloads else None
        # what addresses say behind their question mark, as JSON
        self.queries = []
        self.problems = []
        self.journals = []
        self.journal_number = 0
        self.is_down = False
        self.is_revoked = False
        self.date_offset_seconds = 0.0
        self.closed_through = None
        self.codes = {}
        self.access = {}
        self.refresh = None
        # a refresh token that was replaced stays good for a while, however often it is replaced meanwhile
        self.replaced_refresh = {}
        self.token_number = 0
        self._windows = [deque() for _ in self.limits]
        self._at_once = 0
        self._server = None

    # -- life ---------------------------------------------------------------------------------------------------------

    def start(self, port=0):
        handler = type("Handler", (_Handler,), {"fake": self})
        self._server = _Server(("127.0.0.1", port), handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def stop(self):
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    # -- what the tests ask -------------------------------------------------------------------------------------------

    def next_number(self):
        """Give a journal its number: one that was deleted is never given away again."""
        self.journal_number += 1
        return self.journal_number

    @property
    def committed(self):
        """How many journals stand."""
        return len(self.journals)

    @property
    def references(self):
        return Counter(journal["reference"] for journal in self.journals)

    @property
    def duplicates(self):
        """How many journals stand beyond the first of their reference."""
        return self.committed - len(self.references)

    @property
    def over_limit(self):
        """How many calls came when the vendor's limits had no room, or too many at once."""
        return self.counts["over_limit"] + self.counts["over_places"]

    def state(self):
        """Return what a test in another process asks for; by POST it also says what goes wrong from now on."""
        with self.lock:
            return {
                "references": dict(self.references),
                "counts": dict(self.counts),
                "over_limit": self.over_limit,
                "problems": sorted(set(self.problems)),
            }

    # -- one call -----------------------------------------------------------------------------------------------------

    def serve(self, request):
        """Return the response, or ``None`` to hang up."""
        if request.path == STATE_PATH:
            if request.method == "POST":
                self.faults.program(**json.loads(request.body))
            return Response.of(200, self.state())
        with self.lock:
            self.counts["calls"] += 1
            if self.is_down:
                self.counts["while_down"] += 1
                return None
            self._at_once += 1
            crowded = self._at_once > self.places
        try:
            if crowded:
                self.counts["over_places"] += 1
                return self.throttled(1)
            if not self._is_apart(request):
                wait = self._over_limit()
                if wait:
                    self.counts["over_limit"] += 1
                    return self.throttled(wait)
            fault = self.faults.draw() if not self.is_login(request) or self.faults.on_login else None
            if fault:
                self.counts[f"fault_{fault}"] += 1
            return self._with_fault(request, fault)
        finally:
            with self.lock:
                self._at_once -= 1

    def _with_fault(self, request, fault):  # noqa: PLR0911  # one answer per rule
        if fault == "throttle":
            return self.throttled(self.faults.throttle_seconds)
        if fault == "unavailable":
            return Response(503, b"<html>busy</html>", {"Content-Type": "text/html"})
        if fault == "drop_before_commit":
            return None
        if fault == "slow":
            # the client has long gone when this commits
            time.sleep(self.faults.slow_seconds)
        response = self.judged(request)
        if fault == "drop_after_commit":
            return None
        if fault == "error_after_commit":
            return Response(500, b"{}", {"Content-Type": "application/json"})
        if fault == "malformed":
            half = len(response.body) // 2
            return Response(response.status, response.body[:half] + b"\xff\x00{<", dict(response.headers))
        return response

    def judged(self, request):
        with self.lock:
            is_apart = self._is_apart(request)
            if self.payloads is not None and not is_apart:
                if request.body:
                    self.payloads.append(request.body)
                if request.query:
                    self.queries.append(json.dumps(request.query).encode())
            response = self.handle(request)
            if self.judge is not None and not is_apart:
                self.problems += self.judge(request, response)
            return response

    def is_login(self, request):
        """Tell whether a call asks for a token."""
        return self._is_apart(request)

    def _is_apart(self, request):
        # tokens come from another host, with limits and a specification of its own
        return request.path in self.login_paths

    def _over_limit(self):
        with self.lock:
            now = self.clock()
            waits = []
            for (calls, seconds), window in zip(self.limits, self._windows, strict=True):
                while window and window[0] <= now - seconds:
                    window.popleft()
                if len(window) >= calls:
                    waits.append(window[0] + seconds - now)
            if waits:
                return max(1, int(max(waits)) + 1)
            for window in self._windows:
                window.append(now)
            return 0

    # -- tokens -------------------------------------------------------------------------------------------------------

    def grant(self):
        """Return a new pair of tokens; the refresh token before it stays good for a while."""
        self.token_number += 1
        if self.refresh is not None:
            self.replaced_refresh[self.refresh] = self.clock() + self.refresh_grace_seconds
        access, self.refresh = f"access-{self.token_number}", f"refresh-{self.token_number}"
        self.access[access] = self.clock() + self.token_seconds
        return access, self.refresh

    def token_answer(self, request):
        form = dict(parse_qsl(request.body.decode()))
        self.counts["token_calls"] += 1
        if self.is_revoked:
            return Response.of(400, {"error": "invalid_grant"})
        expected = "Basic " + base64.b64encode(b"client:secret").decode()
        if request.headers.get("authorization") != expected:
            return Response.of(401, {"error": "invalid_client"})
        if form.get("grant_type") == "authorization_code":
            challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
            if self.codes.pop(form.get("code"), None) != challenge.decode():
                return Response.of(400, {"error": "invalid_grant"})
        else:
            sent = form.get("refresh_token")
            if sent != self.refresh and self.clock() >= self.replaced_refresh.get(sent, 0.0):
                return Response.of(400, {"error": "invalid_grant"})
        access, refresh = self.grant()
        return Response.of(
            200,
            {
                "access_token": access,
                "refresh_token": refresh,
                "expires_in": self.token_seconds,
                "token_type": "bearer",
                "x_refresh_token_expires_in": 8_726_400,
            },
        )

    def is_authorized(self, request):
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return scheme == "Bearer" and not self.is_revoked and self.access.get(token, 0.0) > self.clock()

    # -- what each vendor says ----------------------------------------------------------------------------------------

    def handle(self, request):
        raise NotImplementedError

    def throttled(self, seconds):
        return Response.of(429, {"message": "too many requests"}, **{"Retry-After": str(seconds)})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request, client_address):
        """Say nothing: a client that hung up is part of the game."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = 30
    fake: Fake

    def log_message(self, format, *args):  # noqa: A002  # the name of the base class
        """Write nothing into the output of tests."""

    def do_GET(self):
        self._serve()

    do_POST = do_PUT = do_GET  # noqa: N815  # the names the base class looks for

    def _serve(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        split = urlsplit(self.path)
        request = Request(
            self.command,
            split.path,
            dict(parse_qsl(split.query)),
            {name.lower(): value for name, value in self.headers.items()},
            body,
        )
        response = self.fake.serve(request)
        if response is None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response_only(response.status)
        self.send_header("Date", formatdate(self.fake.clock() + self.fake.date_offset_seconds, usegmt=True))
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        self.wfile.write(response.body)
        self.wfile.flush()
