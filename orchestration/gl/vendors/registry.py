"""The vendors by name, each with its module, which is imported when the vendor is asked for.

Adding a vendor is its module and one line here. What does not belong here: anything a vendor's own module can say.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from orchestration.core.errors import ConfigurationError

if TYPE_CHECKING:
    from orchestration.gl.vendors.description import Vendor


class Registration(NamedTuple):
    """Where a vendor's module is, and whether a practice has to connect to it before it can post there."""

    module: str
    is_connected: bool = True


REGISTERED: dict[str, Registration] = {
    # a practice that posts to several posts to them in this order
    "quickbooks": Registration("orchestration.gl.vendors.quickbooks"),
    "xero": Registration("orchestration.gl.vendors.xero"),
    "intacct": Registration("orchestration.gl.vendors.intacct"),
    "netsuite": Registration("orchestration.gl.vendors.netsuite"),
    "journal_file": Registration("orchestration.gl.vendors.import_files", is_connected=False),
}


def names() -> tuple[str, ...]:
    """Return the names of all vendors, in the order they are posted to."""
    return tuple(REGISTERED)


def names_to_connect() -> tuple[str, ...]:
    """Return the names of the vendors that a practice connects to."""
    return tuple(name for name, registered in REGISTERED.items() if registered.is_connected)


def vendor_named(name: str) -> Vendor:
    """Return the description of a vendor; raises ``ConfigurationError`` for a name that is not registered."""
    registered = REGISTERED.get(name)
    if registered is None:
        message = f"there is no vendor named {name}; there are {', '.join(REGISTERED)}"
        raise ConfigurationError(message, fix="medbooks gl connect --help")
    vendor: Vendor = import_module(registered.module).VENDOR
    return vendor
