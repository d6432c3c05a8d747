"""One call to a vendor: in turn, with permission, and a different error for every way it can go wrong.

The question that matters is whether a journal may have been created. Before the request left: surely not. After it
left without a readable answer: it may have been. No text of an answer goes into an error, only codes of the vendor's.
What does not belong here: what a vendor's 400 means, and when a post is made again or a vendor rests (``poster.py``).
"""

from __future__ import annotations

import datetime as dt
import functools
import re
import weakref
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

import httpx

from orchestration.core.errors import ConfigurationError
from orchestration.core.exact_json import read_answer
from orchestration.gl.port import TargetThrottled, TargetUnauthorized, TargetUnavailable, TargetUncertain
from orchestration.gl.wire.pacing import NoRoomError
from orchestration.gl.wire.timing import Timing

if TYPE_CHECKING:
    import ssl

    from orchestration.gl.wire.pacing import Pace

TIMEOUT_SECONDS = 30.0
"""How long a client waits for an answer: shorter than a poster's lease, or two would work on one entry."""
READ_TRIES = 8
_FIRST_BACKOFF_SECONDS = 0.5
_LONGEST_BACKOFF_SECONDS = 30.0
_LONGEST_READ_SECONDS = 30.0
_LONGEST_TURN_SECONDS = 20.0
_THROTTLED_WITHOUT_A_WORD_SECONDS = 60.0
_SKEW_SECONDS = 300.0
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,40}")


class Permission(Protocol):
    """What opens the vendor's door."""

    def headers(self) -> dict[str, str]:
        """Return the headers a call carries; may call the vendor for a new token.

        Raises ``TargetUnauthorized``, ``TargetUnavailable`` or ``TargetThrottled``.
        """
        ...

    def renew(self) -> None:
        """Get a new token because the one of ``headers`` was not accepted; raises like ``headers``."""
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """One request. ``creates`` when a journal may come of it; ``items`` is what a bucket that counts items counts."""

    method: str
    url: str
    params: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b""
    creates: bool = False
    items: int = 1


class Caller:
    """Makes the calls of one tenant. ``vendor`` is the name in commands, ``title`` the name in sentences."""

    def __init__(
        self,
        vendor: str,
        title: str,
        *,
        pace: Pace,
        permission: Permission | None,
        timing: Timing | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self.vendor = vendor
        self.title = title
        self.timing = timing or Timing()
        self._pace = pace
        self._permission = permission
        self._timeout_seconds = timeout_seconds
        self._clients: dict[bool, httpx.Client] = {}
        # connections are kept open between calls and closed with their target, also when it is only forgotten
        weakref.finalize(self, _close, self._clients)

    def read(self, call: Call) -> httpx.Response:
        """Make a call that changes nothing, up to eight times within half a minute, with jittered waits between.

        Raises the last failure: ``TargetUnavailable``, ``TargetUnauthorized`` or ``TargetThrottled``.
        """
        until = self.timing.now() + _LONGEST_READ_SECONDS
        for attempt in range(1, READ_TRIES):
            try:
                return self.once(call)
            except TargetUnavailable:
                wait = backoff_seconds(attempt, self.timing.chance())
                if self.timing.now() + wait > until:
                    raise
                self.timing.sleep(wait)
        return self.once(call)

    def once(self, call: Call) -> httpx.Response:
        """Make a call once, and once more with a new token when the first is not accepted.

        Returns any answer below 500 that is not about permission or pace. Raises ``TargetUnavailable`` (it did not
        leave, or it creates nothing), ``TargetUncertain`` (it may have created something), ``TargetUnauthorized``,
        ``TargetThrottled``.
        """
        response = self._answer(call)
        if response.status_code == HTTPStatus.UNAUTHORIZED and self._permission is not None:
            self._permission.renew()
            response = self._answer(call)
        self._judge(call, response)
        return response

    def _answer(self, call: Call) -> httpx.Response:
        headers = {**call.headers, **(self._permission.headers() if self._permission else {})}
        url = httpx.URL(call.url, params=call.params) if call.params else httpx.URL(call.url)
        try:
            with self._pace.turn(items=call.items, longest_wait_seconds=_LONGEST_TURN_SECONDS):
                return self._client(url).request(call.method, url, headers=headers, content=call.content or None)
        except NoRoomError as full:
            message = f"the allowance of {self.title} is used up for now, so this request was not sent"
            raise TargetThrottled(
                code="own_pace", message=message, retry_after_seconds=full.wait_seconds, fix="medbooks gl post"
            ) from None
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
            raise self._unreachable(type(error).__name__) from None
        except httpx.TransportError as error:
            raise self._lost(call, type(error).__name__) from None
        except httpx.DecodingError:
            raise self.unreadable(call) from None

    def _judge(self, call: Call, response: httpx.Response) -> None:
        status = response.status_code
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            raise self.throttled(response)
        if status == HTTPStatus.UNAUTHORIZED:
            raise self.unauthorized(response)
        if status == HTTPStatus.FORBIDDEN:
            raise self.wrong_tenant()
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise self._lost(call, f"HTTP {status}")
        if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            # a login page in front of the vendor, or an address that moved: never followed with our token
            raise self._lost(call, f"HTTP {status}")

    def decoded(self, call: Call, response: httpx.Response) -> dict[str, Any]:
        """Return the JSON object of an answer, its numbers exact; raises as ``unreadable`` says for anything else."""
        try:
            answer = read_answer(response.content)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise self.unreadable(call)
        return answer

    def throttled(self, response: httpx.Response) -> TargetThrottled:
        """Return the error of a 429, and hold every process of this practice back as long as the vendor asks."""
        seconds = self._retry_after(response)
        self._pace.hold_until(self.timing.now() + seconds)
        message = f"{self.title} asks for {seconds:.0f} s of rest after too many requests; this one posted nothing"
        return TargetThrottled(
            code="too_many_requests", message=message, retry_after_seconds=seconds, fix="medbooks gl post"
        )

    def unauthorized(self, response: httpx.Response) -> TargetUnauthorized:
        """Return the error of a login that a new token did not help: revoked, or a clock that is wrong."""
        skew = self._skew_seconds(response)
        if abs(skew) > _SKEW_SECONDS:
            message = (
                f"{self.title} rejects the login, and this computer's clock is {abs(skew) / 60:.0f} minutes "
                f"{'ahead of' if skew > 0 else 'behind'} its: tokens are judged by time"
            )
            return TargetUnauthorized(code="clock_skew", message=message, fix="timedatectl set-ntp true")
        message = f"{self.title} no longer accepts this practice's permission, so nothing is posted there"
        return TargetUnauthorized(code="access_revoked", message=message, fix=f"medbooks gl connect {self.vendor}")

    def wrong_tenant(self) -> TargetUnauthorized:
        """Return the error of a good login that may not use this company."""
        message = f"{self.title} knows this login, but it may not post to the company the practice is set up for"
        return TargetUnauthorized(code="wrong_tenant", message=message, fix=f"medbooks gl connect {self.vendor}")

    def unreadable(self, call: Call) -> TargetUncertain | TargetUnavailable:
        """Return the error of an answer that makes no sense; for a create it does not say what was done."""
        return self._lost(call, "unreadable answer")

    def _unreachable(self, what: str) -> TargetUnavailable:
        message = f"{self.title} cannot be reached ({what}), so nothing was posted; everything waits in the outbox"
        return TargetUnavailable(code="unreachable", message=message, fix="medbooks gl post")

    def _lost(self, call: Call, what: str) -> TargetUncertain | TargetUnavailable:
        if not call.creates:
            message = f"{self.title} gave no usable answer ({what})"
            return TargetUnavailable(code="no_answer", message=message, fix="medbooks gl post")
        message = (
            f"{self.title} gave no usable answer ({what}), so the entry is looked up there before it is sent again"
        )
        return TargetUncertain(code="no_answer", message=message, fix="medbooks gl post")

    def _retry_after(self, response: httpx.Response) -> float:
        # RFC 9110, 10.2.3: seconds or a date
        text = response.headers.get("Retry-After", "").strip()
        if text.isdigit():
            return float(text)
        moment = _http_date(text)
        if moment is None:
            return _THROTTLED_WITHOUT_A_WORD_SECONDS
        return max(0.0, moment - self.timing.now())

    def _skew_seconds(self, response: httpx.Response) -> float:
        moment = _http_date(response.headers.get("Date", ""))
        return 0.0 if moment is None else self.timing.now() - moment

    def _client(self, url: httpx.URL) -> httpx.Client:
        loopback = url.host in _LOOPBACK
        if url.scheme != "https" and not loopback:
            message = f"the address of {self.title} is not https, so tokens would travel in the open"
            raise ConfigurationError(message, fix=f"medbooks gl connect {self.vendor}")
        if loopback not in self._clients:
            # a proxy of the environment has no business between us and this computer
            self._clients[loopback] = httpx.Client(
                timeout=self._timeout_seconds, follow_redirects=False, trust_env=not loopback, verify=_authorities()
            )
        return self._clients[loopback]


@functools.cache
def _authorities() -> ssl.SSLContext:
    """Return whom we believe about a vendor's name; reading the list takes longer than a call, so once a process."""
    return httpx.create_ssl_context()


def _close(clients: dict[bool, httpx.Client]) -> None:
    for client in clients.values():
        client.close()
    clients.clear()


def backoff_seconds(attempt: int, chance: float) -> float:
    """Return the wait before try ``attempt`` + 1: doubling up to 30 s, anywhere between half and whole of it."""
    whole = min(_LONGEST_BACKOFF_SECONDS, _FIRST_BACKOFF_SECONDS * 2.0 ** (attempt - 1))
    return whole * (0.5 + chance / 2)


def safe_code(value: object) -> str:
    """Return a vendor's error code for a message, or ``?`` for what does not look like one."""
    text = "" if value is None else str(value)
    return text if _CODE.fullmatch(text) else "?"


def _http_date(text: str) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp()
