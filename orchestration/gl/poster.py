"""Posting outside, exactly once: one round hands what is due to one target and writes down what became of each entry.

Any number of posters may run rounds at once, and each may die at any moment; the outbox and the port say why that is
safe. A refusal sets one entry aside; an entry that may have arrived is looked up before it is sent again; a system
that does not answer rests, longer each time, and is asked a harmless question before it is posted to again.
What does not belong here: when rounds happen (defs), and how a system is spoken to (its module).
"""

from __future__ import annotations

import datetime as dt
import os
import random
import socket
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestration.core.failpoints import reach
from orchestration.core.money import ZERO
from orchestration.gl.port import (
    TargetError,
    TargetRefusal,
    TargetThrottled,
    TargetUnauthorized,
    TargetUnavailable,
    TargetUncertain,
)
from orchestration.gl.reasons import ACCOUNTS_NOT_ACCEPTED, CLOCK_SKEW, GAVE_UP, OTHER_BODY_OUTSIDE, UNMAPPED_ACCOUNT
from orchestration.gl.requests import UnmappedAccountError, request_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from orchestration.core.findings import Finding
    from orchestration.gl.port import PostRequest, Receipt, Target
    from orchestration.gl.requests import TargetSetup
    from orchestration.ledger.outbox import Claim, Outbox, OutboxItem
    from orchestration.ledger.records import PostedEntry
    from orchestration.ledger.store import Ledger

_SKEW = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Pacing:
    """How patient a poster is, in seconds.

    A lease must outlast the calls it covers: no call is begun with less than ``call_seconds`` of it left, and
    ``call_seconds`` is longer than any client waits for an answer.
    """

    claim_size: int = 25
    lease_seconds: float = 180.0
    call_seconds: float = 60.0
    attempts: int = 8
    first_wait_seconds: float = 5.0
    longest_wait_seconds: float = 900.0
    failures_before_rest: int = 5
    first_rest_seconds: float = 30.0
    longest_rest_seconds: float = 900.0


@dataclass(slots=True)
class Round:
    """What became of one round: entries posted, looked up and found, put back, set aside; dollars of what was posted.

    ``stopped_by`` is the reason code of what ended it early; ``findings`` say what is wrong with the mapping.
    """

    target: str
    enqueued: int = 0
    posted: int = 0
    found: int = 0
    retried: int = 0
    quarantined: int = 0
    posted_amount: Decimal = ZERO
    stopped_by: str = ""
    reasons: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)


def new_owner(actor: str = "medbooks poster") -> str:
    """Return a name for one poster that no other process on any machine has or will have."""
    return f"{actor}@{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


class Poster:
    """Runs rounds for one target. One instance is used by one thread at a time."""

    def __init__(
        self,
        ledger: Ledger,
        target: Target,
        setup: TargetSetup,
        *,
        owner: str = "",
        pacing: Pacing | None = None,
        jitter: Callable[[], float] = random.random,  # noqa: S311  # spreads retries, guards nothing
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ledger = ledger
        self._target = target
        self._setup = setup
        self._outbox: Outbox = ledger.outbox(owner or new_owner())
        self._pacing = pacing or Pacing()
        self._jitter = jitter
        # how much of a lease is left: seconds from any beginning
        self._stopwatch = stopwatch
        # an answer after failures or a rest is worth a note, one after another answer is not
        self._is_answer_news = False

    def round(self) -> Round:
        """Enqueue what is new, then hand over at most ``batch_limit`` entries; ends early when the target must rest."""
        result = Round(self._setup.name)
        with self._ledger.sessions.kept_open():
            self._round(result)
        return result

    def _round(self, result: Round) -> None:
        if self._is_clock_behind():
            result.stopped_by = CLOCK_SKEW
            return
        state = self._outbox.target(self._setup.name)
        result.enqueued = self._outbox.enqueue(
            self._setup.name,
            book=self._setup.book,
            entity_ids=self._setup.entity_ids,
            since=self._setup.since,
            everything=state.mapping_hash != self._setup.fingerprint,
        )
        if state.state == "stopped" or state.rests_milliseconds > 0:
            result.stopped_by = state.reason_code
            return
        if state.mapping_hash != self._setup.fingerprint and not self._is_mapping_accepted(result):
            return
        self._is_answer_news = state.failure_count > 0 or state.state == "open"
        handed = 0
        while not result.stopped_by and (room := self._target.batch_limit - handed) > 0:
            began = self._stopwatch()
            claim = self._outbox.claim(
                self._setup.name,
                limit=min(room, self._pacing.claim_size),
                lease_milliseconds=int(self._pacing.lease_seconds * 1000),
            )
            if not claim.items:
                break
            handed += len(claim.items)
            self._hand_over(claim, began, result)

    def _is_clock_behind(self) -> bool:
        last = self._ledger.last_audited_at()
        return last is not None and self._ledger.now() < last - _SKEW

    def _is_mapping_accepted(self, result: Round) -> bool:
        try:
            result.findings = self._target.check_accounts(self._setup.accounts)
        except TargetError as error:
            self._note(error, result)
            return False
        if any(finding.severity == "error" for finding in result.findings):
            self._outbox.stop(self._setup.name, ACCOUNTS_NOT_ACCEPTED)
            result.stopped_by = ACCOUNTS_NOT_ACCEPTED
            return False
        self._outbox.checked(self._setup.name, self._setup.fingerprint)
        return True

    def _hand_over(self, claim: Claim, began: float, result: Round) -> None:
        posted = self._ledger.entries_by_id([item.entry_id for item in claim.items])
        # after failures the first question is one that changes nothing in any case; one that only
        # asked for rest is well, and a question would use up the room it was given rest for
        is_probe = claim.is_first_after_failures
        for item in claim.items:
            has_time = self._stopwatch() - began < self._pacing.lease_seconds - self._pacing.call_seconds
            if result.stopped_by or not has_time:
                # no call was made for it, so it is as it was before the claim
                self._put_back(item, item.reason_code, is_uncertain=item.is_uncertain, is_counted=False)
                continue
            self._hand_over_one(item, posted[item.entry_id], result, is_probe=is_probe)
            is_probe = False

    def _hand_over_one(self, item: OutboxItem, posted: PostedEntry, result: Round, *, is_probe: bool) -> None:
        is_uncertain = item.is_uncertain
        try:
            request = request_of(posted, self._setup.accounts, resend_count=item.resend_count)
        except UnmappedAccountError:
            self._set_aside(item, UNMAPPED_ACCOUNT, result, is_uncertain=is_uncertain)
            return
        is_asking = False
        try:
            receipt: Receipt | None = None
            if is_uncertain or is_probe:
                is_asking = is_probe
                reach("outbox.before_lookup")
                receipt = self._target.find(item.reference)
                reach("outbox.after_lookup")
                is_asking = False
                # the system answered: it is not there, or here is its receipt
                is_uncertain = False
                if is_probe:
                    self._outbox.recovered(self._setup.name)
                    self._is_answer_news = False
            was_there = receipt is not None
            if receipt is None:
                reach("outbox.before_call")
                # from here on it may be there even when the call fails
                is_uncertain = True
                receipt = self._target.post(request)
                reach("outbox.after_call")
        except TargetError as error:
            self._failed(item, error, result, is_uncertain=is_uncertain, is_counted=not is_asking)
            if is_asking:
                # it still does not answer: the other entries are not spent on it
                result.stopped_by = result.stopped_by or error.code
        except Exception as error:  # noqa: BLE001  # a client that stumbles over one entry must not stop the others
            unknown = TargetUncertain(f"client_{type(error).__name__}", "the client failed")
            self._failed(item, unknown, result, is_uncertain=is_uncertain, is_counted=not is_asking)
        else:
            self._received(item, request, receipt, result, was_there=was_there)

    def _received(
        self, item: OutboxItem, request: PostRequest, receipt: Receipt, result: Round, *, was_there: bool
    ) -> None:
        if receipt.total_amount is not None and receipt.total_amount != request.total_amount:
            self._set_aside(item, OTHER_BODY_OUTSIDE, result, is_uncertain=True)
            return
        if self._is_answer_news:
            self._outbox.recovered(self._setup.name)
            self._is_answer_news = False
        if self._outbox.received(item, receipt.external_id):
            result.posted += 1
            result.found += was_there
            result.posted_amount += request.total_amount

    def _failed(
        self, item: OutboxItem, error: TargetError, result: Round, *, is_uncertain: bool, is_counted: bool
    ) -> None:
        if isinstance(error, TargetRefusal):
            self._set_aside(item, error.code, result, is_uncertain=False)
            return
        if isinstance(error, TargetUncertain):
            if is_counted and item.attempts + 1 >= self._pacing.attempts:
                self._set_aside(item, GAVE_UP, result, is_uncertain=is_uncertain)
            else:
                self._put_back(item, error.code, is_uncertain=is_uncertain, is_counted=is_counted)
                result.retried += 1
        else:
            # the port promises that it is not there; an attempt before this one may be
            self._put_back(item, error.code, is_uncertain=item.is_uncertain, is_counted=False)
            result.retried += 1
        self._note(error, result)

    def _note(self, error: TargetError, result: Round) -> None:
        """Write down how the target is doing, and end the round when it must rest."""
        name, pacing = self._setup.name, self._pacing
        result.reasons[error.code] += 1
        if isinstance(error, TargetThrottled):
            self._outbox.rest(name, error.code, int(max(error.retry_after_seconds, 0.0) * 1000))
            result.stopped_by = error.code
        elif error.code == CLOCK_SKEW:
            # it goes on by itself when the clock is right again
            self._outbox.rest(name, error.code, int(pacing.longest_rest_seconds * 1000))
            result.stopped_by = error.code
        elif isinstance(error, TargetUnauthorized):
            self._outbox.stop(name, error.code)
            result.stopped_by = error.code
        elif isinstance(error, TargetUnavailable | TargetUncertain):
            self._is_answer_news = True
            state = self._outbox.failed(
                name,
                error.code,
                threshold=pacing.failures_before_rest,
                rest=lambda failures: self._wait(
                    failures - pacing.failures_before_rest, pacing.first_rest_seconds, pacing.longest_rest_seconds
                ),
            )
            if state.rests_milliseconds > 0:
                result.stopped_by = error.code

    def _wait(self, failures: int, first: float, longest: float) -> int:
        """Return milliseconds: doubled each time up to the longest, then anywhere in its upper half (jitter)."""
        # 2 ** 20 first waits are more than any longest one
        doubled = min(first * 2 ** min(max(failures, 0), 20), longest)
        return int(doubled * 1000 * (0.5 + self._jitter() / 2))

    def _put_back(self, item: OutboxItem, code: str, *, is_uncertain: bool, is_counted: bool) -> None:
        wait = (
            self._wait(item.attempts, self._pacing.first_wait_seconds, self._pacing.longest_wait_seconds)
            if is_counted
            else 0
        )
        self._outbox.retry(item, code, is_uncertain=is_uncertain, wait_milliseconds=wait, is_counted=is_counted)

    def _set_aside(self, item: OutboxItem, code: str, result: Round, *, is_uncertain: bool) -> None:
        if self._outbox.quarantine(item, code, is_uncertain=is_uncertain):
            result.quarantined += 1
            result.reasons[code] += 1
