"""Sage Intacct's stand-in: the XML gateway with sessions, GLBATCH, GLENTRY and GLACCOUNT of one company."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml.ElementTree import fromstring
from support.fakes.server import Fake, Response

PATH = "/ia/xml/xmlgw.phtml"


class FakeIntacct(Fake):
    name = "intacct"
    default_limits = ((120, 60.0),)
    default_places = 2
    company = "clinic-dev"

    def __init__(self, **options):
        super().__init__(**options)
        self.accounts = {
            "1010": {"ACCOUNTNO": "1010", "STATUS": "active", "ALTERNATIVEACCOUNT": "None"},
            "1200": {"ACCOUNTNO": "1200", "STATUS": "active", "ALTERNATIVEACCOUNT": "None"},
            "4000-01": {"ACCOUNTNO": "4000-01", "STATUS": "active", "ALTERNATIVEACCOUNT": "None"},
            "4900": {"ACCOUNTNO": "4900", "STATUS": "active", "ALTERNATIVEACCOUNT": "None"},
            "1100": {"ACCOUNTNO": "1100", "STATUS": "active", "ALTERNATIVEACCOUNT": "Receivables Account"},
            "6999": {"ACCOUNTNO": "6999", "STATUS": "inactive", "ALTERNATIVEACCOUNT": "None"},
        }
        self.classes = {"MCR", "COM"}
        self.executed = set()
        self.sender_is_let_in = True
        self.password = "pass"  # noqa: S105  # a stand-in has nothing to protect

    def throttled(self, seconds):
        root = Element("response")
        _add(SubElement(root, "control"), "status", "failure")
        error = SubElement(SubElement(root, "errormessage"), "error")
        _add(error, "errorno", "GW-0010")
        _add(error, "description", "Too many requests")
        return _xml(root, status=429, headers={"Retry-After": str(seconds)})

    def is_login(self, request):
        return b"<getAPISession" in request.body

    def handle(self, request):
        if request.path != PATH or request.method != "POST":
            return Response(404)
        try:
            root = fromstring(request.body)
            control, operation = root.find("control"), root.find("operation")
            sender = (control.findtext("senderid"), control.findtext("password"))
        except (ParseError, AttributeError):
            return self.gateway_failure("XL03000003")
        if sender != ("sender", "senderpass"):
            return self.gateway_failure("XL03000006")
        answer = Element("response")
        self._control(answer, control)
        outcome = SubElement(answer, "operation")
        user, company, refused = self._authenticated(operation.find("authentication"))
        authentication = SubElement(outcome, "authentication")
        _add(authentication, "status", "failure" if refused else "success")
        _add(authentication, "userid", user)
        _add(authentication, "companyid", company)
        _add(authentication, "locationid", "")
        if refused:
            _errors(outcome, "XL03000006", refused)
            return _xml(answer)
        now = dt.datetime.fromtimestamp(self.clock(), dt.UTC)
        _add(authentication, "sessiontimestamp", now.isoformat())
        _add(authentication, "sessiontimeout", (now + dt.timedelta(seconds=self.token_seconds)).isoformat())
        is_unique = control.findtext("uniqueid") == "true"
        for function in operation.find("content"):
            self._execute(outcome, function, is_unique=is_unique)
        return _xml(answer)

    def _authenticated(self, authentication):
        login = authentication.find("login")
        if login is None:
            known = self.access.get(authentication.findtext("sessionid"), 0.0) > self.clock()
            wrong = self.is_revoked or not known
            return "user", self.company, "The session is not valid" if wrong else ""
        user, company = login.findtext("userid"), login.findtext("companyid")
        if not self.sender_is_let_in or company != self.company:
            return (
                user,
                company,
                (f"The sender ID 'sender' is not authorized to make Web Services requests to company ID '{company}'."),
            )
        wrong = self.is_revoked or login.findtext("password") != self.password
        return user, company, "Sign-in information is incorrect" if wrong else ""

    @staticmethod
    def _control(answer, control):
        out = SubElement(answer, "control")
        _add(out, "status", "success")
        for name in ("senderid", "controlid", "uniqueid", "dtdversion"):
            _add(out, name, control.findtext(name))

    def _execute(self, outcome, function, *, is_unique):
        verb, controlid = function[0], function.get("controlid")
        result = SubElement(outcome, "result")
        if verb.tag == "getAPISession":
            self.counts["token_calls"] += 1
            access, _ = self.grant()
            _ok(result, verb.tag, controlid)
            api = SubElement(SubElement(result, "data"), "api")
            _add(api, "sessionid", access)
            _add(api, "endpoint", f"{self.url}{PATH}")
            _add(api, "locationid", "")
        elif verb.tag == "query":
            self._query(result, verb, controlid)
        elif is_unique and controlid in self.executed:
            _failed(result, verb.tag, controlid, "The function was executed before.")
        else:
            problem = self._create(result, verb.find("GLBATCH"), controlid)
            if problem:
                _failed(result, verb.tag, controlid, problem)
            else:
                self.executed.add(controlid)

    def _create(self, result, batch, controlid):
        lines = list(batch.find("ENTRIES"))
        total = Decimal(0)
        for line in lines:
            account = self.accounts.get(line.findtext("ACCOUNTNO"))
            if account is None or account["STATUS"] != "active":
                return "Invalid account number 'CANARY' specified."
            if line.find("CLASSID") is not None and line.findtext("CLASSID") not in self.classes:
                return "Invalid class 'CANARY' specified."
            total += Decimal(line.findtext("TRX_AMOUNT")) * int(line.findtext("TR_TYPE"))
        if total or len(lines) < 2:
            return "The debits and credits do not balance."
        day = dt.datetime.strptime(batch.findtext("BATCH_DATE"), "%m/%d/%Y").replace(tzinfo=dt.UTC).date()
        if self.closed_through and day.isoformat() <= self.closed_through:
            return "Periods are closed. Your transaction date is within a period that has been closed."
        record = str(self.next_number())
        header = {field.tag: field.text or "" for field in batch if field.tag != "ENTRIES"}
        self.journals.append(
            {
                "reference": header.get("REFERENCENO"),
                "date": day.isoformat(),
                "header": {**header, "RECORDNO": record},
                "lines": [
                    {"BATCHNO": record, "LINE_NO": str(number), **{field.tag: field.text or "" for field in line}}
                    for number, line in enumerate(lines, start=1)
                ],
            }
        )
        _ok(result, "create", controlid)
        made = SubElement(SubElement(result, "data", listtype="objects", count="1"), "glbatch")
        _add(made, "RECORDNO", record)
        return None

    def _query(self, result, query, controlid):
        name = query.findtext("object")
        if name == "GLACCOUNT":
            rows = list(self.accounts.values())
        elif name == "GLBATCH":
            rows = [journal["header"] for journal in self.journals]
        else:
            rows = [line for journal in self.journals for line in journal["lines"]]
        condition = query.find("filter")
        if condition is not None:
            rows = [row for row in rows if _holds(condition[0], row)]
        offset, size = int(query.findtext("offset", "0")), int(query.findtext("pagesize", "100"))
        page = rows[offset : offset + size]
        _ok(result, "query", controlid)
        data = SubElement(
            result,
            "data",
            listtype=name,
            totalcount=str(len(rows)),
            offset=str(offset),
            count=str(len(page)),
            numremaining=str(max(0, len(rows) - offset - len(page))),
        )
        for row in page:
            out = SubElement(data, name)
            for field in query.find("select"):
                _add(out, field.text, row.get(field.text, ""))

    def gateway_failure(self, number):
        root = Element("response")
        control = SubElement(root, "control")
        _add(control, "status", "failure")
        _add(control, "senderid", "")
        _add(control, "controlid", "")
        _errors(root, number, "CANARY")
        return _xml(root)


def _holds(condition, row):
    if condition.tag == "and":
        return all(_holds(part, row) for part in condition)
    value = row.get(condition.findtext("field"), "")
    values = [item.text for item in condition.findall("value")]
    if condition.tag == "between":
        days = [dt.datetime.strptime(text, "%m/%d/%Y").replace(tzinfo=dt.UTC) for text in (values[0], value, values[1])]
        return days == sorted(days)
    return value in values


def _ok(result, verb, controlid):
    _add(result, "status", "success")
    _add(result, "function", verb)
    _add(result, "controlid", controlid)


def _failed(result, verb, controlid, words):
    _add(result, "status", "failure")
    _add(result, "function", verb)
    _add(result, "controlid", controlid)
    # one number for everything a journal can be refused for; the reason is in words
    _errors(result, "BL01001973", words)


def _errors(parent, number, words):
    error = SubElement(SubElement(parent, "errormessage"), "error")
    _add(error, "errorno", number)
    _add(error, "description", "")
    _add(error, "description2", words)
    _add(error, "correction", "")


def _add(parent, name, text):
    SubElement(parent, name).text = text


def _xml(root, *, status=200, headers=None):
    return Response(
        status,
        tostring(root, encoding="utf-8", xml_declaration=True),
        {"Content-Type": "application/xml", **(headers or {})},
    )
