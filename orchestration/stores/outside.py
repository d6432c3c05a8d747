"""A practice's outside general ledgers: where their mappings and sealed connections lie, and opening them.

What does not belong here: what is posted there and when (``gl``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.gl.opening import map_file, mapping_of, open_target
from orchestration.gl.vendors.registry import names
from orchestration.gl.wire.connections import ConnectionStore

if TYPE_CHECKING:
    from pathlib import Path

    from orchestration.gl.chart_map import ChartMap
    from orchestration.gl.vendors.description import VendorTarget
    from orchestration.stores.home import Home


def connection_store(home: Home) -> ConnectionStore:
    """Return the practice's sealed connections."""
    return ConnectionStore(home.outside / "connections", home.connections_key)


def outside_map_file(home: Home, vendor: str) -> Path:
    """Return the file in which the practice says which of a vendor's accounts each of ours is."""
    return map_file(home.outside, vendor)


def mapped_vendors(home: Home) -> list[str]:
    """Return the vendors the practice has a mapping for: those its entries go to."""
    return [name for name in names() if outside_map_file(home, name).exists()]


def outside_mapping(home: Home, vendor: str) -> ChartMap:
    """Return the practice's mapping for a target; raises ``ConfigurationError`` when it cannot be used."""
    return mapping_of(vendor, home.outside)


def open_outside(home: Home, vendor: str) -> VendorTarget:
    """Return a vendor's target for this practice; raises as ``open_target`` does."""
    return open_target(vendor, home.outside, home.connections_key)
