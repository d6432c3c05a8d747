"""Which system sends the charges of which provider: one for all, or several, as in a practice that is changing over.

Whatever the systems, every charge comes once. The front desk's own export keeps every payment of a patient, and every
charge that no other system sends. What does not belong here: how a system writes (``writers``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from orchestration.synthetic.world import Month, World

FRONT_DESK: Final = "generic_csv"
# provider by index → system; who has no other stays with the front desk's
_OTHER_SYSTEMS: Final = {1: "hl7", 2: "fhir", 3: "athena"}
# they were connected in the first month that began at most this many days before the practice's last
_CONNECTED_DAYS = 70
# and a copy of what the clearinghouse is sent and answers from then on
_CLAIMS_DAYS = 40
_CLAIMS: Final = ("837", "277ca")
# what a kind of file is called among the control totals, and whether it tells a charge entered by mistake twice
_SOURCES: Final = {"hl7": ("hl7", False), "fhir": ("fhir", False)}


def charge_systems(world: World, month: Month) -> dict[str, frozenset[int]]:
    """Return the providers of every system that sends charges of a month, by the feed's name."""
    everyone = range(len(world.providers))
    if not _is_connected(world, month, _CONNECTED_DAYS):
        return {FRONT_DESK: frozenset(everyone)}
    found: dict[str, frozenset[int]] = {}
    for provider in everyone:
        feed = _OTHER_SYSTEMS.get(provider, FRONT_DESK)
        found[feed] = found.get(feed, frozenset()) | {provider}
    return found


def claim_feeds(world: World, month: Month) -> tuple[str, ...]:
    """Return the feeds of claims and their acknowledgements that arrive in a month."""
    return _CLAIMS if _is_connected(world, month, _CLAIMS_DAYS) else ()


def _is_connected(world: World, month: Month, days: int) -> bool:
    return world.entity.is_changing_over and month.days.start >= world.days.count - days


def source_of(feed: str) -> tuple[str, bool]:
    """Return the source of a feed's charges in the control totals, and whether mistaken charges are in its sum."""
    return _SOURCES.get(feed, ("ehr", True))
