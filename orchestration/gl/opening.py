"""Outside general ledgers by name: from a practice's sealed connection and its mapping to a target that posts.

What does not belong here: where a practice keeps its files (resources), and any vendor's fields.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from orchestration.gl import import_files, intacct, netsuite, quickbooks, xero
from orchestration.gl.chart_map import ChartMap, read_chart_map
from orchestration.gl.port import Target
from orchestration.gl.wire.calling import TIMEOUT_SECONDS, Caller
from orchestration.gl.wire.connections import ConnectionStore
from orchestration.gl.wire.oauth import RotatingPermission, SignedPermission
from orchestration.gl.wire.pacing import Bucket, Pace
from orchestration.gl.wire.timing import Timing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from orchestration.gl.wire.permission import StoredPermission


class VendorTarget(Target, Protocol):
    """A target with an account list of its own, from which a first mapping can be made."""

    def numbered_accounts(self) -> dict[str, str]:
        """Return what the client posts to by account number."""
        ...


@dataclass(frozen=True, slots=True)
class Vendor:
    """What is the same for every tenant of a vendor: its names, its limits, and where a dimension may go."""

    name: str
    title: str
    buckets: tuple[Bucket, ...]
    places: int
    dimension_fields: frozenset[str] | None


VENDORS: dict[str, Vendor] = {
    vendor.name: vendor
    for vendor in (
        Vendor(quickbooks.NAME, quickbooks.TITLE, quickbooks.BUCKETS, quickbooks.PLACES, quickbooks.DIMENSION_FIELDS),
        # a tracking category has a name of the organisation's own
        Vendor(xero.NAME, xero.TITLE, xero.BUCKETS, xero.PLACES, None),
        Vendor(intacct.NAME, intacct.TITLE, intacct.BUCKETS, intacct.PLACES, intacct.DIMENSION_FIELDS),
        Vendor(netsuite.NAME, netsuite.TITLE, netsuite.BUCKETS, netsuite.PLACES, netsuite.DIMENSION_FIELDS),
    )
}


def map_file(folder: Path, vendor: str) -> Path:
    """Return where a practice keeps its mapping for a vendor, below its folder for outside ledgers."""
    return folder / f"{vendor}.toml"


def mapping_of(name: str, folder: Path) -> ChartMap:
    """Return a practice's mapping for a target; raises ``ConfigurationError`` as ``read_chart_map`` does."""
    fields = import_files.DIMENSION_FIELDS if name == import_files.NAME else VENDORS[name].dimension_fields
    return read_chart_map(map_file(folder, name), name, fields=fields)


def open_target(
    name: str,
    folder: Path,
    key: bytes,
    *,
    timing: Timing | None = None,
    buckets: Sequence[Bucket] | None = None,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> VendorTarget:
    """Return the target of one vendor, ready to post; nothing is sent until it is asked to.

    ``folder`` holds the mapping (``NAME.toml``), the sealed connection and the pace. ``buckets`` replaces the vendor's
    limits for a tenant that has others. Raises ``ConfigurationError`` for a mapping or connection that is missing or
    cannot be used, and ``SealError`` for one that does not open.
    """
    chart_map = mapping_of(name, folder)
    if name == import_files.NAME:
        return import_files.ImportFiles(folder / name, chart_map, timing=timing)
    vendor = VENDORS[name]
    return target_of(
        vendor,
        chart_map,
        ConnectionStore(folder / "connections", key),
        folder / "pace" / name,
        timing=timing or Timing(),
        buckets=vendor.buckets if buckets is None else buckets,
        timeout_seconds=timeout_seconds,
    )


def target_of(
    vendor: Vendor,
    chart_map: ChartMap,
    store: ConnectionStore,
    pace_folder: Path,
    *,
    timing: Timing,
    buckets: Sequence[Bucket],
    timeout_seconds: float,
) -> VendorTarget:
    """Return the target of a mapping and a connection."""
    pace = Pace(pace_folder, buckets, places=vendor.places, timing=timing)
    if vendor.name == intacct.NAME:
        caller = Caller(
            vendor.name, vendor.title, pace=pace, permission=None, timing=timing, timeout_seconds=timeout_seconds
        )
        session = intacct.Session(store, caller, tenant_id=chart_map.tenant_id)
        return intacct.Intacct(caller, session, chart_map)
    permission = _permission(vendor, chart_map, store, pace_folder, timing, timeout_seconds)
    caller = Caller(
        vendor.name, vendor.title, pace=pace, permission=permission, timing=timing, timeout_seconds=timeout_seconds
    )
    address = store.read(vendor.name).settings["api_url"]
    if vendor.name == quickbooks.NAME:
        return quickbooks.QuickBooks(caller, chart_map, api_url=address)
    if vendor.name == xero.NAME:
        return xero.Xero(caller, chart_map, api_url=address)
    return netsuite.NetSuite(caller, chart_map, api_url=address)


def _permission(
    vendor: Vendor,
    chart_map: ChartMap,
    store: ConnectionStore,
    pace_folder: Path,
    timing: Timing,
    timeout_seconds: float,
) -> StoredPermission:
    # tokens come from another host with limits of its own
    login_pace = Pace(pace_folder / "login", (), places=1, timing=timing)
    login = Caller(
        vendor.name, vendor.title, pace=login_pace, permission=None, timing=timing, timeout_seconds=timeout_seconds
    )
    kind = SignedPermission if vendor.name == netsuite.NAME else RotatingPermission
    return kind(store, login, tenant_id=chart_map.tenant_id)
