"""OAuth 2.0 as the vendors speak it: the code grant with a rotating refresh token, and signed client credentials.

RFC 6749; RFC 7636 (PKCE) for the code; RFC 7523 for NetSuite's assertion, signed PS256 with the practice's own
certificate. What does not belong here: keeping tokens (``connections.py``) and when one is asked for
(``permission.py``).
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from orchestration.core.errors import ConfigurationError
from orchestration.gl.port import TargetUnauthorized
from orchestration.gl.wire.calling import Call, Caller
from orchestration.gl.wire.permission import StoredPermission

if TYPE_CHECKING:
    from orchestration.gl.wire.connections import Connection

_ASSERTION_SECONDS = 300
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class RotatingPermission(StoredPermission):
    """QuickBooks and Xero: a refresh token that the vendor replaces when it is used (RFC 6749, section 6).

    When an answer is lost the old refresh token is used again; both vendors accept it for a while for this reason.
    """

    def asked(self, connection: Connection) -> Connection:
        """Return the connection with a new access token and the next refresh token."""
        form = {"grant_type": "refresh_token", "refresh_token": connection.refresh_token}
        return _with_tokens(
            connection, _token(self._caller, connection, form, _basic(connection)), self._caller.timing.now()
        )


class SignedPermission(StoredPermission):
    """NetSuite's machine to machine grant: every token is asked for with an assertion signed by the practice."""

    def asked(self, connection: Connection) -> Connection:
        """Return the connection with a new access token."""
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": signed_assertion(connection, self._caller.timing.now()),
        }
        return _with_tokens(connection, _token(self._caller, connection, form, {}), self._caller.timing.now())


def _with_tokens(connection: Connection, answer: dict[str, Any], now: float) -> Connection:
    refresh_seconds = answer.get("x_refresh_token_expires_in")
    return replace(
        connection,
        access_token=answer["access_token"],
        access_expires_at=now + answer["expires_in"],
        refresh_token=str(answer.get("refresh_token") or connection.refresh_token),
        refresh_expires_at=now + float(refresh_seconds) if refresh_seconds else connection.refresh_expires_at,
    )


def _basic(connection: Connection) -> dict[str, str]:
    pair = f"{connection.client_id}:{connection.client_secret}".encode()
    return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}


def signed_assertion(connection: Connection, now: float) -> str:
    """Return the PS256 JWT that NetSuite takes for a login: issuer, scope, audience and five minutes of life.

    Raises ``ConfigurationError`` when the private key cannot be read or is too short.
    """
    try:
        # checked when the practice connected; checking its primes again at every login takes longer than the login
        key = serialization.load_pem_private_key(
            connection.settings["private_key"].encode(), password=None, unsafe_skip_rsa_key_validation=True
        )
    except (ValueError, TypeError, KeyError):
        key = None
    if not isinstance(key, rsa.RSAPrivateKey):
        message = "the private key of the NetSuite certificate is not an unencrypted RSA key in PEM"
        raise ConfigurationError(message, mend="medbooks gl connect netsuite")
    header = {"typ": "JWT", "alg": "PS256", "kid": connection.settings["certificate_id"]}
    claims = {
        "iss": connection.client_id,
        "scope": ["rest_webservices"],
        "aud": connection.settings["token_url"],
        "iat": int(now),
        "exp": int(now) + _ASSERTION_SECONDS,
    }
    signed = f"{_base64url(json.dumps(header).encode())}.{_base64url(json.dumps(claims).encode())}"
    # RFC 7518, 3.5: the salt is as long as the hash
    pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=hashes.SHA256.digest_size)
    return f"{signed}.{_base64url(key.sign(signed.encode(), pss, hashes.SHA256()))}"


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class Consent:
    """One question to a person's browser: the address to open, and what proves that the answer belongs to it."""

    url: str
    state: str
    verifier: str
    redirect_uri: str


def consent(authorize_url: str, client_id: str, scope: str, redirect_uri: str) -> Consent:
    """Return the question: who we are, what we want, a fresh state and a fresh PKCE challenge (S256)."""
    state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    challenge = _base64url(hashlib.sha256(verifier.encode()).digest())
    query = urlencode(
        {
            "response_type": "code",
            "client_id": client_id,
            "scope": scope,
            "redirect_uri": redirect_uri,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
    )
    return Consent(f"{authorize_url}?{query}", state, verifier, redirect_uri)


def exchange_code(caller: Caller, connection: Connection, asked: Consent, code: str, state: str) -> Connection:
    """Return the connection with its first tokens, for the code a browser brought back.

    Raises ``TargetUnauthorized`` when the answer belongs to another question or the code is not accepted.
    """
    if not secrets.compare_digest(state, asked.state):
        message = "the answer of the browser belongs to another question, so it is not used"
        raise TargetUnauthorized(code="state_mismatch", message=message, mend=f"medbooks gl connect {caller.vendor}")
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": asked.redirect_uri,
        "code_verifier": asked.verifier,
    }
    return _with_tokens(connection, _token(caller, connection, form, _basic(connection)), caller.timing.now())


def _token(caller: Caller, connection: Connection, form: dict[str, str], headers: dict[str, str]) -> dict[str, Any]:
    call = Call(
        "POST",
        connection.settings["token_url"],
        headers={**headers, "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
        content=urlencode(form).encode(),
    )
    response = caller.once(call)
    if response.status_code != HTTPStatus.OK:
        raise caller.unauthorized(response)
    try:
        answer = response.json()
        return {**answer, "access_token": str(answer["access_token"]), "expires_in": float(answer["expires_in"])}
    except (ValueError, KeyError, TypeError):
        raise caller.unreadable(call) from None
