"""An outside ledger in memory whose every answer a test decides: what it holds, and what goes wrong next."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from orchestration.core.findings import Finding
from orchestration.gl.port import (
    PulledEntry,
    PulledLine,
    Receipt,
    TargetRefusal,
    TargetThrottled,
    TargetUnauthorized,
    TargetUnavailable,
    TargetUncertain,
)

ERRORS = {
    "refused": lambda: TargetRefusal("validation", "it found something invalid"),
    "uncertain": lambda: TargetUncertain("no_answer", "no answer"),
    "uncertain_but_there": lambda: TargetUncertain("no_answer", "no answer"),
    "unavailable": lambda: TargetUnavailable("unreachable", "it could not be reached"),
    "unauthorized": lambda: TargetUnauthorized("token_expired", "the token is not accepted"),
    "throttled": lambda: TargetThrottled("too_many_requests", "too many", retry_after_seconds=30.0),
    "stumble": lambda: KeyError("a bug of the client"),
}


class MemoryTarget:
    """Holds journals by number. ``next_posts`` and ``next_finds`` say what goes wrong, in order; then all goes well.

    It has no idempotency key: only a poster that looks up first makes no doubles.
    """

    name = "memory"

    def __init__(self, batch_limit=100):
        self.batch_limit = batch_limit
        self.held = []
        self.next_posts = deque()
        self.next_finds = deque()
        self.always = {}
        self.calls = []
        self.findings = []

    def post(self, request):
        self.calls.append(("post", request.reference))
        fault = self.always.get(request.reference) or (self.next_posts.popleft() if self.next_posts else None)
        if fault == "uncertain_but_there":
            self._hold(request)
        if fault:
            error = ERRORS[fault]()
            raise error
        return self._hold(request)

    def _hold(self, request):
        lines = tuple(PulledLine(line.account, line.debit_amount, line.credit_amount) for line in request.lines)
        self.held.append(PulledEntry(str(len(self.held) + 1), request.reference, request.entry_date, lines))
        return Receipt(request.reference, self.held[-1].external_id, request.total_amount)

    def find(self, reference):
        self.calls.append(("find", reference))
        if self.next_finds and (fault := self.next_finds.popleft()):
            error = ERRORS[fault]()
            raise error
        for entry in self.held:
            if entry.reference == reference:
                total = sum(line.debit_amount for line in entry.lines)
                return Receipt(reference, entry.external_id, total)
        return None

    def pull(self, start, end):
        return iter([entry for entry in self.held if start <= entry.entry_date <= end])

    def check_accounts(self, mapping):
        self.calls.append(("check", len(mapping)))
        return [Finding("account_unknown", "error", f"account {code} is not there") for code in self.findings]

    def edit(self, number, **changes):
        """Change a journal as a person would, in the outside ledger."""
        self.held[number] = replace(self.held[number], **changes)
