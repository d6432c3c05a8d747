"""A practice's access to its company at a vendor, and the mapping: which of the vendor's accounts each of ours is.

What does not belong here: what one vendor asks for (``gl.vendors``), and how a person is asked (the shell).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from orchestration.core.errors import ConfigurationError
from orchestration.gl import first_connection
from orchestration.gl.chart_map import quoted, read_chart_map, template
from orchestration.gl.vendors import registry
from orchestration.stores.outside import connection_store, open_outside, outside_map_file, outside_mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from orchestration.core.findings import Finding
    from orchestration.gl.vendors.description import Question
    from orchestration.gl.wire.connections import Connection
    from orchestration.gl.wire.oauth import Consent
    from orchestration.stores.practice import PracticeStores


class Access(NamedTuple):
    """How a practice gets access: where answers come from, and which company is meant.

    ``ask`` puts a question to a person, ``None`` where no person is there. ``browse`` returns the address the browser
    ends up at after a consent.
    """

    environment: Mapping[str, str]
    ask: Callable[[Question], str] | None
    browse: Callable[[Consent], str]
    redirect_uri: str
    tenant_id: str | None = None
    is_sandbox: bool = False
    may_replace: bool = False


class MappingFile(NamedTuple):
    """The mapping of a vendor: whether it was written now, and lines a person adds to one that was there before."""

    file: Path
    is_written: bool
    lines_to_add: tuple[str, ...] = ()


class NewConnection(NamedTuple):
    """The company a practice is connected to now, and how many of its accounts have a number."""

    tenant_id: str
    account_count: int
    mapping: MappingFile


class MappedAccounts(NamedTuple):
    """What is wrong with a mapping, of how many accounts, and what was added to it when that was asked for."""

    file: Path
    account_count: int
    findings: list[Finding]
    added: MappingFile | None


def connect(stores: PracticeStores, vendor: str, access: Access, *, by: str) -> NewConnection:
    """Connect a practice to its company at a vendor, prove it by a first call, and begin the mapping.

    Secrets are sealed with the practice's key. What stopped for want of this permission goes on. Raises
    ``ConfigurationError`` for an answer that is missing, and for another company than before unless it may be replaced.
    """
    answers = first_connection.answered(vendor, access.environment, access.ask)
    made = first_connection.connected(
        vendor,
        answers,
        first_connection.addresses(vendor, answers, is_sandbox=access.is_sandbox),
        access.browse,
        redirect_uri=access.redirect_uri,
        tenant_id=access.tenant_id,
        folder=stores.home.outside,
    )
    file = outside_map_file(stores.home, vendor)
    _require_same_company(vendor, made, file, may_replace=access.may_replace)
    connection_store(stores.home).write(made)
    _begin_mapping(file, made.tenant_id)
    # the first call proves the permission; only then is it called one
    known = open_outside(stores.home, vendor).numbered_accounts()
    mapping = _mapping_file(stores, vendor, made.tenant_id, known)
    stores.ledger.outbox(by).resume(vendor, by=by, reason="connected again")
    return NewConnection(made.tenant_id, len(known), mapping)


def check_accounts(stores: PracticeStores, vendor: str, *, is_written: bool) -> MappedAccounts:
    """Check which of the vendor's accounts each of ours is; ``is_written`` adds to the mapping first."""
    file = outside_map_file(stores.home, vendor)
    if is_written and not file.exists():
        is_connected = registry.REGISTERED[vendor].is_connected
        _begin_mapping(file, connection_store(stores.home).read(vendor).tenant_id if is_connected else "")
    target = open_outside(stores.home, vendor)
    added = None
    if is_written:
        tenant_id = outside_mapping(stores.home, vendor).tenant_id
        added = _mapping_file(stores, vendor, tenant_id, target.numbered_accounts())
    ours = {account.account_code: "" for account in stores.ledger.accounts()}
    findings = target.check_accounts({**ours, **outside_mapping(stores.home, vendor).accounts})
    return MappedAccounts(file, len(ours), findings, added)


def _begin_mapping(file: Path, tenant_id: str) -> None:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.write_text(f"tenant_id = {quoted(tenant_id)}\n", encoding="utf-8")


def _require_same_company(vendor: str, made: Connection, file: Path, *, may_replace: bool) -> None:
    if not file.exists():
        return
    before = read_chart_map(file, vendor, fields=None).tenant_id
    if before in {"", made.tenant_id}:
        return
    if not may_replace:
        message = f"the permission is for company {made.tenant_id}, but this practice posts to {before}"
        raise ConfigurationError(message, fix=f"medbooks gl connect {vendor} --replace")
    # the accounts of one company are not those of another
    file.rename(file.with_suffix(".toml.before"))


def _mapping_file(stores: PracticeStores, vendor: str, tenant_id: str, known: dict[str, str]) -> MappingFile:
    """Write the mapping with accounts of the same number, or say what to add to one that has accounts."""
    file = outside_map_file(stores.home, vendor)
    present = read_chart_map(file, vendor, fields=None)
    ours = stores.ledger.accounts()
    if not present.accounts:
        file.write_text(template(vendor, tenant_id, ours, known), encoding="utf-8")
        return MappingFile(file, is_written=True)
    missing = [account for account in ours if account.account_code not in present.accounts]
    return MappingFile(
        file,
        is_written=False,
        lines_to_add=tuple(
            f"{quoted(account.account_code)} = {quoted(known.get(account.account_code, ''))}  # {account.account_name}"
            for account in missing
        ),
    )
