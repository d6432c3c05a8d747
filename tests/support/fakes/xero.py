"""Xero's stand-in: manual journals and accounts of one organisation, as version 2.0 answers."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from decimal import Decimal

from support.fakes.server import Fake, Response

_BY_OPENING = re.compile(r'Narration\.StartsWith\("([^"]*)"\)')
_MOMENT = r"DateTime\((\d+),(\d+),(\d+)\)"
_BY_DATE = re.compile(rf"Date >= {_MOMENT} AND Date <= {_MOMENT}")


class FakeXero(Fake):
    name = "xero"
    login_paths = ("/connect/token",)
    token_seconds = 1800
    default_limits = ((60, 60.0), (5000, 86_400.0))
    default_places = 5
    tenant = "5fe2c3a0-9d7b-4c1e-8a52-0a4a3b1c9d11"

    def __init__(self, **options):
        super().__init__(**options)
        self.accounts = {
            "1010": account("1010", "Clearing", "CURRENT"),
            "1200": account("1200", "Receivable control", "CURRENT"),
            "4000-01": account("4000-01", "Office visits", "REVENUE"),
            "4900": account("4900", "Contractual adjustments", "REVENUE"),
            "090": account("090", "Business account", "BANK"),
            "610": {**account("610", "Accounts Receivable", "CURRENT"), "SystemAccount": "DEBTORS"},
            "999": {**account("999", "Old account", "EXPENSE"), "Status": "ARCHIVED"},
        }
        self.options = {"Payer": {"Medicare", "Commercial"}}
        self.answers = {}

    def handle(self, request):  # noqa: PLR0911  # one answer per rule
        if request.path in self.login_paths:
            return self.token_answer(request)
        if not self.is_authorized(request):
            return Response.of(401, {"Type": None, "Title": "Unauthorized", "Status": 401, "Detail": "TokenExpired"})
        if request.path == "/connections":
            return Response.of(200, [{"id": str(uuid.uuid4()), "tenantId": self.tenant, "tenantType": "ORGANISATION"}])
        if request.headers.get("xero-tenant-id") != self.tenant:
            return Response.of(403, {"Type": None, "Title": "Forbidden", "Status": 403})
        resource = request.path.removeprefix("/api.xro/2.0/")
        if resource == "Accounts" and request.method == "GET":
            return Response.of(200, {"Accounts": list(self.accounts.values())})
        if resource == "ManualJournals" and request.method == "GET":
            return self.search(request)
        if resource == "ManualJournals" and request.method == "PUT":
            return self.create(request)
        return Response.of(404, {"Title": "NotFound"})

    def create(self, request):
        key = request.headers.get("idempotency-key")
        if key and len(key) > 128:
            return self.invalid("The idempotency key is too long")
        if key in self.answers:
            body, answer = self.answers[key]
            return answer if body == request.body else self.invalid("The idempotency key was used for another body")
        answered = Response.of(200, {"ManualJournals": [self.checked(journal) for journal in self._journals(request)]})
        if key:
            self.answers[key] = (request.body, answered)
        return answered

    @staticmethod
    def _journals(request):
        return request.json()["ManualJournals"]

    def checked(self, journal):
        problems = []
        lines = journal.get("JournalLines", [])
        if sum((Decimal(line["LineAmount"]) for line in lines), Decimal(0)) or len(lines) < 2:
            problems.append("The total debits (100.00) must equal total credits (-10.00)")
        for line in lines:
            known = self.accounts.get(line["AccountCode"])
            if known is None or known["Status"] != "ACTIVE":
                problems.append("Account code CANARY is not a valid code for this document")
            elif known["Type"] == "BANK" or known.get("SystemAccount"):
                problems.append("Account code CANARY is a system account and cannot be used")
            tracking = line.get("Tracking", [])
            if len(tracking) > 2:
                problems.append("Too many tracking categories")
            if any(item["Option"] not in self.options.get(item["Name"], set()) for item in tracking):
                problems.append("The tracking option is not known")
        if self.closed_through and journal["Date"] <= self.closed_through:
            problems.append("The document date cannot be before the period lock date")
        answer = {**journal, "Date": _answered(journal["Date"])}
        if problems:
            errors = [{"Message": problem} for problem in problems]
            return {**answer, "StatusAttributeString": "ERROR", "ValidationErrors": errors}
        answer["ManualJournalID"] = str(uuid.uuid4())
        self.journals.append(
            {
                "reference": journal["Narration"].partition(" ")[0],
                "date": journal["Date"],
                "narration": journal["Narration"],
                "entry": answer,
            }
        )
        return {**answer, "StatusAttributeString": "OK"}

    def search(self, request):
        where = request.query.get("where", "")
        if found := _BY_OPENING.fullmatch(where):
            rows = [journal["entry"] for journal in self.journals if journal["narration"].startswith(found[1])]
        elif found := _BY_DATE.fullmatch(where):
            numbers = [int(part) for part in found.groups()]
            start, end = dt.date(*numbers[:3]).isoformat(), dt.date(*numbers[3:]).isoformat()
            rows = [journal["entry"] for journal in self.journals if start <= journal["date"] <= end]
        else:
            return self.invalid("The filter is not understood")
        size = int(request.query.get("pageSize", "100"))
        first = (int(request.query.get("page", "1")) - 1) * size
        return Response.of(200, {"ManualJournals": rows[first : first + size]})

    @staticmethod
    def invalid(message):
        return Response.of(
            400,
            {
                "ErrorNumber": 10,
                "Type": "ValidationException",
                "Message": "A validation exception occurred",
                "Elements": [{"ValidationErrors": [{"Message": message}]}],
            },
        )


def account(code, name, kind):
    return {
        "Code": code,
        "Name": name,
        "AccountID": str(uuid.uuid5(uuid.NAMESPACE_OID, code)),
        "Type": kind,
        "Status": "ACTIVE",
    }


def _answered(day):
    moment = dt.datetime.fromisoformat(day).replace(tzinfo=dt.UTC)
    return f"/Date({int(moment.timestamp() * 1000)}+0000)/"
