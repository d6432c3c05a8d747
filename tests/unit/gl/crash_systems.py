"""What the crash proofs post to, one class per kind of outside ledger, all with the same few methods.

``Loopback`` is a system of our own that can be without keys, ``Vendor`` a vendor's stand-in behind its real client,
``ImportFolder`` the files for every other program. What does not belong here: who is killed when, and what must hold
at the end (``crash_posters.py``).
"""

from __future__ import annotations

import datetime as dt
import http.client
import json
import os
import random
import signal
import time
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Protocol

from loopback_ledger import LoopbackTarget, start
from support.fakes.harness import ACCOUNTS, KEY, NAMES, mapping_text, start_fake_process
from support.fakes.server import FAULTS, STATE_PATH, Faults

from orchestration.gl.opening import mapping_of, open_target
from orchestration.gl.requests import TargetSetup
from orchestration.gl.wire.connections import ConnectionStore
from orchestration.gl.wire.timing import Timing

CODES = tuple(ACCOUNTS["xero"])
NEW_PAYER = "auto"
"""A payer class that has no place in a vendor's mapping until ``fix``."""

_FIRST, _LAST = dt.date(2000, 1, 1), dt.date(2100, 1, 1)
# a read waits between its tries; nobody is killed more often for waiting as long as a practice would
_IMPATIENT = Timing(sleep=lambda seconds: time.sleep(min(seconds, 0.02)))
# a token is replaced a minute before it ends, so this one is replaced every few seconds
_TOKEN_SECONDS = 63


class System(Protocol):
    """An outside ledger for the length of one proof. A share ``fault_rate`` of its calls goes wrong, drawn by seed."""

    setup: TargetSetup

    def open(self, *, is_patient=False):
        """Return a target as a posting process opens it, or one that waits long for an answer of many journals."""

    def enter_child(self):
        """Do what a process does first that will post and may be killed."""

    def spoil(self):
        """Let one of each go wrong: an answer lost, a call refused for now, an entry refused, a token that is old."""

    def fix(self):
        """Let everything go well from now on."""

    def references(self):
        """Return how often it holds each reference, told by itself and not by our client."""

    def calls(self):
        """Return how many calls were made, and how many of them went wrong."""

    def stop(self):
        """End it."""


def amounts_held(target):
    """Return the sum of the debits of everything a system holds, as pulled through the client."""
    return sum((line.debit_amount for entry in target.pull(_FIRST, _LAST) for line in entry.lines), Decimal("0.00"))


def start_system(name, folder, *, fault_rate, seed):
    """Return a running system; the caller must have no threads yet."""
    kind = Loopback if name.startswith("loopback") else Vendor if name in NAMES else ImportFolder
    return kind(name, folder, fault_rate=fault_rate, seed=seed)


class Loopback:
    def __init__(self, name, _folder, *, fault_rate, seed):
        # a system that drops no double by itself, or one that does
        self._server, self._port = start(fault_rate, seed, has_keys=name == "loopback_with_keys")
        self._target = LoopbackTarget(self._port)
        self._unknown = NEW_PAYER
        self.setup = TargetSetup("loopback", ("E1",), {code: f"out-{code}" for code in CODES})

    def open(self, *, is_patient=False):  # noqa: ARG002  # it answers at once
        return LoopbackTarget(self._port, unknown_payer_class=self._unknown)

    def enter_child(self):
        """Nothing is kept open here."""

    def spoil(self):
        self._target.set_faults("drop_after", "error_before")

    def fix(self):
        self._target.set_faults()
        self._unknown = None

    def references(self):
        return Counter(journal["reference"] for journal in self._target.state()["journals"])

    def calls(self):
        state = self._target.state()
        return state["requests"], state["faulty"]

    def stop(self):
        os.kill(self._server, signal.SIGKILL)
        os.waitpid(self._server, 0)


class Vendor:
    def __init__(self, name, folder, *, fault_rate, seed):
        # a killed client is what a slow answer is to the stand-in, so that one fault is left out
        kinds = tuple(kind for kind in FAULTS if kind != "slow")
        faults = Faults(rate=fault_rate, seed=seed, kinds=kinds, throttle_seconds=0)
        self._name, self._folder = name, folder
        # a vendor's limits are of requests a minute; this proof is about what happens between two of them
        self._server, address = start_fake_process(
            name, folder, faults=faults, limits=(), places=1_000, keep_payloads=False, token_seconds=_TOKEN_SECONDS
        )
        self._address = address.removeprefix("http://")
        self._store = ConnectionStore(folder / "connections", KEY)
        self._map_file = folder / f"{name}.toml"
        self._small_map = self._map_file.read_text(encoding="utf-8")
        self.setup = TargetSetup(name, ("E1",), mapping_of(name, folder).accounts)

    def open(self, *, is_patient=False):
        wait = 120.0 if is_patient else 1.2
        return open_target(self._name, self._folder, KEY, timing=_IMPATIENT, buckets=(), timeout_seconds=wait)

    def enter_child(self):
        """Its connections are opened by whoever posts."""

    def spoil(self):
        self._program("drop_after_commit", "unavailable")
        self._store.write(replace(self._store.read(self._name), access_expires_at=0.0))

    def fix(self):
        self._program()
        known = next(line for line in self._small_map.splitlines() if line.startswith("commercial = "))
        self._map_file.write_text(f"{self._small_map}\n{known.replace('commercial', NEW_PAYER)}", encoding="utf-8")

    def _program(self, *script):
        self._asked("POST", json.dumps({"script": script, "rate": 0.0}))

    def _state(self):
        return self._asked("GET")

    def _asked(self, method, body=None):
        connection = http.client.HTTPConnection(self._address)
        try:
            connection.request(method, STATE_PATH, body)
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def references(self):
        return Counter(self._state()["references"])

    def calls(self):
        counts = self._state()["counts"]
        return counts["calls"], sum(counts.get(f"fault_{kind}", 0) for kind in FAULTS)

    def stop(self):
        os.kill(self._server, signal.SIGKILL)
        os.waitpid(self._server, 0)


class ImportFolder:
    """Its calls are the writes a disk has to confirm: a share of them fails as on a full disk."""

    def __init__(self, name, folder, *, fault_rate, seed):
        self._name, self._folder = name, folder
        self._rate, self._seed, self._script = fault_rate, seed, []
        self._tally = folder / "tally"
        self._map_file = folder / f"{name}.toml"
        folder.mkdir()
        self._tally.touch()
        # the dimension of QuickBooks Desktop's files has another name than QuickBooks Online's
        text = mapping_text("quickbooks", "").replace("ClassRef", "CLASS")
        self._map_file.write_text(text, encoding="utf-8")
        self.setup = TargetSetup(name, ("E1",), mapping_of(name, folder).accounts)

    def open(self, *, is_patient=False):  # noqa: ARG002  # nobody is waited for
        return open_target(self._name, self._folder, KEY)

    def enter_child(self):
        confirmed, chance = os.fsync, random.Random(self._seed * os.getpid())  # noqa: S311  # faults, not secrets
        tally = os.open(self._tally, os.O_WRONLY | os.O_APPEND)

        def confirm(descriptor):
            is_faulty = self._script.pop(0) if self._script else chance.random() < self._rate
            os.write(tally, b"x" if is_faulty else b".")
            if is_faulty:
                raise OSError(28, "no space left on device")
            confirmed(descriptor)

        os.fsync = confirm

    def spoil(self):
        self._script = [True, False, True]

    def fix(self):
        self._rate = 0.0
        self._map_file.write_text(
            f'{self._map_file.read_text(encoding="utf-8")}\n{NEW_PAYER} = "102"', encoding="utf-8"
        )

    def references(self):
        """Count what another program would import: one row of every journal in every file."""
        rows = [
            line.split(",")
            for file in sorted((self._folder / self._name).glob("journal-*.csv"))
            for line in file.read_text(encoding="utf-8").splitlines()[1:]
        ]
        # a journal here has one line that is a debit
        return Counter(row[0] for row in rows if row[3] != "0.00")

    def calls(self):
        tally = self._tally.read_bytes()
        return len(tally), tally.count(b"x")

    def stop(self):
        """Files do not run."""
