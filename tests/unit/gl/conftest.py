"""Posted entries without a ledger, crash proofs, and a practice at a vendor."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from support.book_examples import BOB, CHART
from support.fakes.harness import running
from support.posting import StandingClock
from support.programs import with_test_imports
from vendor_world import CHART as VENDOR_CHART
from vendor_world import World

from orchestration.accounting.accounts import read_chart
from orchestration.accounting.journal import entry_key
from orchestration.ledger.records import PostedEntry
from orchestration.ledger.store import Ledger


@pytest.fixture(scope="session")
def accounts():
    return read_chart(CHART)


@pytest.fixture(scope="session")
def as_posted():
    """Return a function that numbers entries as a ledger would."""

    def number(entries):
        return [
            PostedEntry(position, entry_key(one, "v1"), "AI-20261123-1", "v1", f"{one.entry_date:%Y-%m}", None, one)
            for position, one in enumerate(entries, start=1)
        ]

    return number


class CrashProof:
    """One interpreter that runs proofs of ``crash_posters.py``, one after another."""

    def __init__(self):
        here = Path(__file__).parent
        self._process = subprocess.Popen(
            [sys.executable, str(here / "crash_posters.py")],
            env=with_test_imports(here),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # its children are killed with it when a proof does not end
            start_new_session=True,
        )

    def __call__(self, system, url, folder, mode, number, *, seed=1, places=None, timeout=300):
        """Return the outcome of one proof; fails when it does not end in time (seconds)."""
        asked = {"system": system, "url": url, "folder": str(folder), "mode": mode, "number": number, "seed": seed}
        asked["places"] = places
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        assert select.select([self._process.stdout], [], [], timeout)[0], "the proof does not end"
        answer = json.loads(self._process.stdout.readline())
        assert "error" not in answer, answer["error"]
        return answer

    def stop(self):
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()


@pytest.fixture(scope="session")
def crash_proof():
    """Return a function that runs one crash proof and gives its outcome."""
    proof = CrashProof()
    yield proof
    proof.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def crash_ledger(request, crash_folder):
    """The URL of a database for a crash proof, of either kind."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres_server").new_database()
    return f"sqlite:///{crash_folder}/ledger.sqlite"


@pytest.fixture
def crash_folder(tmp_path):
    """A folder in memory: what is killed are processes, never the machine, so that nobody waits for a disk."""
    memory = Path("/dev/shm")  # noqa: S108  # a folder of its own in it
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def assert_exactly_once():
    """Return a function that asserts what every crash proof must end with."""

    def check(outcome):
        assert (outcome["lost"], outcome["duplicated"], outcome["strangers"]) == (0, 0, 0), outcome
        assert outcome["entries"] == outcome["wanted"]
        # every entry was pulled back and agrees line by line
        assert outcome["states"] == {"reconciled": outcome["wanted"]}
        assert outcome["differences"] == []
        assert outcome["inside_amount"] == outcome["outside_amount"]
        assert outcome["findings"] == []

    return check


@pytest.fixture
def a_thousand_kills(crash_proof, crash_ledger, crash_folder, assert_exactly_once):
    """Return a function that kills posters to one system a thousand times and prints the figures of the README."""

    def prove(system, *, seed=1):
        outcome = crash_proof(system, crash_ledger, crash_folder / "gl", "moments", 1_000, seed=seed, timeout=3_600)
        killed = sum(outcome["killed"].values())
        share = outcome["faulty"] / outcome["calls"]
        sys.stdout.write(
            f"\n{system}, {crash_ledger.partition(':')[0]}: {killed} kills {outcome['killed']}, {outcome['wanted']} "
            f"entries, {outcome['calls']} calls, {share:.1%} faulty: {outcome['lost']} lost, "
            f"{outcome['duplicated']} doubled\n"
        )
        assert killed == 1_000
        # of crash_posters.py
        assert abs(share - 0.24) < 0.03
        assert_exactly_once(outcome)

    return prove


@pytest.fixture(scope="session")
def empty_vendor_ledger(tmp_path_factory):
    path = tmp_path_factory.mktemp("vendors") / "empty.sqlite"
    books = Ledger(f"sqlite:///{path}")
    books.migrate()
    books.load_accounts(VENDOR_CHART)
    return path


@pytest.fixture
def world(request, crash_folder, empty_vendor_ledger):
    """A practice connected to the stand-in of the vendor that the test's parameter names."""
    with running(request.param, limits=()) as fake:
        clock = StandingClock()
        copy = shutil.copy(empty_vendor_ledger, crash_folder / "ledger.sqlite")
        yield World(request.param, fake, crash_folder, Ledger(f"sqlite:///{copy}", roster=BOB, clock=clock), clock)
