"""NetSuite: journal entries through SuiteTalk REST, and SuiteQL to read them.

Oracle's rules that shape this client: an ``externalId`` is unique among journal entries, so a create under one that
is taken is refused; PUT on ``eid:`` would write over what stands there, so it is not used (ADR 0026); requests at
once are limited per account, 5 at the lowest tier; fields and internal ids differ per account. Its tokens are
asked for with an assertion that the practice's own certificate signs PS256 (RFC 7523). What does not belong here: pace,
kept tokens and faults (``wire``).
"""

from __future__ import annotations

import json
from http import HTTPStatus
from itertools import groupby
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from orchestration.core.errors import ConfigurationError
from orchestration.core.exact_json import exact_json
from orchestration.gl.answers import (
    account_findings,
    amount_of,
    date_of,
    reason_in,
    receipt_of,
    refused,
    settled,
    shared_accounts,
    signed_line,
)
from orchestration.gl.port import PulledEntry, Receipt
from orchestration.gl.vendors.description import Addresses, Limits, Question, SecretAccess, Vendor
from orchestration.gl.wire.calling import Call, safe_code
from orchestration.gl.wire.connections import Connection
from orchestration.gl.wire.oauth import base64url, requested_token, with_tokens
from orchestration.gl.wire.pacing import TokenBucket
from orchestration.gl.wire.permission import StoredPermission

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    import httpx

    from orchestration.core.findings import Finding
    from orchestration.gl.chart_map import ChartMap
    from orchestration.gl.port import PostRequest
    from orchestration.gl.vendors.description import Opening
    from orchestration.gl.wire.calling import Caller

NAME = "netsuite"
TITLE = "NetSuite"
TOKEN_PATH = "/services/rest/auth/oauth2/v1/token"  # noqa: S105  # an address
"""Below the account's own host."""

_SHORTEST_KEY_BITS = 3072
_ASSERTION_SECONDS = 300
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_PAGE_SIZE = 1000
_LINES = (
    "SELECT t.id AS id, t.externalid AS externalid, TO_CHAR(t.trandate, 'YYYY-MM-DD') AS trandate, "
    "tal.account AS account, tal.debit AS debit, tal.credit AS credit "
    "FROM transaction t JOIN transactionaccountingline tal ON tal.transaction = t.id "
    "WHERE t.type = 'Journal' AND {where} ORDER BY t.id, tal.transactionline"
)
_ACCOUNTS = "SELECT id, acctnumber, accttype, isinactive FROM account ORDER BY id"
_NEEDS_A_NAME = {"AcctRec": "customer", "AcctPay": "vendor"}
_UNPOSTED = frozenset({"NonPosting", "Stat"})
# NetSuite says why in words and in the path of the field
_REASONS = (
    ("unbalanced", ("not balance", "out of balance", "must balance")),
    ("period_closed", ("period", "locked")),
    ("account_unknown", ("account",)),
    ("dimension_unknown", ("class", "department", "location", "subsidiary")),
)


def api_url(account_id: str) -> str:
    """Return the host of an account: lower case, an underscore becomes a hyphen (``1234567_SB1``)."""
    return f"https://{account_id.lower().replace('_', '-')}.suitetalk.api.netsuite.com"


class NetSuite:
    """One account of NetSuite. A journal's account is the internal id of an account there."""

    name = NAME
    # five requests at once are shared with every other program of the account
    batch_limit = 500

    def __init__(self, caller: Caller, chart_map: ChartMap, *, api_url: str) -> None:
        self._caller = caller
        self._map = chart_map
        self._records_url = f"{api_url}/services/rest/record/v1"
        self._query_url = f"{api_url}/services/rest/query/v1/suiteql"

    def post(self, request: PostRequest) -> Receipt:
        """Create the journal entry under its external id; raises as ``port.Target.post`` says."""
        call = Call(
            "POST",
            f"{self._records_url}/journalEntry",
            headers=_JSON,
            content=exact_json(self._journal(request)).encode(),
            creates=True,
        )
        response = self._caller.once(call)
        if response.status_code == HTTPStatus.NO_CONTENT:
            # 204 and the address of the new record; its last part is the internal id
            internal_id = response.headers.get("Location", "").rstrip("/").rpartition("/")[2]
            if not internal_id.isdigit():
                raise self._caller.unreadable(call)
            return Receipt(request.reference, internal_id, request.total_amount)
        detail = self._problem(call, response)
        # when the external id is taken, the journal that stands there decides, not the error that was named first
        entries = list(self._entries(_is_external_id(request.reference)))
        if entries:
            return settled(request, entries[0], TITLE, NAME)
        raise refused(TITLE, NAME, _reason(detail), safe_code(detail.get("o:errorCode")))

    def find(self, reference: str) -> Receipt | None:
        """Return what stands under external id ``reference``."""
        entries = list(self._entries(_is_external_id(reference)))
        return receipt_of(entries[0], reference) if entries else None

    def pull(self, start: dt.date, end: dt.date) -> Iterator[PulledEntry]:
        """Yield the journal entries dated from start to end."""
        yield from self._entries(
            f"t.trandate >= TO_DATE('{start.isoformat()}', 'YYYY-MM-DD') "
            f"AND t.trandate <= TO_DATE('{end.isoformat()}', 'YYYY-MM-DD')"
        )

    def check_accounts(self, mapping: Mapping[str, str]) -> list[Finding]:
        """Return accounts that are absent, inactive, not for posting, or want a customer or vendor on every line."""
        known: dict[str, str | None] = {}
        for account in self._rows(_ACCOUNTS):
            kind, reason = str(account.get("accttype")), None
            if account.get("isinactive") == "T":
                reason = "which is inactive"
            elif kind in _NEEDS_A_NAME:
                reason = f"where every line needs a {_NEEDS_A_NAME[kind]}: map it to another current account"
            elif kind in _UNPOSTED:
                reason = "which is not for posting"
            known[str(account["id"])] = reason
        return [
            *account_findings(TITLE, mapping, known, lambda theirs: f"id {safe_code(theirs)}"),
            *shared_accounts(mapping),
        ]

    def numbered_accounts(self) -> dict[str, str]:
        """Return the internal ids of accounts by their number, for a first mapping."""
        return {str(a["acctnumber"]): str(a["id"]) for a in self._rows(_ACCOUNTS) if a.get("acctnumber")}

    def _journal(self, request: PostRequest) -> dict[str, object]:
        journal: dict[str, object] = {
            "externalId": request.reference,
            "tranDate": request.entry_date.isoformat(),
            "memo": request.memo,
        }
        items: list[dict[str, object]] = []
        for line in request.lines:
            item: dict[str, object] = {"account": {"id": line.account}}
            item["debit" if line.debit_amount else "credit"] = line.debit_amount or line.credit_amount
            for field, value in sorted(self._map.line_fields(request, line).items()):
                # a journal belongs to one subsidiary, and says so once
                (journal if field == "subsidiary" else item)[field] = {"id": value}
            items.append(item)
        return {**journal, "line": {"items": items}}

    def _entries(self, where: str) -> Iterator[PulledEntry]:
        call = self._query_call("", 0)
        for internal_id, group in groupby(self._rows(_LINES.format(where=where)), lambda row: str(row.get("id"))):
            rows = list(group)
            try:
                lines = tuple(
                    signed_line(str(row["account"]), amount_of(row.get("debit")) - amount_of(row.get("credit")))
                    for row in rows
                )
                yield PulledEntry(internal_id, rows[0].get("externalid") or None, date_of(rows[0]["trandate"]), lines)
            except (KeyError, TypeError, ValueError):
                raise self._caller.unreadable(call) from None

    def _rows(self, query: str) -> Iterator[dict[str, Any]]:
        offset = 0
        while True:
            call = self._query_call(query, offset)
            response = self._caller.read(call)
            try:
                if response.status_code != HTTPStatus.OK:
                    raise self._caller.unreadable(call)
                answer = self._caller.decoded(call, response)
                yield from answer["items"]
                has_more = answer["hasMore"]
            except (KeyError, TypeError, ValueError):
                raise self._caller.unreadable(call) from None
            if not has_more:
                return
            offset += _PAGE_SIZE

    def _query_call(self, query: str, offset: int) -> Call:
        return Call(
            "POST",
            self._query_url,
            {"limit": str(_PAGE_SIZE), "offset": str(offset)},
            # Oracle's documentation asks for it on every SuiteQL request
            {**_JSON, "Prefer": "transient"},
            exact_json({"q": query}).encode(),
        )

    def _problem(self, call: Call, response: httpx.Response) -> dict[str, Any]:
        try:
            detail = self._caller.decoded(call, response)["o:errorDetails"][0]
        except (KeyError, IndexError, TypeError):
            detail = None
        if not isinstance(detail, dict):
            raise self._caller.unreadable(call)
        return detail


_JSON = {"Accept": "application/json", "Content-Type": "application/json"}


def _is_external_id(reference: str) -> str:
    return f"t.externalid = '{reference}'"


def _reason(detail: dict[str, Any]) -> str:
    return reason_in(f"{detail.get('detail', '')} {detail.get('o:errorPath', '')}", _REASONS)


class SignedPermission(StoredPermission):
    """The machine to machine grant: every token is asked for with an assertion signed by the practice."""

    def asked(self, connection: Connection) -> Connection:
        """Return the connection with a new access token."""
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": signed_assertion(connection, self._caller.timing.now()),
        }
        return with_tokens(connection, requested_token(self._caller, connection, form, {}), self._caller.timing.now())


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
        raise ConfigurationError(message, fix=f"medbooks gl connect {NAME}")
    header = {"typ": "JWT", "alg": "PS256", "kid": connection.settings["certificate_id"]}
    claims = {
        "iss": connection.client_id,
        "scope": ["rest_webservices"],
        "aud": connection.settings["token_url"],
        "iat": int(now),
        "exp": int(now) + _ASSERTION_SECONDS,
    }
    signed = f"{base64url(json.dumps(header).encode())}.{base64url(json.dumps(claims).encode())}"
    # RFC 7518, 3.5: the salt is as long as the hash
    pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=hashes.SHA256.digest_size)
    return f"{signed}.{base64url(key.sign(signed.encode(), pss, hashes.SHA256()))}"


def _addresses(answers: Mapping[str, str], *, is_sandbox: bool) -> Addresses:  # noqa: ARG001  # a sandbox is an account
    api = api_url(answers["account_id"])
    return Addresses(token_url=f"{api}{TOKEN_PATH}", api_url=api)


def _connection(answers: Mapping[str, str], at: Addresses) -> Connection:
    try:
        key = serialization.load_pem_private_key(answers["private_key"].encode(), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < _SHORTEST_KEY_BITS:
        message = f"NetSuite wants an unencrypted RSA key of at least {_SHORTEST_KEY_BITS} bits in PEM"
        raise ConfigurationError(message, fix="openssl genrsa -out netsuite.pem 4096 && chmod 600 netsuite.pem")
    settings = {
        "api_url": at.api_url,
        "token_url": at.token_url,
        "private_key": answers["private_key"],
        "certificate_id": answers["certificate_id"],
    }
    return Connection(NAME, answers["account_id"], answers["client_id"], settings=settings)


def _open(opening: Opening) -> NetSuite:
    permission = SignedPermission(opening.store, opening.login_caller(), tenant_id=opening.chart_map.tenant_id)
    return NetSuite(opening.caller(permission), opening.chart_map, api_url=opening.api_url())


VENDOR = Vendor(
    name=NAME,
    title=TITLE,
    dimension_fields=frozenset({"subsidiary", "class", "department", "location"}),
    access=SecretAccess(
        (
            Question("account_id", "account id, e.g. 1234567 or 1234567_SB1"),
            Question("client_id", "client id of the integration record"),
            Question("certificate_id", "certificate id of the OAuth 2.0 client credentials setup"),
            Question("private_key", "file of the certificate's private key (PEM)", is_file=True),
        ),
        _addresses,
        _connection,
    ),
    open_target=_open,
    # Oracle limits requests at once, not a minute; this only keeps a loop of ours from taking a whole account
    limits=Limits((TokenBucket("minute", 300, 60.0, 50),), places=5),
)
