"""An outside ledger on loopback that keeps state, loses answers and dies half way, and its client.

It runs in a process of its own, so that the posters can be killed around it. ``has_keys`` says whether it drops a
second journal of the same reference by itself; without that only looking up first makes no doubles.
"""

# ruff: noqa: EM101  # codes of errors, as the port wants them
from __future__ import annotations

import datetime as dt
import http.client
import json
import os
import random
import socket
import threading
import time
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from orchestration.gl.port import (
    PulledEntry,
    PulledLine,
    Receipt,
    TargetRefusal,
    TargetThrottled,
    TargetUnavailable,
    TargetUncertain,
)

FAULTS = ("throttle", "error_before", "error_after", "drop_before", "drop_after", "slow", "malformed")
_REFUSALS = {"throttle": (429, [("Retry-After", "0.02")]), "error_before": (503, [])}
_CLIENT_SECONDS = 1.0


class Server(ThreadingHTTPServer):
    daemon_threads = True
    # two posters and their killed predecessors at once
    request_queue_size = 64

    def __init__(self, fault_rate, seed, *, has_keys):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.journals = []
        self.by_reference = {}
        self.lock = threading.Lock()
        self.faults = random.Random(seed)  # noqa: S311  # faults, not secrets
        self.fault_rate = fault_rate
        self.has_keys = has_keys
        self.program = []
        self.requests = 0
        self.faulty = 0

    def handle_error(self, _request, _address):
        """A client that was killed is no news."""


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *_arguments):
        """Say nothing."""

    def _answer(self, status, body, headers=()):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _drop(self):
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _fault(self):
        server = self.server
        with server.lock:
            server.requests += 1
            if server.program:
                fault = server.program.pop(0)
            elif server.faults.random() < server.fault_rate:
                fault = server.faults.choice(FAULTS)
            else:
                fault = None
            server.faulty += fault is not None
        return fault

    def do_GET(self):
        server = self.server
        if self.path == "/state":
            with server.lock:
                self._answer(200, {"journals": server.journals, "requests": server.requests, "faulty": server.faulty})
            return
        fault = self._fault()
        if fault == "throttle":
            self._answer(429, {}, _REFUSALS[fault][1])
        elif fault in {"error_before", "error_after"}:
            self._answer(500, {})
        elif fault in {"drop_before", "drop_after"}:
            self._drop()
        elif fault == "malformed":
            self._answer(200, b'{"external')
        else:
            with server.lock:
                found = server.by_reference.get(self.path.rpartition("/")[2])
            self._answer(200 if found else 404, found or {})

    def do_POST(self):
        server = self.server
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/program":
            with server.lock:
                server.program = body["faults"]
                server.fault_rate = body["rate"]
            self._answer(200, {})
            return
        fault = self._fault()
        if fault == "drop_before":
            self._drop()
        elif fault in _REFUSALS:
            status, headers = _REFUSALS[fault]
            self._answer(status, {}, headers)
        else:
            if fault == "slow":
                time.sleep(0.03)
            self._take(body, fault)

    def _take(self, body, fault):
        server = self.server
        debit = sum(Decimal(line[1]) for line in body["lines"])
        if debit != sum(Decimal(line[2]) for line in body["lines"]):
            self._answer(400, {})
            return
        with server.lock:
            known = server.by_reference.get(body["reference"])
            if known is None or not server.has_keys:
                known = {**body, "external_id": str(len(server.journals) + 1), "total": str(debit)}
                server.journals.append(known)
                server.by_reference.setdefault(body["reference"], known)
        if fault == "error_after":
            self._answer(502, {})
        elif fault == "drop_after":
            self._drop()
        elif fault == "malformed":
            self._answer(200, b"<html>")
        else:
            self._answer(201, known)


def start(fault_rate, seed, *, has_keys):
    """Start it in a child process and return its process id and port; end it by killing that process."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        server = Server(fault_rate, seed, has_keys=has_keys)
        os.write(writing, str(server.server_address[1]).encode())
        server.serve_forever()
    port = int(os.read(reading, 16))
    os.close(reading)
    os.close(writing)
    return child, port


class LoopbackTarget:
    """The client: thin, and honest about what it does not know."""

    name = "loopback"
    batch_limit = 1_000

    def __init__(self, port, *, unknown_payer_class=None):
        self._port = port
        self._unknown_payer_class = unknown_payer_class

    def _call(self, method, path, body=None, *, may_have_arrived):
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_CLIENT_SECONDS)
        try:
            connection.connect()
        except OSError:
            raise TargetUnavailable("unreachable", "it could not be reached") from None
        try:
            connection.request(method, path, None if body is None else json.dumps(body))
            answer = connection.getresponse()
            content = answer.read()
            if answer.status == 429:
                wait = float(answer.headers["Retry-After"])
                raise TargetThrottled("too_many_requests", "too many requests", retry_after_seconds=wait)
            if answer.status == 400:
                raise TargetRefusal("validation", "it found something invalid")
            if answer.status >= 500:
                raise self._unknown("server_error", may_have_arrived)
            return answer.status, json.loads(content)
        except (OSError, http.client.HTTPException, ValueError):
            raise self._unknown("no_answer", may_have_arrived) from None
        finally:
            connection.close()

    @staticmethod
    def _unknown(code, may_have_arrived):
        return (TargetUncertain if may_have_arrived else TargetUnavailable)(code, "no certain answer")

    def post(self, request):
        if self._unknown_payer_class in {line.payer_class for line in request.lines} - {None}:
            raise TargetRefusal("dimension_unmapped", "it has no place for a payer class")
        body = {
            "reference": request.reference,
            "date": request.entry_date.isoformat(),
            "memo": request.memo,
            "lines": [[line.account, str(line.debit_amount), str(line.credit_amount)] for line in request.lines],
        }
        _status, answer = self._call("POST", "/journals", body, may_have_arrived=True)
        return Receipt(request.reference, answer["external_id"], Decimal(answer["total"]))

    def find(self, reference):
        status, answer = self._call("GET", f"/journals/{reference}", may_have_arrived=True)
        if status == 404:
            return None
        return Receipt(reference, answer["external_id"], Decimal(answer["total"]))

    def pull(self, start_date, end_date):
        _status, answer = self._call("GET", "/state", may_have_arrived=False)
        for journal in answer["journals"]:
            day = dt.date.fromisoformat(journal["date"])
            if start_date <= day <= end_date:
                lines = tuple(PulledLine(line[0], Decimal(line[1]), Decimal(line[2])) for line in journal["lines"])
                yield PulledEntry(journal["external_id"], journal["reference"], day, lines)

    def check_accounts(self, _mapping):
        return []

    def state(self):
        """Return everything it holds and how many of its answers were faulty."""
        return self._call("GET", "/state", may_have_arrived=False)[1]

    def set_faults(self, *faults, rate=0.0):
        """Say what goes wrong with the next requests, and how often after that."""
        self._call("POST", "/program", {"faults": list(faults), "rate": rate}, may_have_arrived=False)
