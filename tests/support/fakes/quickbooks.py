"""QuickBooks Online's stand-in: journal entries and accounts of one company, as version 3 answers."""

from __future__ import annotations

import re
from decimal import Decimal

from support.fakes.server import Fake, Response

_QUERY = re.compile(r"select \* from (\w+) (?:where (.*?) )?orderby Id startposition (\d+) maxresults (\d+)")
_BY_NUMBER = re.compile(r"DocNumber = '([^']*)'")
_BY_DATE = re.compile(r"TxnDate >= '([\d-]+)' and TxnDate <= '([\d-]+)'")
_TIME = "2026-01-05T10:00:00.000-08:00"


class FakeQuickBooks(Fake):
    name = "quickbooks"
    login_paths = ("/oauth2/v1/tokens/bearer",)
    default_limits = ((500, 60.0),)
    default_places = 10
    realm = "9130355377388383"

    def __init__(self, **options):
        super().__init__(**options)
        self.accounts = {
            "35": account("35", "Checking", "Bank", "1010"),
            "84": account("84", "Receivable control", "Other Current Asset", "1200"),
            "85": account("85", "Accounts Receivable (A/R)", "Accounts Receivable", ""),
            "79": account("79", "Services", "Income", "4000-01"),
            "80": account("80", "Contractual adjustments", "Income", "4900"),
            "90": {**account("90", "Old account", "Expense", "6999"), "Active": False},
        }
        self.classes = {"100", "101"}
        self.answers = {}

    def handle(self, request):
        if request.path in self.login_paths:
            return self.token_answer(request)
        if not self.is_authorized(request):
            return self.fault(401, "3200", "AuthenticationFault")
        parts = request.path.split("/")
        if parts[:3] != ["", "v3", "company"] or parts[3] != self.realm:
            return self.fault(403, "3100", "AuthorizationFault")
        if request.method == "POST" and parts[4:] == ["journalentry"]:
            return self.create(request)
        if request.method == "GET" and parts[4:] == ["query"]:
            return self.query(request)
        return self.fault(404, "600", "SystemFault")

    def create(self, request):
        key = request.query.get("requestid")
        if key in self.answers:
            # Intuit answers a repeated requestid with its first answer, whatever the body is now
            return self.answers[key]
        response = self.checked(request)
        if key and response.status == 200:
            self.answers[key] = response
        return response

    def checked(self, request):  # noqa: PLR0911  # one answer per rule
        try:
            body = request.json()
            lines = [(line["JournalEntryLineDetail"], line["Amount"]) for line in body["Line"]]
        except (ValueError, KeyError):
            return self.fault(400, "2010", "ValidationFault")
        total = Decimal(0)
        for detail, amount in lines:
            known = self.accounts.get(detail["AccountRef"]["value"])
            if known is None or not known["Active"]:
                return self.fault(400, "2500", "ValidationFault")
            if known["AccountType"] == "Accounts Receivable" and "Entity" not in detail:
                return self.fault(400, "6000", "ValidationFault")
            if "ClassRef" in detail and detail["ClassRef"]["value"] not in self.classes:
                return self.fault(400, "2500", "ValidationFault")
            if amount <= 0 or Decimal(amount) != round(Decimal(amount), 2):
                return self.fault(400, "2020", "ValidationFault")
            total += amount if detail["PostingType"] == "Debit" else -amount
        if total or not lines:
            return self.fault(400, "6000", "ValidationFault")
        if len(body.get("DocNumber", "")) > 21:
            return self.fault(400, "2050", "ValidationFault")
        if self.closed_through and body["TxnDate"] <= self.closed_through:
            return self.fault(400, "6210", "ValidationFault")
        entry = {
            **body,
            "Id": str(self.next_number()),
            "SyncToken": "0",
            "Line": [{"Id": str(number), **line} for number, line in enumerate(body["Line"])],
            "domain": "QBO",
            "sparse": False,
        }
        self.journals.append({"reference": body.get("DocNumber"), "date": body["TxnDate"], "entry": entry})
        return Response.of(200, {"JournalEntry": entry, "time": _TIME})

    def query(self, request):
        match = _QUERY.fullmatch(request.query.get("query", ""))
        if match is None:
            return self.fault(400, "4000", "ValidationFault")
        entity, where, start, size = match[1], match[2] or "", int(match[3]), int(match[4])
        if entity == "Account":
            rows = list(self.accounts.values())
        elif found := _BY_NUMBER.fullmatch(where):
            rows = [journal["entry"] for journal in self.journals if journal["reference"] == found[1]]
        elif found := _BY_DATE.fullmatch(where):
            rows = [journal["entry"] for journal in self.journals if found[1] <= journal["date"] <= found[2]]
        else:
            return self.fault(400, "4000", "ValidationFault")
        page = rows[start - 1 : start - 1 + size]
        answer = {entity: page, "startPosition": start, "maxResults": len(page)} if page else {}
        return Response.of(200, {"QueryResponse": answer, "time": _TIME})

    @staticmethod
    def fault(status, code, kind):
        # the detail quotes what was sent, as the real one does: it must never reach a message of ours
        error = {"Message": "Something is invalid", "Detail": "CANARY quoted from the request", "code": code}
        return Response.of(status, {"Fault": {"Error": [error], "type": kind}, "time": _TIME})


def account(number, name, kind, account_number):
    return {
        "Id": number,
        "Name": name,
        "AccountType": kind,
        "Active": True,
        **({"AcctNum": account_number} if account_number else {}),
    }
