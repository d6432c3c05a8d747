"""However often posters are killed, and whatever a vendor answers: 0 lost, 0 duplicated, totals exact, at each of them.

The vendors' stand-ins behind their real clients, and the import files for every other program. The long proof is
``pytest -m slow tests/unit/gl/test_crashing_vendors.py -s``; it prints its figures. ``-k xero`` runs one of them.
"""

from __future__ import annotations

import sys

import pytest
from support.fakes.harness import NAMES

from orchestration.core.failpoints import FAILPOINTS
from orchestration.gl.vendors import import_files

pytestmark = pytest.mark.crash

SYSTEMS = (*NAMES, import_files.NAME)
# where it matters which system it is; the other places are before a claim or after a receipt
_IN_A_CALL = (
    "outbox.after_claim_commit",
    "outbox.before_lookup",
    "outbox.after_lookup",
    "outbox.before_call",
    "outbox.after_call",
    "outbox.before_receipt_commit",
    "outbox.after_receipt_commit",
)


def own_places(system):
    """Return the places that only some systems have."""
    prefix = "import_file." if system == import_files.NAME else "permission."
    return {place for place in FAILPOINTS if place.startswith(prefix)}


def other_places(system):
    return {place for place in FAILPOINTS if place.startswith(("permission.", "import_file."))} - own_places(system)


@pytest.fixture(params=SYSTEMS)
def system(request):
    return request.param


def one_database(request, system, folder, *, on_postgresql):
    """Return the URL of SQLite or PostgreSQL: each system is on one for places and on the other for moments."""
    if (SYSTEMS.index(system) % 2 == 0) == on_postgresql:
        return request.getfixturevalue("postgres_server").new_database()
    return f"sqlite:///{folder}/ledger.sqlite"


def test_posters_killed_at_random_moments_lose_and_double_nothing(
    request, crash_proof, crash_folder, assert_exactly_once, system
):
    url = one_database(request, system, crash_folder, on_postgresql=False)
    outcome = crash_proof(system, url, crash_folder / "gl", "moments", 4)
    assert sum(outcome["killed"].values()) == 4
    assert_exactly_once(outcome)


def test_a_kill_at_every_place_around_a_call_loses_and_doubles_nothing(
    request, crash_proof, crash_folder, assert_exactly_once, system
):
    places = [*_IN_A_CALL, *sorted(own_places(system))]
    url = one_database(request, system, crash_folder, on_postgresql=True)
    outcome = crash_proof(system, url, crash_folder / "gl", "places", 1, places=places)
    assert outcome["killed"] == [f"{place}:1" for place in places]
    assert_exactly_once(outcome)


@pytest.mark.slow
def test_a_kill_at_every_named_place_loses_and_doubles_nothing(
    crash_proof, crash_ledger, crash_folder, assert_exactly_once, system
):
    outcome = crash_proof(system, crash_ledger, crash_folder / "gl", "places", 3, timeout=1_200)
    reached = {place.rpartition(":")[0] for place in outcome["killed"]}
    assert reached == set(FAILPOINTS) - other_places(system), outcome["not_reached"]
    sys.stdout.write(
        f"\n{system}, {crash_ledger.partition(':')[0]}: {len(outcome['killed'])} kills at {len(reached)} places, "
        f"{outcome['wanted']} entries: {outcome['lost']} lost, {outcome['duplicated']} doubled\n"
    )
    assert_exactly_once(outcome)


@pytest.mark.slow
def test_a_thousand_kills_lose_and_double_nothing(a_thousand_kills, system):
    a_thousand_kills(system, seed=11)
