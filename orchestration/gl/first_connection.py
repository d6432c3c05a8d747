"""A practice's first permission at a vendor: what is asked of a person, and the connection that is stored.

What does not belong here: asking at a terminal or opening a browser (the command line), renewing (``wire``), and
anything one vendor alone knows (``vendors``).
"""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from orchestration.core.errors import ConfigurationError
from orchestration.gl.port import TargetUnauthorized
from orchestration.gl.vendors.description import ConsentAccess, login_caller
from orchestration.gl.vendors.registry import vendor_named
from orchestration.gl.wire.connections import Connection
from orchestration.gl.wire.oauth import consent, exchange_code
from orchestration.gl.wire.timing import Timing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from orchestration.gl.vendors.description import Addresses, Question, SecretAccess, Vendor
    from orchestration.gl.wire.oauth import Consent


def answered(name: str, environment: Mapping[str, str], ask: Callable[[Question], str] | None) -> dict[str, str]:
    """Return the answers to a vendor's questions.

    Each comes from ``MEDBOOKS_<VENDOR>_<NAME>``, from the file that ``..._FILE`` names, or from ``ask``. Raises
    ``ConfigurationError`` for one that is missing, and for a file that others can read.
    """
    vendor = vendor_named(name)
    answers: dict[str, str] = {}
    for question in _access(vendor).questions:
        variable = f"MEDBOOKS_{name}_{question.name}".upper()
        value = environment.get(variable, "")
        if file := environment.get(f"{variable}_FILE"):
            value = _private_text(Path(file))
        elif not value and ask is not None:
            value = ask(question).strip()
            if question.is_file and value:
                value = _private_text(Path(value))
        if not value and not question.is_optional:
            message = f"{vendor.title} needs the {question.words}, and there is no terminal to ask at"
            raise ConfigurationError(
                message, fix=f"{variable}{'_FILE' if question.is_file else ''}=... medbooks gl connect {name}"
            )
        answers[question.name] = value
    return answers


def _access(vendor: Vendor) -> ConsentAccess | SecretAccess:
    if vendor.access is None:
        message = f"nothing is connected for {vendor.title}"
        raise ConfigurationError(message, fix=f"medbooks gl accounts {vendor.name} --write")
    return vendor.access


def _private_text(path: Path) -> str:
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            message = "a file with a secret can be read by others than its owner"
            raise ConfigurationError(message, fix=f"chmod 600 {path}")
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        message = f"a file with a secret cannot be read ({type(error).__name__})"
        raise ConfigurationError(message, fix=f"ls -l {path}") from None


def addresses(name: str, answers: Mapping[str, str], *, is_sandbox: bool) -> Addresses:
    """Return where a vendor is reached."""
    return _access(vendor_named(name)).addresses(answers, is_sandbox=is_sandbox)


def connected(
    name: str,
    answers: Mapping[str, str],
    at: Addresses,
    browse: Callable[[Consent], str],
    *,
    redirect_uri: str,
    tenant_id: str | None,
    folder: Path,
    timing: Timing | None = None,
) -> Connection:
    """Return the connection of the answers; a person's consent is asked for where the vendor wants it.

    ``browse`` opens a question in a browser and returns the whole address the browser was sent back to, at
    ``redirect_uri``. ``tenant_id`` chooses among several companies of one permission. Raises ``ConfigurationError`` for
    answers that cannot be used; ``TargetUnauthorized`` when consent was not given, belongs to another question, or does
    not say which company it is for; and as ``wire.calling`` says.
    """
    vendor = vendor_named(name)
    access = _access(vendor)
    if not isinstance(access, ConsentAccess):
        return access.connection(answers, at)
    asked = consent(at.authorize_url, answers["client_id"], access.scope, redirect_uri)
    query = {member: values[0] for member, values in parse_qs(urlsplit(browse(asked).strip()).query).items()}
    if "code" not in query:
        message = f"{vendor.title} did not give permission: the answer holds no code"
        raise TargetUnauthorized(code="no_consent", message=message, fix=f"medbooks gl connect {vendor.name}")
    caller = login_caller(vendor, folder, timing or Timing())
    draft = Connection(
        vendor.name,
        "",
        answers["client_id"],
        answers["client_secret"],
        settings={"api_url": at.api_url, "token_url": at.token_url},
    )
    made = exchange_code(caller, draft, asked, query["code"], query.get("state", ""))
    found = [company for company in access.companies(made, query, caller) if company]
    return replace(made, tenant_id=_chosen(vendor, found, tenant_id))


def _chosen(vendor: Vendor, found: list[str], wanted: str | None) -> str:
    if wanted is not None and wanted in found:
        return wanted
    if wanted is None and len(found) == 1:
        return found[0]
    if wanted is None and found:
        message = f"the permission is for {len(found)} companies of {vendor.title}: {', '.join(found)}"
        fix = f"medbooks gl connect {vendor.name} --tenant {found[0]}"
    else:
        message = f"the permission that was given is not for the company asked for at {vendor.title}"
        fix = f"medbooks gl connect {vendor.name}"
    raise TargetUnauthorized(code="wrong_tenant", message=message, fix=fix)
