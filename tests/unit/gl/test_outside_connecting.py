"""Getting and keeping a practice's permission: consent, codes, rotating tokens, sealed files."""

from __future__ import annotations

import dataclasses
import os
import threading
import urllib.request
from urllib.parse import parse_qs, urlsplit

import pytest
from support.fakes.harness import KEY, FastClock, connect, connection, journal, private_key, running
from support.fakes.server import Faults

from orchestration.core.errors import ConfigurationError, SealError
from orchestration.gl import first_connection
from orchestration.gl.opening import open_target
from orchestration.gl.port import TargetUnauthorized, TargetUnavailable
from orchestration.gl.vendors.description import Addresses
from orchestration.gl.vendors.registry import vendor_named
from orchestration.gl.wire.connections import Connection, ConnectionStore
from orchestration.gl.wire.redirect_listener import Listener

CLIENT = {"client_id": "client", "client_secret": "secret"}
REDIRECT = "http://localhost:8910/callback"


@pytest.fixture
def clock():
    return FastClock()


@pytest.fixture(params=["quickbooks", "xero"])
def fake(request, clock):
    with running(request.param, clock=clock.now) as started:
        yield started


def consented(fake, folder, clock, *, answer=None, tenant_id=None, **changes):
    """Go through consent as a person at a browser would."""
    at = Addresses("https://vendor.example/authorize", f"{fake.url}{fake.login_paths[0]}", fake.url)

    def browse(asked):
        query = {name: values[0] for name, values in parse_qs(urlsplit(asked.url).query).items()}
        fake.codes["the-code"] = query["code_challenge"]
        realm = f"&realmId={fake.realm}" if fake.name == "quickbooks" else ""
        return answer or f"{REDIRECT}?code=the-code&state={query['state']}{realm}"

    return first_connection.connected(
        fake.name,
        CLIENT | changes,
        at,
        browse,
        redirect_uri=REDIRECT,
        tenant_id=tenant_id,
        folder=folder,
        timing=clock.timing,
    )


# -- consent ----------------------------------------------------------------------------------------------------------


def test_consent_gives_a_connection_that_posts(fake, tmp_path, clock):
    connect(fake, tmp_path)
    made = consented(fake, tmp_path, clock)
    ConnectionStore(tmp_path / "connections", KEY).write(made)
    open_target(fake.name, tmp_path, KEY, timing=clock.timing).post(journal(fake.name, 1))
    assert fake.committed == 1


def test_an_answer_to_another_question_is_not_used(fake, tmp_path, clock):
    with pytest.raises(TargetUnauthorized) as stopped:
        consented(fake, tmp_path, clock, answer=f"{REDIRECT}?code=the-code&state=somebody-elses")
    assert stopped.value.code == "state_mismatch"
    assert fake.counts["token_calls"] == 0


def test_a_person_who_says_no_is_heard(fake, tmp_path, clock):
    with pytest.raises(TargetUnauthorized) as stopped:
        consented(fake, tmp_path, clock, answer=f"{REDIRECT}?error=access_denied")
    assert stopped.value.code == "no_consent"


def test_a_wrong_client_secret_is_not_accepted(fake, tmp_path, clock):
    with pytest.raises(TargetUnauthorized):
        consented(fake, tmp_path, clock, client_secret="wrong")  # noqa: S106  # a stand-in has nothing to protect


def test_consent_for_another_company_than_asked_for_is_the_wrong_tenant(fake, tmp_path, clock):
    with pytest.raises(TargetUnauthorized) as stopped:
        consented(fake, tmp_path, clock, tenant_id="another")
    assert stopped.value.code == "wrong_tenant"


def test_the_browsers_answer_is_heard_on_loopback():
    listener = Listener("http://localhost:18910/callback", instead="paste it")
    heard = []
    waiting = threading.Thread(target=lambda: heard.append(listener.wait(10)))
    waiting.start()
    with urllib.request.urlopen("http://127.0.0.1:18910/callback?code=c&state=s") as answer:  # loopback
        assert b"close this window" in answer.read()
    waiting.join()
    assert heard == ["/callback?code=c&state=s"]


def test_a_browser_that_never_comes_back_is_not_waited_for_for_ever():
    with pytest.raises(TimeoutError):
        Listener("http://localhost:18911/callback", instead="paste it").wait(0.05)


def test_only_this_computer_can_be_listened_at():
    with pytest.raises(ConfigurationError) as refused:
        Listener("https://books.example/callback", instead="paste it")
    assert refused.value.fix == "paste it"


# -- answers ----------------------------------------------------------------------------------------------------------


def test_secrets_come_from_the_environment_or_a_private_file(tmp_path):
    file = tmp_path / "secret"
    file.write_text("from a file\n", encoding="utf-8")
    file.chmod(0o600)
    environment = {"MEDBOOKS_XERO_CLIENT_ID": "id", "MEDBOOKS_XERO_CLIENT_SECRET_FILE": str(file)}
    assert first_connection.answered("xero", environment, None) == {"client_id": "id", "client_secret": "from a file"}


def test_a_secret_others_can_read_is_refused(tmp_path):
    file = tmp_path / "secret"
    file.write_text("open", encoding="utf-8")
    file.chmod(0o644)
    environment = {"MEDBOOKS_XERO_CLIENT_ID": "id", "MEDBOOKS_XERO_CLIENT_SECRET_FILE": str(file)}
    with pytest.raises(ConfigurationError) as refused:
        first_connection.answered("xero", environment, None)
    assert refused.value.fix == f"chmod 600 {file}"


def test_a_missing_answer_names_the_variable_that_gives_it():
    with pytest.raises(ConfigurationError) as missing:
        first_connection.answered("netsuite", {}, None)
    assert missing.value.fix == "MEDBOOKS_NETSUITE_ACCOUNT_ID=... medbooks gl connect netsuite"


def test_a_short_key_is_refused_before_netsuite_does():
    from cryptography.hazmat.primitives import serialization

    pem = private_key().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    answers = {"account_id": "1_SB1", "client_id": "c", "certificate_id": "k", "private_key": pem.decode()}
    at = first_connection.addresses("netsuite", answers, is_sandbox=False)
    assert at.api_url == "https://1-sb1.suitetalk.api.netsuite.com"
    with pytest.raises(ConfigurationError, match="3072"):
        vendor_named("netsuite").access.connection(answers, at)


# -- rotating tokens --------------------------------------------------------------------------------------------------


def stored(folder, name):
    return ConnectionStore(folder / "connections", KEY).read(name)


def test_a_new_refresh_token_is_on_disk_before_the_new_access_token_is_used(fake, tmp_path, clock):
    connect(fake, tmp_path)
    target = open_target(fake.name, tmp_path, KEY, timing=clock.timing)
    clock.sleep(fake.token_seconds)
    seen = []
    handle = fake.handle

    def watched(request):
        if request.path not in fake.login_paths:
            token = request.headers["authorization"].removeprefix("Bearer ")
            seen.append(stored(tmp_path, fake.name).access_token == token)
        return handle(request)

    fake.handle = watched
    target.post(journal(fake.name, 1))
    assert seen == [True]
    assert stored(tmp_path, fake.name).refresh_token == fake.refresh


def test_two_posters_do_not_use_one_refresh_token_twice(fake, tmp_path, clock):
    fake.refresh_grace_seconds = 0
    connect(fake, tmp_path)
    targets = [open_target(fake.name, tmp_path, KEY, timing=clock.timing) for _ in range(3)]
    clock.sleep(fake.token_seconds)
    workers = [
        threading.Thread(target=target.post, args=(journal(fake.name, number),))
        for number, target in enumerate(targets)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (fake.committed, fake.counts["token_calls"]) == (3, 1)


def test_a_lost_answer_of_the_login_does_not_lose_the_permission(fake, tmp_path, clock):
    connect(fake, tmp_path)
    target = open_target(fake.name, tmp_path, KEY, timing=clock.timing)
    clock.sleep(fake.token_seconds)
    fake.faults = Faults(script=["drop_after_commit"], on_login=True)
    with pytest.raises(TargetUnavailable):
        target.post(journal(fake.name, 1))
    # the vendor has moved on to a token we never saw; the one before it is still good for a while
    target.post(journal(fake.name, 1))
    assert (fake.committed, fake.duplicates) == (1, 0)


def test_a_permission_that_was_not_used_for_too_long_says_how_to_get_a_new_one(fake, tmp_path, clock):
    connect(fake, tmp_path)
    fake.refresh, fake.replaced_refresh = None, {}
    clock.sleep(fake.token_seconds)
    with pytest.raises(TargetUnauthorized) as stopped:
        open_target(fake.name, tmp_path, KEY, timing=clock.timing).post(journal(fake.name, 1))
    assert stopped.value.fix == f"medbooks gl connect {fake.name}"


# -- sealed files -----------------------------------------------------------------------------------------------------


def test_no_secret_is_readable_on_disk_or_in_a_repr(fake, tmp_path):
    planted = {"client_secret": "planted-secret", "refresh_token": "planted-token"}
    made = dataclasses.replace(connection(fake), **planted)
    store = ConnectionStore(tmp_path / "connections", KEY)
    store.write(made)
    written = b"".join(file.read_bytes() for file in (tmp_path / "connections").iterdir())
    assert b"planted" not in written
    assert "planted" not in repr(made)
    assert store.read(fake.name) == made


def test_the_files_are_for_their_owner_alone(tmp_path):
    store = ConnectionStore(tmp_path / "connections", KEY)
    store.write(Connection("xero", "t", "c"))
    assert (tmp_path / "connections").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "connections" / "xero.sealed").stat().st_mode & 0o777 == 0o600


def test_another_key_and_a_changed_byte_do_not_open(tmp_path):
    store = ConnectionStore(tmp_path, KEY)
    store.write(Connection("xero", "t", "c"))
    with pytest.raises(SealError):
        ConnectionStore(tmp_path, b"x" * 32).read("xero")
    file = tmp_path / "xero.sealed"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(SealError):
        store.read("xero")


def test_a_write_that_fails_half_way_leaves_the_token_before(tmp_path, monkeypatch):
    store = ConnectionStore(tmp_path, KEY)
    before = Connection("xero", "t", "c", "s", "access-1")
    store.write(before)

    def no_space(_descriptor):
        raise OSError(28, "no space")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(OSError, match="no space"):
        store.write(Connection("xero", "t", "c", "s", "access-2"))
    assert store.read("xero") == before
