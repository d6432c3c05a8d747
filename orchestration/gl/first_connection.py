"""Getting a practice's permission at a vendor for the first time: what is asked of a person, and what is stored.

What does not belong here: asking at a terminal or opening a browser (the command line), and renewing (``wire``).
"""

from __future__ import annotations

import stat
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from orchestration.core.errors import ConfigurationError
from orchestration.gl.vendors import intacct, netsuite, quickbooks, xero
from orchestration.gl.opening import VENDORS
from orchestration.gl.port import TargetUnauthorized
from orchestration.gl.wire.calling import Call, Caller
from orchestration.gl.wire.connections import Connection
from orchestration.gl.wire.oauth import consent, exchange_code
from orchestration.gl.wire.pacing import Pace
from orchestration.gl.wire.timing import Timing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from orchestration.gl.wire.oauth import Consent

REDIRECT_URI = "http://localhost:8910/callback"
_SHORTEST_KEY_BITS = 3072


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to know about the practice's access; ``name`` also makes its environment variable."""

    name: str
    words: str
    is_secret: bool = False
    is_file: bool = False
    is_optional: bool = False


_CLIENT = (
    Question("client_id", "client id of your app in the developer portal"),
    Question("client_secret", "its client secret", is_secret=True),
)
QUESTIONS: dict[str, tuple[Question, ...]] = {
    quickbooks.NAME: _CLIENT,
    xero.NAME: _CLIENT,
    intacct.NAME: (
        Question("sender_id", "Web Services sender id"),
        Question("sender_password", "its password", is_secret=True),
        Question("company_id", "company id"),
        Question("user_id", "Web Services user"),
        Question("user_password", "its password", is_secret=True),
        Question("location_id", "entity, in a company of several (empty: the whole company)", is_optional=True),
    ),
    netsuite.NAME: (
        Question("account_id", "account id, e.g. 1234567 or 1234567_SB1"),
        Question("client_id", "client id of the integration record"),
        Question("certificate_id", "certificate id of the OAuth 2.0 client credentials setup"),
        Question("private_key", "file of the certificate's private key (PEM)", is_file=True),
    ),
}


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a vendor is reached; a sandbox or a stand-in is somewhere else."""

    authorize_url: str = ""
    token_url: str = ""
    api_url: str = ""


def addresses(vendor: str, answers: Mapping[str, str], *, is_sandbox: bool) -> Addresses:
    """Return a vendor's addresses; only QuickBooks has another host for its sandbox."""
    if vendor == quickbooks.NAME:
        api = quickbooks.SANDBOX_API_URL if is_sandbox else quickbooks.API_URL
        return Addresses(quickbooks.AUTHORIZE_URL, quickbooks.TOKEN_URL, api)
    if vendor == xero.NAME:
        return Addresses(xero.AUTHORIZE_URL, xero.TOKEN_URL, xero.API_URL)
    if vendor == intacct.NAME:
        return Addresses(api_url=intacct.API_URL)
    api = netsuite.api_url(answers["account_id"])
    return Addresses(token_url=f"{api}{netsuite.TOKEN_PATH}", api_url=api)


def answered(vendor: str, environment: Mapping[str, str], ask: Callable[[Question], str] | None) -> dict[str, str]:
    """Return the answers to a vendor's questions.

    Each comes from ``MEDBOOKS_<VENDOR>_<NAME>``, from the file that ``..._FILE`` names, or from ``ask``. Raises
    ``ConfigurationError`` for one that is missing, and for a file that others can read.
    """
    answers: dict[str, str] = {}
    for question in QUESTIONS[vendor]:
        variable = f"MEDBOOKS_{vendor}_{question.name}".upper()
        value = environment.get(variable, "")
        if file := environment.get(f"{variable}_FILE"):
            value = _private_text(Path(file))
        elif not value and ask is not None:
            value = ask(question).strip()
            if question.is_file and value:
                value = _private_text(Path(value))
        if not value and not question.is_optional:
            message = f"{VENDORS[vendor].title} needs the {question.words}, and nobody is there to be asked"
            raise ConfigurationError(
                message, mend=f"{variable}{'_FILE' if question.is_file else ''}=... medbooks gl connect {vendor}"
            )
        answers[question.name] = value
    return answers


def _private_text(path: Path) -> str:
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            message = "a file with a secret can be read by others than its owner"
            raise ConfigurationError(message, mend=f"chmod 600 {path}")
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        message = f"a file with a secret cannot be read ({type(error).__name__})"
        raise ConfigurationError(message, mend=f"ls -l {path}") from None


def question_of_consent(vendor: str, answers: Mapping[str, str], at: Addresses, redirect_uri: str) -> Consent:
    """Return what a browser is opened with, for the two vendors that ask a person."""
    scope = quickbooks.SCOPE if vendor == quickbooks.NAME else xero.SCOPE
    return consent(at.authorize_url, answers["client_id"], scope, redirect_uri)


def connected_by_consent(
    vendor: str,
    answers: Mapping[str, str],
    at: Addresses,
    asked: Consent,
    answer: str,
    *,
    tenant_id: str | None,
    folder: Path,
    timing: Timing | None = None,
) -> Connection:
    """Return the connection made of a browser's answer: the whole address it was sent back to.

    ``tenant_id`` chooses among several organisations of Xero. Raises ``TargetUnauthorized`` when consent was not
    given, belongs to another question, or does not say which company it is for; and as ``wire.calling`` says.
    """
    query = {name: values[0] for name, values in parse_qs(urlsplit(answer.strip()).query).items()}
    if "code" not in query:
        message = f"{VENDORS[vendor].title} did not give permission: the answer holds no code"
        raise TargetUnauthorized(code="no_consent", message=message, mend=f"medbooks gl connect {vendor}")
    caller = _plain_caller(vendor, folder, timing or Timing())
    draft = Connection(
        vendor,
        query.get("realmId", ""),
        answers["client_id"],
        answers["client_secret"],
        settings={"api_url": at.api_url, "token_url": at.token_url},
    )
    made = exchange_code(caller, draft, asked, query["code"], query.get("state", ""))
    found = [made.tenant_id] if vendor == quickbooks.NAME else _xero_tenants(caller, made)
    return replace(made, tenant_id=_chosen(vendor, [name for name in found if name], tenant_id))


def _xero_tenants(caller: Caller, connection: Connection) -> list[str]:
    call = Call(
        "GET",
        f"{connection.settings['api_url']}/connections",
        headers={"Authorization": f"Bearer {connection.access_token}", "Accept": "application/json"},
    )
    response = caller.read(call)
    try:
        if response.status_code != HTTPStatus.OK:
            raise caller.unreadable(call)
        return [str(row["tenantId"]) for row in response.json() if row.get("tenantType") == "ORGANISATION"]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise caller.unreadable(call) from None


def _chosen(vendor: str, found: list[str], wanted: str | None) -> str:
    if wanted is not None and wanted in found:
        return wanted
    if wanted is None and len(found) == 1:
        return found[0]
    if wanted is None and found:
        message = f"the permission is for {len(found)} companies of {VENDORS[vendor].title}: {', '.join(found)}"
        mend = f"medbooks gl connect {vendor} --tenant {found[0]}"
    else:
        message = f"the permission that was given is not for the company asked for at {VENDORS[vendor].title}"
        mend = f"medbooks gl connect {vendor}"
    raise TargetUnauthorized(code="wrong_tenant", message=message, mend=mend)


def connected_by_secret(vendor: str, answers: Mapping[str, str], at: Addresses) -> Connection:
    """Return the connection of a vendor that asks no person: Intacct and NetSuite.

    Raises ``ConfigurationError`` for a private key NetSuite would not take.
    """
    if vendor == intacct.NAME:
        settings = {
            "api_url": at.api_url,
            "session_url": at.api_url,
            "user_id": answers["user_id"],
            "user_password": answers["user_password"],
            "location_id": answers["location_id"],
        }
        return Connection(
            vendor, answers["company_id"], answers["sender_id"], answers["sender_password"], settings=settings
        )
    try:
        key = serialization.load_pem_private_key(answers["private_key"].encode(), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < _SHORTEST_KEY_BITS:
        message = f"NetSuite wants an unencrypted RSA key of at least {_SHORTEST_KEY_BITS} bits in PEM"
        raise ConfigurationError(message, mend="openssl genrsa -out netsuite.pem 4096 && chmod 600 netsuite.pem")
    settings = {
        "api_url": at.api_url,
        "token_url": at.token_url,
        "private_key": answers["private_key"],
        "certificate_id": answers["certificate_id"],
    }
    return Connection(vendor, answers["account_id"], answers["client_id"], settings=settings)


def _plain_caller(vendor: str, folder: Path, timing: Timing) -> Caller:
    pace = Pace(folder / "pace" / vendor / "login", (), places=1, timing=timing)
    return Caller(vendor, VENDORS[vendor].title, pace=pace, permission=None, timing=timing)
