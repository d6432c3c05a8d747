"""OAuth 2.0 as the vendors speak it: asking for a token, and the code grant with a rotating refresh token.

RFC 6749; RFC 7636 (PKCE) for the code. What does not belong here: keeping tokens (``connections.py``), when one is
asked for (``permission.py``), and a grant that only one vendor has (its module).
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from orchestration.gl.port import TargetUnauthorized
from orchestration.gl.wire.calling import Call, Caller
from orchestration.gl.wire.permission import StoredPermission

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestration.gl.wire.connections import Connection


class RotatingPermission(StoredPermission):
    """A refresh token that the vendor replaces when it is used (RFC 6749, section 6).

    When an answer is lost the old refresh token is used again; the vendors accept it for a while for this reason.
    """

    def asked(self, connection: Connection) -> Connection:
        """Return the connection with a new access token and the next refresh token."""
        form = {"grant_type": "refresh_token", "refresh_token": connection.refresh_token}
        return with_tokens(
            connection, requested_token(self._caller, connection, form, _basic(connection)), self._caller.timing.now()
        )


def with_tokens(connection: Connection, answer: Mapping[str, Any], now: float) -> Connection:
    """Return the connection with the tokens of an answer to ``requested_token``; ``now`` is seconds since 1970."""
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


def base64url(content: bytes) -> str:
    """Return bytes as RFC 7515 writes them: base64 with the alphabet of addresses, without padding."""
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
    challenge = base64url(hashlib.sha256(verifier.encode()).digest())
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
        raise TargetUnauthorized(code="state_mismatch", message=message, fix=f"medbooks gl connect {caller.vendor}")
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": asked.redirect_uri,
        "code_verifier": asked.verifier,
    }
    return with_tokens(connection, requested_token(caller, connection, form, _basic(connection)), caller.timing.now())


def requested_token(
    caller: Caller, connection: Connection, form: Mapping[str, str], headers: Mapping[str, str]
) -> dict[str, Any]:
    """Return what the token address answers to a form, with a token in it and its life in seconds.

    Raises ``TargetUnauthorized`` when the login is not accepted, and as ``Caller.once`` does.
    """
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
