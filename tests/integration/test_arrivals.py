"""Files arrive from real servers: OpenSSH, an S3 server and dovecot on loopback, and a Maildir."""

from __future__ import annotations

import gzip
import io
import os
import threading
import time
import tracemalloc
import zipfile
from email.message import EmailMessage
from typing import TYPE_CHECKING

import asyncssh
import boto3
import pytest
from support.arrival_servers import imap_server, sftp_server
from support.inboxes import fetched
from support.loopback import free_port

from orchestration.core.errors import ConfigurationError
from orchestration.operations.land import LandedCounts, land, register
from orchestration.stores.home import Home
from orchestration.stores.inboxes.configured import AllInboxes, remote_inboxes
from orchestration.stores.inboxes.folder import PIECE_BYTES, FolderInbox, InboxUnavailableError, StillArrivingError
from orchestration.stores.inboxes.mail import attachments_of
from orchestration.stores.practice import PracticeStores

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.arrival_servers import Imap, Ssh

LONG_AGO = 1_700_000_000
LARGE_BYTES = 32 << 20


@pytest.fixture
def stores(tmp_path: Path) -> PracticeStores:
    home = tmp_path / "home"
    home.mkdir()
    (home / "practice.toml").write_text("standstill_seconds = 0.5\n")
    return PracticeStores(Home.locate(home))


def inbox_of(stores: PracticeStores, environment: dict[str, str]):
    (inbox,) = remote_inboxes(stores.home, environment)
    return inbox


def names(inbox) -> list[str]:
    return sorted(arrival.file_name for arrival in inbox.look().arrivals)


def mail(*attachments: tuple[str, bytes], subject: str = "files") -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "a@example.org", "b@example.org"
    message.set_content("please book")
    for name, content in attachments:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def ignored(_: bytes) -> None:
    """Take a piece and forget it."""


# --- SFTP ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ssh(sshd: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ssh]:
    with sftp_server(sshd, tmp_path_factory.mktemp("ssh")) as server:
        yield server


@pytest.fixture
def outbox(ssh: Ssh) -> Iterator[Path]:
    """The server's folder, emptied afterwards."""
    yield ssh.folder
    for path in sorted(ssh.folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()


def sftp(ssh: Ssh, **more: str) -> dict[str, str]:
    return {
        "MEDBOOKS_SFTP_URL": f"sftp://{ssh.user}@127.0.0.1:{ssh.port}{ssh.folder}",
        "MEDBOOKS_SFTP_HOST_KEY": ssh.host_key,
        "MEDBOOKS_SFTP_KEY_FILE": str(ssh.key_file),
        **more,
    }


def put(path: Path, content: bytes = b"x", at: float = LONG_AGO) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (at, at))
    return path


def test_sftp_files_that_stand_still_land_once_and_stay_on_the_server(ssh, outbox, stores):
    put(outbox / "a.csv", b"one")
    put(outbox / "below" / "b.csv", b"two")
    put(outbox / "c.csv.part")
    put(outbox / ".hidden")
    (outbox / "link.csv").symlink_to(outbox / "a.csv")
    inbox = inbox_of(stores, sftp(ssh))
    assert land(stores, inbox) == LandedCounts(2, 0, 2)
    inbox.close()
    again = inbox_of(stores, sftp(ssh))
    assert land(stores, again) == LandedCounts(0, 0, 2)
    again.close()
    assert (outbox / "a.csv").read_bytes() == b"one"
    assert register(stores) == 2


def test_sftp_files_leave_the_server_after_they_landed_when_asked_to(ssh, outbox, stores):
    path = put(outbox / "a.csv", b"one")
    inbox = inbox_of(stores, sftp(ssh, MEDBOOKS_SFTP_AFTER="delete"))
    assert land(stores, inbox).landed == 1
    inbox.close()
    assert not path.exists()


def test_an_sftp_file_that_grows_between_two_looks_is_left_alone(ssh, outbox, stores):
    path = put(outbox / "growing.835", at=time.time())
    timer = threading.Timer(0.2, lambda: path.write_bytes(b"longer"))
    inbox = inbox_of(stores, sftp(ssh))
    inbox.peek(1)
    timer.start()
    look = inbox.look()
    timer.join()
    inbox.close()
    assert (look.arrivals, look.unfinished_count) == ((), 1)


def test_an_sftp_file_that_grows_after_the_look_is_not_landed_half(ssh, outbox, stores):
    path = put(outbox / "a.csv", b"one")
    inbox = inbox_of(stores, sftp(ssh))
    (arrival,) = inbox.look().arrivals
    path.write_bytes(b"one and more")
    with pytest.raises(StillArrivingError):
        arrival.fetch(ignored)
    inbox.close()


def test_an_sftp_file_that_is_written_over_is_not_deleted(ssh, outbox, stores):
    path = put(outbox / "a.csv", b"one")
    inbox = inbox_of(stores, sftp(ssh, MEDBOOKS_SFTP_AFTER="delete"))
    (arrival,) = inbox.look().arrivals
    assert fetched(arrival) == b"one"
    put(path, b"two", at=LONG_AGO + 60)
    with pytest.raises(StillArrivingError):
        arrival.fetch(ignored)
    arrival.remove()
    assert path.read_bytes() == b"two"
    path.unlink()
    arrival.remove()
    inbox.close()


def test_an_sftp_file_of_any_size_lands_in_bounded_memory(ssh, outbox, stores):
    path = put(outbox / "large.835", b"ISA*00*" + bytes(LARGE_BYTES))
    os.utime(path, (LONG_AGO, LONG_AGO))
    inbox = inbox_of(stores, sftp(ssh))
    inbox.peek(1)
    tracemalloc.start()
    counts = land(stores, inbox)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    inbox.close()
    assert counts.landed == 1
    assert peak < LARGE_BYTES // 4
    (identity,) = stores.landed.identities()
    assert len(stores.landed.get(identity).content) == 7 + LARGE_BYTES


def test_a_corrected_sftp_file_under_the_same_name_is_new(ssh, outbox, stores):
    put(outbox / "a.csv", b"one")
    inbox = inbox_of(stores, sftp(ssh))
    assert land(stores, inbox).landed == 1
    put(outbox / "a.csv", b"two", at=LONG_AGO + 60)
    assert land(stores, inbox).landed == 1
    inbox.close()


def test_a_server_with_another_host_key_is_told_nothing(ssh, outbox, stores):
    put(outbox / "a.csv")
    other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDsm4pHZSpm0AYwEf3mJ4ZmU2XvC8P4NOmdUM3TgNlB7"
    inbox = inbox_of(stores, sftp(ssh, MEDBOOKS_SFTP_HOST_KEY=other))
    with pytest.raises(ConfigurationError, match="another host key"):
        inbox.look()


def test_an_sftp_server_that_refuses_us_is_said_so_without_a_name(ssh, stores):
    inbox = inbox_of(stores, sftp(ssh) | {"MEDBOOKS_SFTP_URL": f"sftp://nobody-here@127.0.0.1:{ssh.port}/"})
    with pytest.raises(InboxUnavailableError) as caught:
        inbox.look()
    assert "nobody-here" not in str(caught.value)


def test_an_sftp_inbox_is_checked_for_what_taking_files_needs(ssh, outbox, stores):
    put(outbox / "a.csv")
    keeping = inbox_of(stores, sftp(ssh))
    assert keeping.check() == "1 files, which stay on the server"
    deleting = inbox_of(stores, sftp(ssh, MEDBOOKS_SFTP_AFTER="delete"))
    assert deleting.check() == "1 files, deleted from the server once they have landed"
    assert [path.name for path in outbox.iterdir()] == ["a.csv"]
    astray = inbox_of(stores, sftp(ssh) | {"MEDBOOKS_SFTP_URL": sftp(ssh)["MEDBOOKS_SFTP_URL"] + "/nowhere"})
    with pytest.raises(InboxUnavailableError, match="is not there") as caught:
        astray.check()
    assert "MEDBOOKS_SFTP_URL" in str(caught.value.fix)
    stranger = inbox_of(stores, sftp(ssh) | {"MEDBOOKS_SFTP_URL": f"sftp://nobody-here@127.0.0.1:{ssh.port}/"})
    with pytest.raises(InboxUnavailableError, match="does not accept") as refused:
        stranger.check()
    assert "nobody-here" not in f"{refused.value} {refused.value.fix}"
    for inbox in (keeping, deleting, astray, stranger):
        inbox.close()


# --- S3 --------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def s3_url() -> Iterator[str]:
    server_module = pytest.importorskip("moto.server", reason="moto is not installed: uv sync --all-extras")
    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator:
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "for-a-test"),
        ("AWS_SECRET_ACCESS_KEY", "for-a-test"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
    ):
        monkeypatch.setenv(name, value)
    client = boto3.client("s3", endpoint_url=s3_url)
    client.create_bucket(Bucket="practice")
    yield client
    for page in client.get_paginator("list_objects_v2").paginate(Bucket="practice"):
        if keys := [{"Key": entry["Key"]} for entry in page.get("Contents", ())]:
            client.delete_objects(Bucket="practice", Delete={"Objects": keys})
    client.delete_bucket(Bucket="practice")
    client.close()


def s3(url: str, **more: str) -> dict[str, str]:
    return {"MEDBOOKS_S3_URL": "s3://practice/drop/", "MEDBOOKS_S3_ENDPOINT_URL": url, **more}


def test_s3_objects_below_the_prefix_land_once_and_stay(bucket, s3_url, stores):
    for key in ("drop/a.csv", "drop/deep/[ab].csv", "drop/x.tmp", "other/c.csv", "drop/folder/"):
        bucket.put_object(Bucket="practice", Key=key, Body=key.encode())
    inbox = inbox_of(stores, s3(s3_url))
    assert names(inbox) == ["[ab].csv", "a.csv"]
    assert land(stores, inbox) == LandedCounts(2, 0, 1)
    assert land(stores, inbox) == LandedCounts(0, 0, 1)
    bucket.put_object(Bucket="practice", Key="drop/a.csv", Body=b"corrected")
    assert land(stores, inbox).landed == 1
    inbox.close()


def test_s3_objects_leave_after_they_landed_when_asked_to(bucket, s3_url, stores):
    bucket.put_object(Bucket="practice", Key="drop/a.csv", Body=b"one")
    inbox = inbox_of(stores, s3(s3_url, MEDBOOKS_S3_AFTER="delete"))
    assert land(stores, inbox).landed == 1
    assert "Contents" not in bucket.list_objects_v2(Bucket="practice")
    inbox.close()


def test_an_s3_object_that_is_written_over_is_not_read_half_nor_deleted(bucket, s3_url, stores):
    bucket.put_object(Bucket="practice", Key="drop/a.csv", Body=b"one")
    inbox = inbox_of(stores, s3(s3_url, MEDBOOKS_S3_AFTER="delete"))
    (arrival,) = inbox.look().arrivals
    bucket.put_object(Bucket="practice", Key="drop/a.csv", Body=b"two")
    with pytest.raises(StillArrivingError):
        arrival.fetch(ignored)
    arrival.remove()
    assert bucket.get_object(Bucket="practice", Key="drop/a.csv")["Body"].read() == b"two"
    inbox.close()


def test_an_s3_object_of_any_size_is_fetched_in_small_pieces(bucket, s3_url, stores):
    bucket.put_object(Bucket="practice", Key="drop/large.835", Body=bytes(LARGE_BYTES))
    inbox = inbox_of(stores, s3(s3_url))
    (arrival,) = inbox.look().arrivals
    sizes: list[int] = []
    # not the peak of this process, because the server lives in it and holds the object whole
    arrival.fetch(lambda piece: sizes.append(len(piece)))
    inbox.close()
    assert sum(sizes) == LARGE_BYTES
    assert max(sizes) <= PIECE_BYTES


@pytest.mark.usefixtures("bucket")
def test_a_bucket_that_is_not_there_is_said_so(s3_url, stores):
    inbox = inbox_of(stores, s3(s3_url) | {"MEDBOOKS_S3_URL": "s3://somewhere-else/"})
    with pytest.raises(InboxUnavailableError, match="NoSuchBucket"):
        inbox.look()
    inbox.close()


def test_more_objects_than_a_page_are_all_seen_and_peeked_at_in_bounds(bucket, s3_url, stores):
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.s3.models import s3_backends

    # behind the server's back: a thousand requests would take longer than all the rest
    for number in range(1_005):
        s3_backends[DEFAULT_ACCOUNT_ID]["aws"].put_object("practice", f"drop/{number:04}.csv", b"x")
    assert bucket.list_objects_v2(Bucket="practice")["IsTruncated"]
    inbox = inbox_of(stores, s3(s3_url))
    assert len(inbox.peek(200)) == 200
    assert len(inbox.look().arrivals) == 1_005
    inbox.close()


def test_a_bucket_is_checked_without_taking_anything(bucket, s3_url, stores):
    inbox = inbox_of(stores, s3(s3_url))
    assert inbox.check() == "0 objects, which stay in the bucket"
    bucket.put_object(Bucket="practice", Key="drop/a.csv", Body=b"x")
    assert inbox.check() == "1 objects, which stay in the bucket"
    assert names(inbox) == ["a.csv"]
    inbox.close()
    elsewhere = inbox_of(stores, s3(s3_url) | {"MEDBOOKS_S3_URL": "s3://somewhere-else/"})
    with pytest.raises(InboxUnavailableError, match="NoSuchBucket") as caught:
        elsewhere.check()
    assert "MEDBOOKS_S3_URL" in str(caught.value.fix)
    elsewhere.close()


# --- mail ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def imap(dovecot: str) -> Iterator[Imap]:
    with imap_server(dovecot) as server:
        yield server


def imap_settings(server: Imap, tmp_path: Path, **more: str) -> dict[str, str]:
    secret = tmp_path / "password"
    secret.write_text(server.password + "\n")
    secret.chmod(0o600)
    return {
        "MEDBOOKS_IMAP_URL": f"imaps://{server.user}@127.0.0.1:{server.tls_port}/INBOX",
        "MEDBOOKS_IMAP_PASSWORD_FILE": str(secret),
        "MEDBOOKS_IMAP_CA_FILE": str(server.ca_file),
        **more,
    }


def test_attachments_of_imap_mail_land_once_and_the_mail_stays_unread(imap, stores, tmp_path):
    imap.deliver(mail(("bill.pdf", b"%PDF-1.7 one"), ("r\u00e9mit.835", b"ISA")), "1")
    imap.deliver(mail(subject="no files"), "2")
    inbox = inbox_of(stores, imap_settings(imap, tmp_path))
    assert names(inbox) == ["bill.pdf", "r\u00e9mit.835"]
    assert land(stores, inbox) == LandedCounts(2, 0, 0)
    assert inbox.look().arrivals == ()
    imap.deliver(mail(("bill.pdf", b"%PDF-1.7 one")), "3")
    assert land(stores, inbox) == LandedCounts(0, 1, 0)
    inbox.close()
    kept = [path.name for folder in ("new", "cur") for path in (imap.maildir / folder).iterdir()]
    assert len(kept) == 3
    assert not [name for name in kept if "S" in name.partition(":2,")[2]]


def test_imap_mail_is_deleted_only_after_every_attachment_landed(imap, stores, tmp_path):
    imap.deliver(mail(("a.csv", b"one"), ("b.csv", b"two")), "1")
    inbox = inbox_of(stores, imap_settings(imap, tmp_path, MEDBOOKS_IMAP_AFTER="delete"))
    first, second = inbox.look().arrivals
    assert (fetched(first), fetched(second)) == (b"one", b"two")
    first.remove()
    count = lambda: sum(1 for folder in ("new", "cur") for _ in (imap.maildir / folder).iterdir())  # noqa: E731
    assert count() == 1
    second.remove()
    inbox.close()
    assert count() == 0


def test_an_imap_server_whose_certificate_nobody_vouches_for_gets_no_password(imap, stores, tmp_path):
    settings = imap_settings(imap, tmp_path)
    del settings["MEDBOOKS_IMAP_CA_FILE"]
    with pytest.raises(InboxUnavailableError, match="certificate"):
        inbox_of(stores, settings).look()


def test_a_wrong_imap_password_is_said_so_without_the_password(imap, stores, tmp_path):
    settings = imap_settings(imap, tmp_path)
    (tmp_path / "password").write_text("wrong-password")
    with pytest.raises(InboxUnavailableError) as caught:
        inbox_of(stores, settings).look()
    assert "wrong-password" not in str(caught.value)


def test_a_mailbox_is_checked_for_server_password_and_name(imap, stores, tmp_path):
    settings = imap_settings(imap, tmp_path)
    imap.deliver(mail(("a.csv", b"one")), "1")
    inbox = inbox_of(stores, settings)
    assert inbox.check() == "1 messages, which stay"
    assert names(inbox) == ["a.csv"]
    inbox.close()
    astray = inbox_of(stores, settings | {"MEDBOOKS_IMAP_URL": settings["MEDBOOKS_IMAP_URL"].replace("INBOX", "Away")})
    with pytest.raises(InboxUnavailableError, match="no such mailbox"):
        astray.check()
    (tmp_path / "password").write_text("wrong-password")
    with pytest.raises(InboxUnavailableError, match="does not accept") as caught:
        inbox_of(stores, settings).check()
    assert "MEDBOOKS_IMAP_PASSWORD_FILE" in str(caught.value.fix)
    assert "wrong-password" not in f"{caught.value} {caught.value.fix}"


def test_a_folder_is_checked_and_a_maildir_that_is_none_is_said_so(stores, tmp_path):
    assert "the first run makes it" in FolderInbox(tmp_path / "inbox").check()
    put(tmp_path / "inbox" / "a.csv")
    assert FolderInbox(tmp_path / "inbox").check().startswith("1 files in")
    with pytest.raises(InboxUnavailableError, match="no folder that this user may read and write"):
        FolderInbox(put(tmp_path / "file")).check()
    with pytest.raises(InboxUnavailableError, match="no Maildir"):
        inbox_of(stores, {"MEDBOOKS_MAILDIR": str(tmp_path / "inbox")}).check()


def test_a_plain_connection_is_encrypted_by_starttls(imap, stores, tmp_path):
    imap.deliver(mail(("a.csv", b"one")), "1")
    url = f"imap://{imap.user}@127.0.0.1:{imap.port}/INBOX"
    inbox = inbox_of(stores, imap_settings(imap, tmp_path, MEDBOOKS_IMAP_URL=url))
    assert names(inbox) == ["a.csv"]
    inbox.close()


def test_a_maildir_gives_its_attachments_once(stores, tmp_path):
    folder = tmp_path / "Maildir"
    for name in ("tmp", "new", "cur"):
        (folder / name).mkdir(parents=True)
    (folder / "new" / "1.host").write_bytes(mail(("a.csv", b"one")))
    (folder / "cur" / "2.host:2,S").write_bytes(mail(("b.csv", b"two")))
    (folder / "tmp" / "3.host").write_bytes(mail(("c.csv", b"three")))
    inbox = inbox_of(stores, {"MEDBOOKS_MAILDIR": str(folder)})
    assert land(stores, inbox) == LandedCounts(2, 0, 0)
    assert inbox.look().arrivals == ()
    assert (folder / "new" / "1.host").exists()
    inbox = inbox_of(stores, {"MEDBOOKS_MAILDIR": str(folder), "MEDBOOKS_MAILDIR_AFTER": "delete"})
    (folder / "new" / "4.host").write_bytes(mail(("d.csv", b"four")))
    assert land(stores, inbox).landed == 1
    assert not (folder / "new" / "4.host").exists()


def test_a_maildir_that_does_not_exist_is_empty(stores, tmp_path):
    assert inbox_of(stores, {"MEDBOOKS_MAILDIR": str(tmp_path / "none")}).look().arrivals == ()


def test_attachments_within_forwarded_mail_are_found_and_logos_are_not():
    inner = EmailMessage()
    inner["Subject"] = "inner"
    inner.set_content("see attached")
    inner.add_attachment(b"deep", maintype="application", subtype="pdf", filename="deep.pdf")
    outer = EmailMessage()
    outer.set_content("forwarded")
    outer.add_attachment(inner)
    outer.add_attachment(b"logo", maintype="image", subtype="png", filename="logo.png", disposition="inline")
    outer.add_attachment(b"scan", maintype="image", subtype="png", filename="../../etc/scan.png")
    assert attachments_of(outer.as_bytes()) == [("deep.pdf", b"deep"), ("scan.png", b"scan")]


# --- all of them -----------------------------------------------------------------------------------------------------


def zipped(*files: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files:
            archive.writestr(name, content)
    return packed.getvalue()


def test_an_archive_lands_as_its_files_and_one_that_breaks_off_lands_whole(stores, tmp_path):
    good = zipped(("a.csv", b"one"), ("below/b.csv", b"two"))
    broken = zipped(("c.csv", b"three"), ("d.csv", b"four" * 100))
    # the content of the second file no longer is what its checksum says
    broken = broken.replace(b"fourfour", b"fourfive", 1)
    cut = gzip.compress(b"five" * 1000, mtime=0)[:-10]
    for name, content in (("good.zip", good), ("whole.gz", gzip.compress(b"six", mtime=0))):
        put(tmp_path / "inbox" / name, content)
    for name, content in (("broken.zip", broken), ("cut.gz", cut)):
        put(tmp_path / "inbox" / name, content)
    assert land(stores, FolderInbox(tmp_path / "inbox", standstill_seconds=0.0)).landed == 5
    landed = {file.file_name: file.content for file in map(stores.landed.get, stores.landed.identities())}
    assert landed == {
        "good.zip/a.csv": b"one",
        "good.zip/below/b.csv": b"two",
        "whole.gz/whole": b"six",
        "broken.zip": broken,
        "cut.gz": cut,
    }
    register(stores)
    with stores.lake.connect() as lake:
        reasons = lake.execute("SELECT count(*) FROM landing.files WHERE reason_code = 'unreadable_archive'").fetchone()
    assert reasons == (2,)


class _Silent:
    """An inbox whose server does not answer."""

    name = "sftp"

    def look(self):
        raise InboxUnavailableError(self.name, "the server does not answer", fix="medbooks doctor")

    def peek(self, limit):
        assert limit
        return self.look()

    def close(self):
        """Nothing is open."""


def test_an_inbox_that_does_not_answer_does_not_keep_the_files_of_the_others(stores, tmp_path):
    put(tmp_path / "inbox" / "a.csv")
    inbox = AllInboxes([_Silent(), FolderInbox(tmp_path / "inbox", standstill_seconds=0.0)])
    assert land(stores, inbox).landed == 1
    assert inbox.unavailable == {"sftp": "the server does not answer"}
    assert inbox.peek(5) == []


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"MEDBOOKS_SFTP_URL": "ftp://a@b/c"}, "no URL of the form"),
        ({"MEDBOOKS_SFTP_URL": "sftp://a:secret@b/c"}, "holds a password"),
        ({"MEDBOOKS_SFTP_URL": "sftp://a@b/c"}, "HOST_KEY is not set"),
        ({"MEDBOOKS_SFTP_URL": "sftp://a@b/c", "MEDBOOKS_SFTP_HOST_KEY": "x"}, "needs a user"),
        ({"MEDBOOKS_S3_URL": "s3:practice"}, "no URL of the form"),
        ({"MEDBOOKS_S3_URL": "s3://practice", "MEDBOOKS_S3_AFTER": "burn"}, "neither keep nor delete"),
        ({"MEDBOOKS_IMAP_URL": "imaps://a@b:x/c"}, "no URL of the form"),
        ({"MEDBOOKS_IMAP_URL": "imaps://a@b/c"}, "needs a user"),
        (
            {"MEDBOOKS_IMAP_URL": "imaps://a@b/c", "MEDBOOKS_IMAP_PASSWORD_FILE": "/nowhere/at/all"},
            "cannot be read",
        ),
    ],
)
def test_a_setting_that_cannot_work_is_refused_before_anything_is_opened(environment, words, stores):
    with pytest.raises(ConfigurationError, match=words):
        remote_inboxes(stores.home, environment)


def test_a_secret_that_others_may_read_is_refused(stores, tmp_path):
    secret = tmp_path / "password"
    secret.write_text("x")
    secret.chmod(0o644)
    environment = {"MEDBOOKS_IMAP_URL": "imaps://a@b/c", "MEDBOOKS_IMAP_PASSWORD_FILE": str(secret)}
    with pytest.raises(ConfigurationError) as caught:
        remote_inboxes(stores.home, environment)
    assert caught.value.fix == f"chmod 600 {secret}"


def test_a_key_that_is_none_is_said_so(stores, tmp_path):
    key = put(tmp_path / "key", b"no key")
    key.chmod(0o600)
    environment = {
        "MEDBOOKS_SFTP_URL": f"sftp://a@127.0.0.1:{free_port()}/",
        "MEDBOOKS_SFTP_HOST_KEY": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDsm4pHZSpm0AYwEf3mJ4ZmU2XvC8P4NOmdUM3TgNlB7",
        "MEDBOOKS_SFTP_KEY_FILE": str(key),
    }
    with pytest.raises(ConfigurationError, match="no SSH key"):
        inbox_of(stores, environment).look()


def test_a_port_nobody_listens_on_is_an_inbox_that_does_not_answer(stores, tmp_path):
    key = put(tmp_path / "key", asyncssh.generate_private_key("ssh-ed25519").export_private_key())
    key.chmod(0o600)
    environment = {
        "MEDBOOKS_SFTP_URL": f"sftp://a@127.0.0.1:{free_port()}/",
        "MEDBOOKS_SFTP_HOST_KEY": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDsm4pHZSpm0AYwEf3mJ4ZmU2XvC8P4NOmdUM3TgNlB7",
        "MEDBOOKS_SFTP_KEY_FILE": str(key),
    }
    with pytest.raises(InboxUnavailableError):
        inbox_of(stores, environment).look()
