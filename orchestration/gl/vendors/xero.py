"""Xero: manual journals through the accounting API, version 2.0.

Xero's rules that shape this client: ``Idempotency-Key`` (128 characters) makes a create happen once; a manual journal
has no number of its own, so the reference opens its narration, where it can be searched; 60 requests a minute, 5,000
a day and 5 at once per organisation; at most two tracking categories a line; no bank, receivable, payable or other
system account in a manual journal; no currency. What does not belong here: pace, tokens and faults (``wire``).
"""

from __future__ import annotations

import datetime as dt
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

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
from orchestration.gl.port import REFERENCE_LENGTH, PulledEntry
from orchestration.gl.vendors.description import Addresses, ConsentAccess, Limits, Vendor
from orchestration.gl.wire.calling import Call, safe_code
from orchestration.gl.wire.oauth import RotatingPermission
from orchestration.gl.wire.pacing import TokenBucket

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestration.core.findings import Finding
    from orchestration.gl.chart_map import ChartMap
    from orchestration.gl.port import PostRequest, Receipt
    from orchestration.gl.vendors.description import Opening
    from orchestration.gl.wire.calling import Caller
    from orchestration.gl.wire.connections import Connection

NAME = "xero"
TITLE = "Xero"
API_URL = "https://api.xero.com"
AUTHORIZE_URL = "https://login.xero.com/identity/connect/authorize"
TOKEN_URL = "https://identity.xero.com/connect/token"  # noqa: S105  # an address
TRACKING_CATEGORIES_A_LINE = 2

_PAGE_SIZE = 100
# how long a narration that Xero shows in a list may be is not documented; ours stays short
_NARRATION_LENGTH = 200
_ANSWERED_DATE = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")
_REFERENCE = re.compile(rf"([A-Z0-9-]{{1,{REFERENCE_LENGTH}}})(?: |\Z)")
_STANDING = frozenset({"POSTED", "DRAFT"})
# Xero says why in words; the first is from its own specification, the others from its error messages
_REASONS = (
    ("unbalanced", ("must equal total credits",)),
    ("period_closed", ("lock date", "accounts are locked")),
    ("account_unknown", ("account code",)),
    ("dimension_unknown", ("tracking",)),
)


class Xero:
    """One organisation of Xero. A journal's account is the code of an account there."""

    name = NAME
    # a day has 96 rounds of 15 minutes and 5,000 requests; the rest is for looking up and pulling
    batch_limit = 45

    def __init__(self, caller: Caller, chart_map: ChartMap, *, api_url: str) -> None:
        if len(chart_map.dimensions) > TRACKING_CATEGORIES_A_LINE:
            message = "a line in Xero has two tracking categories, and the mapping asks for more dimensions"
            raise ConfigurationError(message, fix="medbooks gl accounts xero")
        self._caller = caller
        self._map = chart_map
        self._api_url = f"{api_url}/api.xro/2.0"

    def post(self, request: PostRequest) -> Receipt:
        """Create the manual journal under its idempotency key; raises as ``port.Target.post`` says."""
        call = self._call(
            "PUT",
            "ManualJournals",
            {"summarizeErrors": "false"},
            headers={"Idempotency-Key": request.idempotency_key},
            content=exact_json({"ManualJournals": [self._journal(request)]}).encode(),
            creates=True,
        )
        response = self._caller.once(call)
        answer = self._caller.decoded(call, response)
        if response.status_code == HTTPStatus.OK:
            try:
                journal = answer["ManualJournals"][0]
                problems = journal.get("ValidationErrors") or []
                if not problems:
                    return settled(request, _pulled(journal), TITLE, NAME)
            except (KeyError, IndexError, AttributeError, TypeError, ValueError):
                raise self._caller.unreadable(call) from None
            raise refused(TITLE, NAME, _reason(problems), "ValidationException")
        # a key that was used for another body is answered by 400 too, so what stands there decides
        entries = list(self._entries(_where_reference(request.reference)))
        if entries:
            return settled(request, entries[0], TITLE, NAME)
        elements = answer.get("Elements") or [{}]
        problems = elements[0].get("ValidationErrors") or [{"Message": answer.get("Message")}]
        raise refused(TITLE, NAME, _reason(problems), safe_code(answer.get("ErrorNumber")))

    def find(self, reference: str) -> Receipt | None:
        """Return the journal whose narration opens with the reference, unless it was voided or deleted there."""
        entries = [e for e in self._entries(_where_reference(reference)) if e.reference == reference]
        return receipt_of(entries[0], reference) if entries else None

    def pull(self, start: dt.date, end: dt.date) -> Iterator[PulledEntry]:
        """Yield the manual journals dated from start to end that stand."""
        yield from self._entries(f"Date >= {_moment(start)} AND Date <= {_moment(end)}")

    def check_accounts(self, mapping: Mapping[str, str]) -> list[Finding]:
        """Return accounts that are absent, archived, or closed to manual journals (bank and system accounts)."""
        known: dict[str, str | None] = {}
        for account in self._accounts():
            reason = None
            if account.get("Status", "ACTIVE") != "ACTIVE":
                reason = "which is archived"
            elif account.get("Type") == "BANK":
                reason = "a bank account, which no manual journal may use: map it to a current asset"
            elif account.get("SystemAccount"):
                reason = "a system account, which no manual journal may use: map it to an account of your own"
            known[str(account["Code"])] = reason
        return [
            *account_findings(TITLE, mapping, known, lambda theirs: f"code {safe_code(theirs)}"),
            *shared_accounts(mapping),
        ]

    def numbered_accounts(self) -> dict[str, str]:
        """Return the codes of accounts, for a first mapping."""
        return {str(account["Code"]): str(account["Code"]) for account in self._accounts()}

    def _journal(self, request: PostRequest) -> dict[str, object]:
        lines: list[dict[str, object]] = []
        for line in request.lines:
            tracking = [
                {"Name": category, "Option": option}
                for category, option in sorted(self._map.line_fields(request, line).items())
            ]
            fields: dict[str, object] = {
                "LineAmount": line.debit_amount - line.credit_amount,
                "AccountCode": line.account,
                "TaxType": "NONE",
            }
            if tracking:
                fields["Tracking"] = tracking
            lines.append(fields)
        return {
            "Narration": f"{request.reference} {request.memo}"[:_NARRATION_LENGTH],
            "Date": request.entry_date.isoformat(),
            "LineAmountTypes": "NoTax",
            "Status": "POSTED",
            # the cash book is ours, so Xero's cash basis reports do not count these twice
            "ShowOnCashBasisReports": False,
            "JournalLines": lines,
        }

    def _entries(self, where: str) -> Iterator[PulledEntry]:
        page = 1
        while True:
            params = {"where": where, "order": "Date ASC", "page": str(page), "pageSize": str(_PAGE_SIZE)}
            call = self._call("GET", "ManualJournals", params)
            response = self._caller.read(call)
            answer = self._caller.decoded(call, response)
            try:
                if response.status_code != HTTPStatus.OK:
                    raise self._caller.unreadable(call)
                journals = answer["ManualJournals"]
                yield from (_pulled(journal) for journal in journals if journal.get("Status") in _STANDING)
            except (KeyError, AttributeError, TypeError, ValueError):
                raise self._caller.unreadable(call) from None
            if len(journals) < _PAGE_SIZE:
                return
            page += 1

    def _accounts(self) -> list[dict[str, Any]]:
        call = self._call("GET", "Accounts")
        response = self._caller.read(call)
        answer = self._caller.decoded(call, response)
        try:
            if response.status_code != HTTPStatus.OK:
                raise self._caller.unreadable(call)
            return [account for account in answer["Accounts"] if account.get("Code")]
        except (KeyError, AttributeError, TypeError):
            raise self._caller.unreadable(call) from None

    def _call(
        self,
        method: str,
        resource: str,
        params: dict[str, str] | None = None,
        *,
        headers: dict[str, str] | None = None,
        content: bytes = b"",
        creates: bool = False,
    ) -> Call:
        sent = {"Accept": "application/json", "xero-tenant-id": self._map.tenant_id, **(headers or {})}
        if content:
            sent["Content-Type"] = "application/json"
        return Call(method, f"{self._api_url}/{resource}", params or {}, sent, content, creates=creates)


def _where_reference(reference: str) -> str:
    return f'Narration.StartsWith("{reference} ")'


def _moment(day: dt.date) -> str:
    return f"DateTime({day.year},{day.month:02d},{day.day:02d})"


def _reason(problems: list[dict[str, Any]]) -> str:
    return reason_in(" ".join(str(problem.get("Message", "")) for problem in problems), _REASONS)


def _pulled(journal: dict[str, Any]) -> PulledEntry:
    opening = _REFERENCE.match(journal["Narration"])
    lines = tuple(
        signed_line(str(line.get("AccountCode", "")), amount_of(line["LineAmount"])) for line in journal["JournalLines"]
    )
    return PulledEntry(str(journal["ManualJournalID"]), opening[1] if opening else None, _day(journal["Date"]), lines)


def _day(text: str) -> dt.date:
    match = _ANSWERED_DATE.fullmatch(text)
    if match:
        return dt.datetime.fromtimestamp(int(match[1]) / 1000, dt.UTC).date()
    return date_of(text[:10])


def _addresses(_answers: Mapping[str, str], *, is_sandbox: bool) -> Addresses:  # noqa: ARG001  # it has no sandbox
    return Addresses(AUTHORIZE_URL, TOKEN_URL, API_URL)


def _companies(made: Connection, _query: Mapping[str, str], caller: Caller) -> list[str]:
    call = Call(
        "GET",
        f"{made.settings['api_url']}/connections",
        headers={"Authorization": f"Bearer {made.access_token}", "Accept": "application/json"},
    )
    response = caller.read(call)
    try:
        if response.status_code != HTTPStatus.OK:
            raise caller.unreadable(call)
        return [str(row["tenantId"]) for row in response.json() if row.get("tenantType") == "ORGANISATION"]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise caller.unreadable(call) from None


def _open(opening: Opening) -> Xero:
    permission = RotatingPermission(opening.store, opening.login_caller(), tenant_id=opening.chart_map.tenant_id)
    return Xero(opening.caller(permission), opening.chart_map, api_url=opening.api_url())


VENDOR = Vendor(
    name=NAME,
    title=TITLE,
    # a tracking category has a name of the organisation's own
    dimension_fields=None,
    access=ConsentAccess("offline_access accounting.transactions accounting.settings.read", _addresses, _companies),
    open_target=_open,
    # the day's bucket lets half of the day's requests come at once and spreads the rest
    limits=Limits((TokenBucket("minute", 60, 60.0, 20), TokenBucket("day", 5000, 86_400.0, 2500)), places=5),
)
