"""However often posters are killed, and whatever the outside ledger answers: 0 lost, 0 duplicated, totals exact.

The long proof is ``pytest -m slow tests/unit/gl/test_crashing_posters.py -s``; it prints its figures. The vendors'
own are in ``test_crashing_vendors.py``.
"""

from __future__ import annotations

import sys

import pytest

from orchestration.core.failpoints import FAILPOINTS

pytestmark = pytest.mark.crash

PLACES = {place for place in FAILPOINTS if place.startswith(("journal.", "approval.", "outbox."))}


def test_posters_and_a_writer_killed_at_random_moments_lose_and_double_nothing(
    crash_proof, crash_ledger, crash_folder, assert_exactly_once
):
    # a system that drops no double by itself
    outcome = crash_proof("loopback", crash_ledger, crash_folder / "gl", "moments", 8)
    assert sum(outcome["killed"].values()) == 8
    assert_exactly_once(outcome)


def test_a_kill_at_every_named_place_loses_and_doubles_nothing(
    crash_proof, crash_ledger, crash_folder, assert_exactly_once
):
    outcome = crash_proof("loopback", crash_ledger, crash_folder / "gl", "places", 1)
    reached = {place.rpartition(":")[0] for place in outcome["killed"]}
    assert reached == PLACES, outcome["not_reached"]
    assert_exactly_once(outcome)


@pytest.mark.slow
def test_kills_at_later_visits_of_every_place_lose_and_double_nothing(
    crash_proof, crash_ledger, crash_folder, assert_exactly_once
):
    outcome = crash_proof("loopback", crash_ledger, crash_folder / "gl", "places", 4, timeout=1_200)
    sys.stdout.write(
        f"\nloopback, {crash_ledger.partition(':')[0]}: {len(outcome['killed'])} kills at {len(PLACES)} places, "
        f"{outcome['wanted']} entries: {outcome['lost']} lost, {outcome['duplicated']} doubled\n"
    )
    assert len(outcome["killed"]) > 2 * len(PLACES)
    assert_exactly_once(outcome)


@pytest.mark.slow
@pytest.mark.parametrize("system", ["loopback_with_keys", "loopback"])
def test_a_thousand_kills_lose_and_double_nothing(a_thousand_kills, system):
    a_thousand_kills(system)
