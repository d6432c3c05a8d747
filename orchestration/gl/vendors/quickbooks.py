"""QuickBooks Online: journal entries through the accounting API, version 3.

Intuit's rules that shape this client: ``requestid`` makes a create happen once and answers a repeat with the first
answer; DocNumber (21 characters) can be searched; 500 requests a minute and 10 at once per company; a line on an
accounts receivable or payable account needs a customer or vendor, so our control accounts are mapped to other types.
What does not belong here: pace, tokens and faults (``wire``).
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from orchestration.core.exact_json import exact_json
from orchestration.core.money import ZERO
from orchestration.gl.answers import account_findings, amount_of, date_of, receipt_of, refused, settled, shared_accounts
from orchestration.gl.port import PulledEntry, PulledLine, TargetUnauthorized
from orchestration.gl.vendors.description import Addresses, ConsentAccess, Limits, Vendor
from orchestration.gl.wire.calling import Call, safe_code
from orchestration.gl.wire.oauth import RotatingPermission
from orchestration.gl.wire.pacing import TokenBucket

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping
    from decimal import Decimal

    from orchestration.core.findings import Finding
    from orchestration.gl.chart_map import ChartMap
    from orchestration.gl.port import PostRequest, Receipt
    from orchestration.gl.vendors.description import Opening
    from orchestration.gl.wire.calling import Caller
    from orchestration.gl.wire.connections import Connection

NAME = "quickbooks"
TITLE = "QuickBooks Online"
API_URL = "https://quickbooks.api.intuit.com"
SANDBOX_API_URL = "https://sandbox-quickbooks.api.intuit.com"
AUTHORIZE_URL = "https://appcenter.intuit.com/connect/oauth2"
TOKEN_URL = "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer"  # noqa: S105  # an address

_MINOR_VERSION = "75"
_PAGE_SIZE = 1000
_NEEDS_A_NAME = {"Accounts Receivable": "customer", "Accounts Payable": "vendor"}
# Intuit's page "Handling common errors"; every other code is a validation
_CODES: dict[int | None, str] = {
    610: "account_unknown",
    2500: "account_unknown",
    6140: "duplicate",
    6210: "period_closed",
}
_SUBSCRIPTION_ENDED = 6190


class QuickBooks:
    """One company (realm) of QuickBooks Online. A journal's account is the id of an account there."""

    name = NAME
    # a round every 15 minutes leaves nine tenths of the minute's allowance to people's other programs
    batch_limit = 500

    def __init__(self, caller: Caller, chart_map: ChartMap, *, api_url: str) -> None:
        self._caller = caller
        self._map = chart_map
        self._company_url = f"{api_url}/v3/company/{chart_map.tenant_id}"

    def post(self, request: PostRequest) -> Receipt:
        """Create the journal entry under ``requestid``; raises as ``port.Target.post`` says."""
        call = self._call(
            "POST",
            "journalentry",
            {"requestid": request.idempotency_key},
            content=exact_json(self._journal(request)).encode(),
            creates=True,
        )
        response = self._caller.once(call)
        answer = self._caller.decoded(call, response)
        if response.status_code == HTTPStatus.OK:
            try:
                entry = _pulled(answer["JournalEntry"])
            except (KeyError, TypeError, ValueError):
                raise self._caller.unreadable(call) from None
            return settled(request, entry, TITLE, NAME)
        fault = _fault_code(answer)
        code = int(fault) if fault.isdecimal() else None
        if code == _SUBSCRIPTION_ENDED:
            message = f"the company's subscription of {TITLE} has ended or is not paid, so nothing is posted there"
            raise TargetUnauthorized(code="subscription_ended", message=message, fix="medbooks gl post --resume")
        known = _CODES.get(code, "validation")
        if known == "duplicate":
            entries = list(self._entries(f"DocNumber = '{request.reference}'"))
            if entries:
                return settled(request, entries[0], TITLE, NAME)
        raise refused(TITLE, NAME, "validation" if known == "duplicate" else known, safe_code(fault))

    def find(self, reference: str) -> Receipt | None:
        """Return what stands under DocNumber ``reference``."""
        entries = list(self._entries(f"DocNumber = '{reference}'"))
        return receipt_of(entries[0], reference) if entries else None

    def pull(self, start: dt.date, end: dt.date) -> Iterator[PulledEntry]:
        """Yield the journal entries dated from start to end."""
        yield from self._entries(f"TxnDate >= '{start.isoformat()}' and TxnDate <= '{end.isoformat()}'")

    def check_accounts(self, mapping: Mapping[str, str]) -> list[Finding]:
        """Return accounts that are absent, inactive, or want a customer or vendor on every line."""
        known: dict[str, str | None] = {}
        for account in self._query("Account", ""):
            wanted = _NEEDS_A_NAME.get(str(account.get("AccountType")))
            reason = f"where every line needs a {wanted}: map it to an Other Current account" if wanted else None
            known[str(account["Id"])] = reason if account.get("Active", True) else "which is inactive"
        return [
            *account_findings(TITLE, mapping, known, lambda theirs: f"id {safe_code(theirs)}"),
            *shared_accounts(mapping),
        ]

    def numbered_accounts(self) -> dict[str, str]:
        """Return the ids of accounts by their account number, for a first mapping."""
        return {str(a["AcctNum"]): str(a["Id"]) for a in self._query("Account", "") if a.get("AcctNum")}

    def _journal(self, request: PostRequest) -> dict[str, object]:
        lines: list[dict[str, object]] = []
        for line in request.lines:
            detail: dict[str, object] = {
                "PostingType": "Debit" if line.debit_amount else "Credit",
                "AccountRef": {"value": line.account},
            }
            for field, value in sorted(self._map.line_fields(request, line).items()):
                detail[field] = {"value": value}
            lines.append(
                {
                    "Amount": line.debit_amount or line.credit_amount,
                    "DetailType": "JournalEntryLineDetail",
                    "JournalEntryLineDetail": detail,
                }
            )
        return {
            "DocNumber": request.reference,
            "TxnDate": request.entry_date.isoformat(),
            "PrivateNote": request.memo,
            "Line": lines,
        }

    def _entries(self, where: str) -> Iterator[PulledEntry]:
        for journal in self._query("JournalEntry", f"where {where} "):
            try:
                yield _pulled(journal)
            except (KeyError, TypeError, ValueError):
                raise self._caller.unreadable(self._call("GET", "query")) from None

    def _query(self, entity: str, where: str) -> Iterator[dict[str, Any]]:
        first = 1
        while True:
            text = f"select * from {entity} {where}orderby Id startposition {first} maxresults {_PAGE_SIZE}"  # noqa: S608  # Intuit's query language; what is in it is ours
            call = self._call("GET", "query", {"query": text})
            response = self._caller.read(call)
            answer = self._caller.decoded(call, response)
            if response.status_code != HTTPStatus.OK:
                raise self._caller.unreadable(call)
            try:
                rows = answer["QueryResponse"].get(entity, [])
                yield from rows
            except (KeyError, AttributeError, TypeError):
                raise self._caller.unreadable(call) from None
            if len(rows) < _PAGE_SIZE:
                return
            first += _PAGE_SIZE

    def _call(
        self,
        method: str,
        resource: str,
        params: dict[str, str] | None = None,
        *,
        content: bytes = b"",
        creates: bool = False,
    ) -> Call:
        headers = {"Accept": "application/json"}
        if content:
            headers["Content-Type"] = "application/json"
        return Call(
            method,
            f"{self._company_url}/{resource}",
            {**(params or {}), "minorversion": _MINOR_VERSION},
            headers,
            content,
            creates=creates,
        )


def _fault_code(answer: dict[str, Any]) -> str:
    try:
        return str(answer["Fault"]["Error"][0]["code"])
    except (KeyError, IndexError, TypeError):
        return ""


def _pulled(journal: dict[str, Any]) -> PulledEntry:
    lines = []
    for line in journal["Line"]:
        detail = line.get("JournalEntryLineDetail")
        if detail is None:
            # a line of words alone
            continue
        amount: Decimal = amount_of(line.get("Amount"))
        is_debit = detail["PostingType"] == "Debit"
        lines.append(
            PulledLine(str(detail["AccountRef"]["value"]), amount if is_debit else ZERO, ZERO if is_debit else amount)
        )
    return PulledEntry(str(journal["Id"]), journal.get("DocNumber") or None, date_of(journal["TxnDate"]), tuple(lines))


def _addresses(_answers: Mapping[str, str], *, is_sandbox: bool) -> Addresses:
    return Addresses(AUTHORIZE_URL, TOKEN_URL, SANDBOX_API_URL if is_sandbox else API_URL)


def _companies(_made: Connection, query: Mapping[str, str], _caller: Caller) -> list[str]:
    # the address the browser comes back to names the one company the person chose
    return [query.get("realmId", "")]


def _open(opening: Opening) -> QuickBooks:
    permission = RotatingPermission(opening.store, opening.login_caller(), tenant_id=opening.chart_map.tenant_id)
    return QuickBooks(opening.caller(permission), opening.chart_map, api_url=opening.api_url())


VENDOR = Vendor(
    name=NAME,
    title=TITLE,
    dimension_fields=frozenset({"ClassRef", "DepartmentRef"}),
    access=ConsentAccess("com.intuit.quickbooks.accounting", _addresses, _companies),
    open_target=_open,
    limits=Limits((TokenBucket("minute", 500, 60.0, 100),), places=10),
)
