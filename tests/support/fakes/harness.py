"""Starts a vendor's stand-in and sets a practice up to post to it: all that a test or a crash proof needs.

    fake = start_fake("xero", faults=Faults(rate=0.24, seed=7))
    connect(fake, folder)
    target = open_target("xero", folder, KEY, buckets=())      # in this process or in one that will be killed
    ...
    fake.committed, fake.duplicates, fake.references, fake.stop()

``folder`` is all a posting process needs; the stand-in lives in the process that started it.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import os
import time
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from support.fakes.intacct import PATH, FakeIntacct
from support.fakes.netsuite import FakeNetSuite
from support.fakes.quickbooks import FakeQuickBooks
from support.fakes.xero import FakeXero

from orchestration.gl.port import PostRequest, TargetLine
from orchestration.gl.wire.connections import Connection, ConnectionStore
from orchestration.gl.wire.timing import Timing

if TYPE_CHECKING:
    from support.fakes.server import Fake

KEY = b"k" * 32
NAMES = ("quickbooks", "xero", "intacct", "netsuite")
ACCOUNTS = {
    "quickbooks": {"1010": "35", "1200": "84", "4000-01": "79", "4900": "80"},
    "xero": {code: code for code in ("1010", "1200", "4000-01", "4900")},
    "intacct": {code: code for code in ("1010", "1200", "4000-01", "4900")},
    "netsuite": {"1010": "201", "1200": "202", "4000-01": "203", "4900": "204"},
}
DIMENSIONS = {
    "quickbooks": ("ClassRef", "100", "101"),
    "xero": ("Payer", "Medicare", "Commercial"),
    "intacct": ("CLASSID", "MCR", "COM"),
    "netsuite": ("class", "11", "12"),
}
_FAKES = {fake.name: fake for fake in (FakeQuickBooks, FakeXero, FakeIntacct, FakeNetSuite)}


class FastClock:
    """A clock that only sleeping moves, and a hair with every look, so that a day passes at once."""

    def __init__(self, now=1_774_000_000.0):
        self.seconds = now
        self.slept = 0.0

    def now(self):
        self.seconds += 0.0005
        return self.seconds

    def sleep(self, seconds):
        self.seconds += seconds
        self.slept += seconds

    @property
    def timing(self):
        return Timing(self.now, self.sleep, lambda: 0.5)


@functools.cache
def private_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def start_fake(name, **options) -> Fake:
    """Return a running stand-in; options are those of ``fakes.server.Fake``."""
    if name == "netsuite":
        options["public_key"] = private_key().public_key()
    return _FAKES[name](**options).start()


@contextmanager
def running(name, **options):
    """Start a stand-in for the length of a block."""
    fake = start_fake(name, **options)
    try:
        yield fake
    finally:
        fake.stop()


def connection(fake) -> Connection:
    """Return the connection a practice would have after ``medbooks gl connect``."""
    if fake.name == "intacct":
        settings = {
            "api_url": f"{fake.url}{PATH}",
            "session_url": f"{fake.url}{PATH}",
            "user_id": "user",
            "user_password": fake.password,
        }
        return Connection("intacct", fake.company, "sender", "senderpass", settings=settings)
    settings = {"api_url": fake.url, "token_url": f"{fake.url}{fake.login_paths[0]}"}
    if fake.name == "netsuite":
        pem = private_key().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        settings |= {"private_key": pem.decode(), "certificate_id": "certificate-1"}
        return Connection("netsuite", fake.account_id, "client", settings=settings)
    access, refresh = fake.grant()
    tenant = fake.realm if fake.name == "quickbooks" else fake.tenant
    return Connection(
        fake.name,
        tenant,
        "client",
        "secret",
        access_token=access,
        access_expires_at=fake.clock() + fake.token_seconds,
        refresh_token=refresh,
        settings=settings,
    )


def mapping_text(name, tenant_id) -> str:
    """Return a mapping file with every account of the stand-in and the payer class as a dimension."""
    field, medicare, commercial = DIMENSIONS[name]
    lines = [f'tenant_id = "{tenant_id}"', "[accounts]"]
    lines += [f"{json.dumps(ours)} = {json.dumps(theirs)}" for ours, theirs in ACCOUNTS[name].items()]
    lines += ["[dimensions.payer_class]", f'field = "{field}"', "[dimensions.payer_class.values]"]
    lines += [f'medicare = "{medicare}"', f'commercial = "{commercial}"']
    return "\n".join(lines)


def connect(fake, folder) -> None:
    """Set a practice's folder up: sealed connection and mapping, as ``open_target`` wants them."""
    made = connection(fake)
    folder.mkdir(parents=True, exist_ok=True)
    ConnectionStore(folder / "connections", KEY).write(made)
    (folder / f"{fake.name}.toml").write_text(mapping_text(fake.name, made.tenant_id), encoding="utf-8")


def journal(name, number, *, payer_class="medicare", cents=None) -> PostRequest:
    """Return a balanced request of three lines; the number makes reference, date and amounts."""
    amount = Decimal(cents if cents is not None else 10_000 + number * 37).scaleb(-2)
    part = Decimal(int(amount * 100) // 3).scaleb(-2)
    accounts = ACCOUNTS[name]

    def line(code, debit, credit):
        return TargetLine(accounts[code], code, debit, credit, "loc-1", "1234567893", payer_class)

    zero = Decimal("0.00")
    return PostRequest(
        reference=f"MB-{number:018d}",
        entry_date=dt.date(2026, 1, 1) + dt.timedelta(days=number % 90),
        memo=f"era835 AI-20260401-{number}",
        entity_id="main",
        lines=(
            line("1010", amount - part, zero),
            line("4900", part, zero),
            line("1200", zero, amount),
        ),
    )


def start_fake_process(name, folder, *, token_seconds=None, **options):
    """Start a stand-in in a process of its own, connect ``folder`` to it, and return its process id and address.

    ``token_seconds`` is how long its tokens last, if not as long as the vendor's.
    For proofs that fork and kill: the caller must have no threads yet, and kills the process when it is done.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        with os.fdopen(reading) as told:
            return child, told.read()
    os.close(reading)
    try:
        fake = start_fake(name, **options)
        fake.token_seconds = token_seconds or fake.token_seconds
        connect(fake, folder)
        with os.fdopen(writing, "w") as told:
            told.write(fake.url)
        while True:
            time.sleep(3600)
    finally:
        os._exit(1)
