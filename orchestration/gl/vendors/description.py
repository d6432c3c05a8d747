"""What a vendor's module says about its vendor, and what a target is opened from.

What does not belong here: any one vendor, and the order of steps in which a practice is connected
(``first_connection.py``) or a target opened (``opening.py``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from orchestration.gl.port import Target
from orchestration.gl.wire.calling import TIMEOUT_SECONDS, Caller
from orchestration.gl.wire.pacing import Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from orchestration.gl.chart_map import ChartMap
    from orchestration.gl.wire.calling import Permission
    from orchestration.gl.wire.connections import Connection, ConnectionStore
    from orchestration.gl.wire.pacing import TokenBucket
    from orchestration.gl.wire.timing import Timing


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to know about the practice's access; ``name`` also makes its environment variable."""

    name: str
    words: str
    is_secret: bool = False
    is_file: bool = False
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a vendor is reached; a sandbox or a stand-in is somewhere else."""

    authorize_url: str = ""
    token_url: str = ""
    api_url: str = ""


class AddressesOf(Protocol):
    """Says where a vendor is reached."""

    def __call__(self, answers: Mapping[str, str], /, *, is_sandbox: bool) -> Addresses:
        """Return the addresses for the answers to the vendor's questions."""
        ...


@dataclass(frozen=True, slots=True)
class ConsentAccess:
    """Access that a person gives in a browser (OAuth 2.0, code grant).

    ``companies`` returns the ids of the companies a permission is for: it takes the new connection, the members of
    the address the browser came back to, and a caller without permission.
    """

    scope: str
    addresses: AddressesOf
    companies: Callable[[Connection, Mapping[str, str], Caller], list[str]]
    questions: tuple[Question, ...] = (
        Question("client_id", "client id of your app in the developer portal"),
        Question("client_secret", "its client secret", is_secret=True),
    )


@dataclass(frozen=True, slots=True)
class SecretAccess:
    """Access by secrets that the practice was given: no person is asked in a browser.

    ``connection`` makes the connection of the answers, and raises ``ConfigurationError`` for one that cannot be used.
    """

    questions: tuple[Question, ...]
    addresses: AddressesOf
    connection: Callable[[Mapping[str, str], Addresses], Connection]


class VendorTarget(Target, Protocol):
    """A target with an account list of its own, from which a first mapping can be made."""

    def numbered_accounts(self) -> dict[str, str]:
        """Return what the client posts to by account number."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """What a vendor allows each tenant: token buckets, and how many requests at once."""

    buckets: tuple[TokenBucket, ...] = ()
    places: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """What is the same for every tenant of a vendor.

    ``title`` is its name in sentences. ``dimension_fields`` are the fields a dimension may go to, ``None`` where the
    user names them. ``access`` is ``None`` for a vendor that a practice does not connect to. ``open_target`` makes a
    target that is ready to post; it sends nothing.
    """

    name: str
    title: str
    dimension_fields: frozenset[str] | None
    access: ConsentAccess | SecretAccess | None
    open_target: Callable[[Opening], VendorTarget]
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Opening:
    """What a target of one practice is opened from.

    ``folder`` is the practice's folder for outside ledgers. ``buckets`` are the limits of this tenant.
    """

    vendor: Vendor
    chart_map: ChartMap
    folder: Path
    store: ConnectionStore
    timing: Timing
    buckets: Sequence[TokenBucket]
    timeout_seconds: float

    @property
    def files(self) -> Path:
        """The folder of the vendor's own files, for a vendor that is posted to by files."""
        return self.folder / self.vendor.name

    def caller(self, permission: Permission | None) -> Caller:
        """Return what makes the tenant's calls, within its limits."""
        vendor = self.vendor
        pace = Pace(_pace_folder(vendor, self.folder), self.buckets, places=vendor.limits.places, timing=self.timing)
        return Caller(
            vendor.name,
            vendor.title,
            pace=pace,
            permission=permission,
            timing=self.timing,
            timeout_seconds=self.timeout_seconds,
        )

    def login_caller(self) -> Caller:
        """Return what asks for the tenant's tokens."""
        return login_caller(self.vendor, self.folder, self.timing, timeout_seconds=self.timeout_seconds)

    def api_url(self) -> str:
        """Return the address the practice was connected at; raises as ``ConnectionStore.read`` does."""
        return self.store.read(self.vendor.name).settings["api_url"]


def login_caller(vendor: Vendor, folder: Path, timing: Timing, *, timeout_seconds: float = TIMEOUT_SECONDS) -> Caller:
    """Return what asks for tokens, without permission: they come from another host, with limits of its own."""
    pace = Pace(_pace_folder(vendor, folder) / "login", (), places=1, timing=timing)
    return Caller(vendor.name, vendor.title, pace=pace, permission=None, timing=timing, timeout_seconds=timeout_seconds)


def _pace_folder(vendor: Vendor, folder: Path) -> Path:
    return folder / "pace" / vendor.name
