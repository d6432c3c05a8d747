"""However often posters are killed, and whatever the outside system answers: 0 lost, 0 duplicated, totals exact.

The long proof is ``pytest -m slow tests/unit/gl/test_crashing_posters.py -s``; it prints its figures.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from orchestration.core.failpoints import FAILPOINTS

_HERE = Path(__file__).parent
FAULT_RATE = 0.24


def run(url, mode, number, seed=1, timeout=300):
    tests = _HERE.parents[1]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tests.parent), str(tests), str(_HERE)])}
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", str(_HERE / "crash_posters.py"), url, mode, str(number),
         str(seed)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_url(request, tmp_path):
    if request.param == "postgresql":
        yield request.getfixturevalue("postgres_server").new_database()
        return
    # what is killed are processes, never the machine: where there is memory for it, nobody waits for a disk
    memory = Path("/dev/shm")  # noqa: S108  # a folder of its own in it
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as folder:
        yield f"sqlite:///{folder}/ledger.sqlite"


def assert_exactly_once(outcome):
    assert (outcome["lost"], outcome["duplicated"], outcome["strangers"]) == (0, 0, 0), outcome
    assert outcome["entries"] == outcome["wanted"]
    assert sum(outcome["states"].values()) == outcome["wanted"]
    assert outcome["states"].keys() <= {"posted", "reconciled"}
    assert outcome["inside_amount"] == outcome["outside_amount"]
    assert outcome["findings"] == []


def test_posters_and_a_writer_killed_at_random_moments_lose_and_double_nothing(ledger_url):
    # even seeds: a system that drops no double by itself
    outcome = run(ledger_url, "moments", 20, seed=2)
    assert sum(outcome["killed"].values()) == 20
    assert_exactly_once(outcome)


def test_a_kill_at_every_named_place_loses_and_doubles_nothing(ledger_url):
    outcome = run(ledger_url, "places", 1)
    reached = {place.rpartition(":")[0] for place in outcome["killed"]}
    assert reached == set(FAILPOINTS), outcome["not_reached"]
    assert_exactly_once(outcome)


@pytest.mark.slow
def test_kills_at_later_visits_of_every_place_lose_and_double_nothing(ledger_url):
    outcome = run(ledger_url, "places", 4, timeout=1_200)
    assert len(outcome["killed"]) > 2 * len(FAILPOINTS)
    assert_exactly_once(outcome)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2], ids=["system_with_keys", "system_without_keys"])
def test_a_thousand_kills_lose_and_double_nothing(ledger_url, seed):
    outcome = run(ledger_url, "moments", 1_000, seed, timeout=3_000)
    killed = sum(outcome["killed"].values())
    share = outcome["faulty"] / outcome["requests"]
    # what this proof is run for: the figures of the README
    sys.stdout.write(
        f"\n{ledger_url.partition(':')[0]}: {killed} kills {outcome['killed']}, {outcome['wanted']} entries, "
        f"{outcome['requests']} requests, {share:.1%} faulty: {outcome['lost']} lost, {outcome['duplicated']} doubled\n"
    )
    assert killed == 1_000
    assert abs(share - FAULT_RATE) < 0.03
    assert_exactly_once(outcome)
