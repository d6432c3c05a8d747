"""Real servers on loopback that a test starts and stops by process id: OpenSSH, dovecot, and an S3 server.

They start as root and as a user. What does not belong here: what is tested with them.
"""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from support.loopback import free_port, served

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Ssh:
    """An OpenSSH server that gives one folder by SFTP to the user who runs the test."""

    port: int
    user: str
    folder: Path
    host_key: str
    key_file: Path


def _key(path: Path) -> str:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return path.with_suffix(".pub").read_text().strip()


@contextmanager
def sftp_server(sshd: str, root: Path) -> Iterator[Ssh]:
    if os.geteuid() == 0:
        # what the init script of the package makes before it starts the server
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    user = pwd.getpwuid(os.geteuid()).pw_name
    host_key, _ = _key(root / "host"), _key(root / "client")
    shutil.copy(root / "client.pub", root / "authorized")
    folder = root / "outbox"
    folder.mkdir()
    port = free_port()
    settings = {
        "Port": port,
        "ListenAddress": "127.0.0.1",
        "HostKey": root / "host",
        "AuthorizedKeysFile": root / "authorized",
        "PidFile": root / "pid",
        "StrictModes": "no",
        "UsePAM": "no",
        "PasswordAuthentication": "no",
        "PermitRootLogin": "prohibit-password",
        "Subsystem": "sftp internal-sftp",
        "ForceCommand": "internal-sftp",
    }
    config = root / "sshd_config"
    config.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    with served([sshd, "-D", "-e", "-f", str(config)], port, root / "sshd.log"):
        yield Ssh(port, user, folder, host_key, root / "client")


@dataclass(frozen=True)
class Imap:
    """A dovecot server with one mailbox: ``deliver`` into its Maildir."""

    port: int
    tls_port: int
    user: str
    password: str
    maildir: Path
    ca_file: Path

    def deliver(self, content: bytes, name: str) -> None:
        draft = self.maildir / "tmp" / name
        draft.write_bytes(content)
        owner = self.maildir.stat()
        os.chown(draft, owner.st_uid, owner.st_gid)
        draft.rename(self.maildir / "new" / name)


@contextmanager
def imap_server(dovecot: str, offers_tls: bool = True) -> Iterator[Imap]:
    # not below pytest's folder: the server's other users must be able to walk to it
    root = Path(tempfile.mkdtemp(prefix="medbooks-imap-"))
    try:
        root.chmod(0o755)
        is_root = os.geteuid() == 0
        # dovecot gives no mail to the superuser
        owner = pwd.getpwnam("nobody") if is_root else pwd.getpwuid(os.geteuid())
        inner = (
            {"internal": "dovecot", "login": "dovenull"}
            if is_root
            else dict.fromkeys(("internal", "login"), owner.pw_name)
        )
        maildir = root / "mail"
        for name in ("tmp", "new", "cur"):
            (maildir / name).mkdir(parents=True, mode=0o700)
        for path in (maildir, *maildir.iterdir()):
            os.chown(path, owner.pw_uid, owner.pw_gid)
        certificate(root)
        port, tls_port = free_port(), free_port()
        (root / "dovecot.conf").write_text(
            f"""
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/dovecot.log
protocols = imap
listen = 127.0.0.1
default_internal_user = {inner["internal"]}
default_internal_group = {"dovecot" if is_root else _group(owner.pw_gid)}
default_login_user = {inner["login"]}
first_valid_uid = 1
last_valid_uid = 0
first_valid_gid = 1
ssl = {"yes" if offers_tls else "no"}
ssl_cert = <{root}/certificate.pem
ssl_key = <{root}/certificate.key
disable_plaintext_auth = no
mail_location = maildir:{maildir}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port if offers_tls else 0}
    ssl = yes
  }}
}}
service imap {{
  client_limit = 1
}}
passdb {{
  driver = static
  args = user=biller password=for-a-test
}}
userdb {{
  driver = static
  args = uid={owner.pw_uid} gid={owner.pw_gid} home={root}/home
}}
"""
        )
        with served([dovecot, "-F", "-c", str(root / "dovecot.conf")], port, root / "output.log"):
            yield Imap(port, tls_port, "biller", "for-a-test", maildir, root / "certificate.pem")
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _group(gid: int) -> str:
    return grp.getgrgid(gid).gr_name


def certificate(root: Path) -> None:
    """A certificate for 127.0.0.1 that signs itself."""
    import datetime as dt
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (root / "certificate.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (root / "certificate.key").write_bytes(private)
