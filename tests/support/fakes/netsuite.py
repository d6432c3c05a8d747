"""NetSuite's stand-in: journal entries and accounts of one account, by SuiteTalk REST and two SuiteQL queries."""

from __future__ import annotations

import base64
import json
import re
from decimal import Decimal
from urllib.parse import parse_qsl

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from support.fakes.server import Fake, Response

_LINES = re.compile(
    r"SELECT t\.id AS id, t\.externalid AS externalid, TO_CHAR\(t\.trandate, 'YYYY-MM-DD'\) AS trandate, "
    r"tal\.account AS account, tal\.debit AS debit, tal\.credit AS credit "
    r"FROM transaction t JOIN transactionaccountingline tal ON tal\.transaction = t\.id "
    r"WHERE t\.type = 'Journal' AND (.+) ORDER BY t\.id, tal\.transactionline"
)
_BY_ID = re.compile(r"t\.externalid = '([^']*)'")
_DAY = r"TO_DATE\('([\d-]+)', 'YYYY-MM-DD'\)"
_BY_DATE = re.compile(rf"t\.trandate >= {_DAY} AND t\.trandate <= {_DAY}")
_TYPE = "https://www.rfc-editor.org/rfc/rfc9110.html"


class FakeNetSuite(Fake):
    name = "netsuite"
    login_paths = ("/services/rest/auth/oauth2/v1/token",)
    default_limits = ()
    default_places = 5
    account_id = "1234567_SB1"

    def __init__(self, *, public_key=None, **options):
        super().__init__(**options)
        self.public_key = public_key
        self.accounts = {
            "201": {"id": "201", "acctnumber": "1010", "accttype": "Bank", "isinactive": "F"},
            "202": {"id": "202", "acctnumber": "1200", "accttype": "OthCurrAsset", "isinactive": "F"},
            "203": {"id": "203", "acctnumber": "4000-01", "accttype": "Income", "isinactive": "F"},
            "204": {"id": "204", "acctnumber": "4900", "accttype": "Income", "isinactive": "F"},
            "119": {"id": "119", "acctnumber": "1100", "accttype": "AcctRec", "isinactive": "F"},
            "299": {"id": "299", "acctnumber": "6999", "accttype": "Expense", "isinactive": "T"},
        }
        self.classes = {"11", "12"}
        self.role_may_post = True

    def handle(self, request):
        if request.path in self.login_paths:
            return self.token_answer(request)
        if not self.is_authorized(request):
            return self.problem(401, "INVALID_LOGIN", "Invalid login attempt.")
        if not self.role_may_post:
            return self.problem(403, "INSUFFICIENT_PERMISSION", "Permission violation.")
        if request.method == "POST" and request.path == "/services/rest/record/v1/journalEntry":
            return self.create(request)
        if request.method == "POST" and request.path == "/services/rest/query/v1/suiteql":
            return self.query(request)
        return self.problem(404, "NONEXISTENT_ID", "Not found.")

    def token_answer(self, request):
        self.counts["token_calls"] += 1
        form = dict(parse_qsl(request.body.decode()))
        if self.is_revoked or not self._is_signed(form.get("client_assertion", "")):
            return Response.of(400, {"error": "invalid_grant"})
        access, _ = self.grant()
        return Response.of(200, {"access_token": access, "expires_in": str(self.token_seconds), "token_type": "bearer"})

    def _is_signed(self, assertion):
        signed, _, signature = assertion.rpartition(".")
        try:
            header, claims = (json.loads(_decoded(part)) for part in signed.split("."))
            self.public_key.verify(
                _decoded(signature),
                signed.encode(),
                padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32),
                hashes.SHA256(),
            )
        except (ValueError, InvalidSignature):
            return False
        now = self.clock() + self.date_offset_seconds
        return (
            header == {"typ": "JWT", "alg": "PS256", "kid": "certificate-1"}
            and claims["iss"] == "client"
            and claims["scope"] == ["rest_webservices"]
            and claims["aud"] == f"{self.url}{self.login_paths[0]}"
            and claims["iat"] - 60 <= now < claims["exp"] <= claims["iat"] + 3600
        )

    def create(self, request):  # noqa: PLR0911  # one answer per rule
        try:
            body = request.json()
            lines = body["line"]["items"]
        except (ValueError, KeyError):
            return self.problem(400, "INVALID_CONTENT", "Invalid content.")
        external_id = body.get("externalId")
        if external_id and any(journal["reference"] == external_id for journal in self.journals):
            return self.problem(400, "USER_ERROR", "This record already exists.")
        total = Decimal(0)
        for number, line in enumerate(lines):
            known = self.accounts.get(line["account"]["id"])
            if known is None or known["isinactive"] == "T" or known["accttype"] == "AcctRec":
                return self.problem(400, "INVALID_CONTENT", "Invalid value CANARY", f"line.items[{number}].account")
            if "class" in line and line["class"]["id"] not in self.classes:
                return self.problem(400, "INVALID_CONTENT", "Invalid value CANARY", f"line.items[{number}].class")
            total += Decimal(line.get("debit", 0)) - Decimal(line.get("credit", 0))
        if total or len(lines) < 2:
            return self.problem(400, "USER_ERROR", "The amounts in this journal are out of balance.")
        if self.closed_through and body["tranDate"] <= self.closed_through:
            return self.problem(400, "USER_ERROR", "The period is closed.")
        record = str(self.next_number() + 5000)
        self.journals.append({"reference": external_id, "date": body["tranDate"], "id": record, "lines": lines})
        return Response(204, b"", {"Location": f"{self.url}/services/rest/record/v1/journalEntry/{record}"})

    def query(self, request):
        text = request.json()["q"]
        if text.startswith("SELECT id, acctnumber"):
            rows = list(self.accounts.values())
        elif match := _LINES.fullmatch(text):
            if found := _BY_ID.fullmatch(match[1]):
                journals = [journal for journal in self.journals if journal["reference"] == found[1]]
            elif found := _BY_DATE.fullmatch(match[1]):
                journals = [journal for journal in self.journals if found[1] <= journal["date"] <= found[2]]
            else:
                return self.problem(400, "INVALID_PARAMETER", "Invalid search query.")
            rows = [
                {
                    "id": journal["id"],
                    "externalid": journal["reference"],
                    "trandate": journal["date"],
                    "account": line["account"]["id"],
                    # SuiteQL leaves out what is null, and gives amounts as text
                    **{side: str(line[side]) for side in ("debit", "credit") if side in line},
                }
                for journal in journals
                for line in journal["lines"]
            ]
        else:
            return self.problem(400, "INVALID_PARAMETER", "Invalid search query.")
        offset, limit = int(request.query["offset"]), int(request.query["limit"])
        page = rows[offset : offset + limit]
        return Response.of(
            200,
            {
                "links": [],
                "count": len(page),
                "hasMore": offset + len(page) < len(rows),
                "items": page,
                "offset": offset,
                "totalResults": len(rows),
            },
        )

    @staticmethod
    def problem(status, code, detail, path=None):
        details = {"detail": detail, "o:errorCode": code, **({"o:errorPath": path} if path else {})}
        return Response.of(status, {"type": _TYPE, "title": "Problem", "status": status, "o:errorDetails": [details]})


def _decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
