"""Opens a practice's target at a vendor: from its mapping and its sealed connection to something that posts.

What does not belong here: where a practice keeps its files, and anything one vendor alone knows (``vendors``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.gl.chart_map import ChartMap, read_chart_map
from orchestration.gl.vendors.description import Opening
from orchestration.gl.vendors.registry import vendor_named
from orchestration.gl.wire.calling import TIMEOUT_SECONDS
from orchestration.gl.wire.connections import ConnectionStore
from orchestration.gl.wire.timing import Timing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from orchestration.gl.vendors.description import VendorTarget
    from orchestration.gl.wire.pacing import TokenBucket


def map_file(folder: Path, vendor: str) -> Path:
    """Return where a practice keeps its mapping for a vendor, below its folder for outside ledgers."""
    return folder / f"{vendor}.toml"


def mapping_of(name: str, folder: Path) -> ChartMap:
    """Return a practice's mapping for a vendor; raises ``ConfigurationError`` as ``read_chart_map`` does."""
    return read_chart_map(map_file(folder, name), name, fields=vendor_named(name).dimension_fields)


def open_target(
    name: str,
    folder: Path,
    key: bytes,
    *,
    timing: Timing | None = None,
    buckets: Sequence[TokenBucket] | None = None,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> VendorTarget:
    """Return the practice's target at a vendor, ready to post; nothing is sent until it is asked to.

    ``folder`` holds the mapping (``NAME.toml``), the sealed connection and the pace. ``buckets`` replaces the vendor's
    limits for a tenant that has others. Raises ``ConfigurationError`` for a mapping or connection that is missing or
    cannot be used, and ``SealError`` for one that does not open.
    """
    chart_map = mapping_of(name, folder)
    vendor = vendor_named(name)
    return vendor.open_target(
        Opening(
            vendor,
            chart_map,
            folder,
            ConnectionStore(folder / "connections", key),
            timing or Timing(),
            vendor.limits.buckets if buckets is None else buckets,
            timeout_seconds,
        )
    )
