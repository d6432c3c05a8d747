"""Sage Intacct: journal entries (GLBATCH) through the XML gateway, version 3.0 of its document type.

Sage's rules that shape this client: with ``uniqueid`` true a *function* whose controlid has been executed is not
executed again; REFERENCENO can be searched; about two requests at once; every write is a paid transaction, whatever
its number of lines; a login gives a session that every call carries. What does not belong here: pace and faults
(``wire``).
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring  # writes only; defusedxml reads

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from orchestration.core.errors import ConfigurationError
from orchestration.core.money import format_amount
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
from orchestration.gl.port import PulledEntry, Receipt, TargetUnauthorized
from orchestration.gl.vendors.description import Addresses, Limits, Question, SecretAccess, Vendor
from orchestration.gl.wire.calling import Call, safe_code
from orchestration.gl.wire.connections import Connection
from orchestration.gl.wire.pacing import TokenBucket
from orchestration.gl.wire.permission import StoredPermission

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestration.core.findings import Finding
    from orchestration.gl.chart_map import ChartMap
    from orchestration.gl.port import PostRequest, TargetLine
    from orchestration.gl.vendors.description import Opening
    from orchestration.gl.wire.calling import Caller

NAME = "intacct"
TITLE = "Sage Intacct"
API_URL = "https://api.intacct.com/ia/xml/xmlgw.phtml"

_FIELD_ORDER = ("LOCATION", "DEPARTMENT", "PROJECTID", "CUSTOMERID", "VENDORID", "EMPLOYEEID", "ITEMID", "CLASSID")
_DATE = "%m/%d/%Y"
_PAGE_SIZE = 1000
# the width of a journal entry's description
_TITLE_LENGTH = 80
_LOGIN_FAILED = frozenset({"XL03000006", "XMLGW_JPP0002", "PL04000055"})
# the same number stands for a wrong password and for a company that has not let us in
_NOT_THIS_COMPANY = "is not authorized to make Web Services requests to company"
# a refused journal has one number for everything (BL01001973), and says why in words
_REASONS = (
    ("period_closed", ("period",)),
    ("unbalanced", ("balance",)),
    ("dimension_unknown", ("location", "department", "class", "dimension")),
    ("account_unknown", ("account",)),
)
_HEADER_FIELDS = ("RECORDNO", "REFERENCENO", "BATCH_DATE", "BATCH_TITLE", "JOURNAL", "STATE")
_LINE_FIELDS = ("BATCHNO", "LINE_NO", "ACCOUNTNO", "TR_TYPE", "TRX_AMOUNT")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")


class Session(StoredPermission):
    """A login turned into a session."""

    def asked(self, connection: Connection) -> Connection:
        """Return the connection with a new session, and the server that holds it."""
        authentication = Element("authentication")
        login = SubElement(authentication, "login")
        _add(login, "userid", connection.settings["user_id"])
        _add(login, "companyid", connection.tenant_id)
        _add(login, "password", connection.settings["user_password"])
        if connection.settings.get("location_id"):
            _add(login, "locationid", connection.settings["location_id"])
        function = Element("function", controlid=str(uuid.uuid4()))
        SubElement(function, "getAPISession")
        content = document(connection, authentication, [function], is_unique=False)
        call = Call("POST", connection.settings["api_url"], headers=_HEADERS, content=content)
        root = parsed(self._caller, call)
        if root.findtext("operation/authentication/status") != "success":
            raise _login_refused(self._caller, root)
        session = root.findtext("operation/result/data/api/sessionid")
        until = root.findtext("operation/authentication/sessiontimeout")
        try:
            expires_at = dt.datetime.fromisoformat(until or "").timestamp()
        except ValueError:
            session = None
        if not session:
            raise self._caller.unreadable(call)
        endpoint = _trusted(root.findtext("operation/result/data/api/endpoint"), connection.settings["api_url"])
        return replace(
            connection,
            access_token=session,
            access_expires_at=expires_at,
            settings={**connection.settings, "session_url": endpoint},
        )


class Intacct:
    """One company of Sage Intacct. A journal's account is the number of an account there."""

    name = NAME
    # a transaction costs money whatever its size, and a company's other programs wait for the same two places
    batch_limit = 200

    def __init__(self, caller: Caller, session: Session, chart_map: ChartMap) -> None:
        self._caller = caller
        self._session = session
        self._map = chart_map
        self._journal = chart_map.settings.get("journal", "GJ")
        # the field becomes the name of an XML element, which nothing escapes
        if not all(_NAME.fullmatch(mapped.their_field) for mapped in chart_map.dimensions.values()):
            message = "a field of a dimension at Sage Intacct is no name of a field"
            raise ConfigurationError(message, fix="medbooks gl accounts intacct")

    def post(self, request: PostRequest) -> Receipt:
        """Create the journal entry under its function's controlid; raises as ``port.Target.post`` says."""
        function = Element("function", controlid=request.idempotency_key)
        self._write(SubElement(SubElement(function, "create"), "GLBATCH"), request)
        result = self._run(function, creates=True)
        if result.findtext("status") == "success":
            record = result.findtext("data/glbatch/RECORDNO") or result.findtext("data/GLBATCH/RECORDNO")
            if not record:
                raise self._caller.unreadable(self._call(self._session.connection(), b"", creates=True))
            return Receipt(request.reference, record, request.total_amount)
        # a controlid that was executed before is an error too, so what stands there decides
        entries = list(self._entries(_equal("REFERENCENO", request.reference)))
        if entries:
            return settled(request, entries[0], TITLE, NAME)
        numbers = [number.text or "" for number in result.iter("errorno")]
        words = " ".join(text.text or "" for text in result.iter("description2"))
        raise refused(TITLE, NAME, reason_in(words, _REASONS), safe_code(numbers[0] if numbers else None))

    def find(self, reference: str) -> Receipt | None:
        """Return what stands under REFERENCENO ``reference``."""
        entries = list(self._entries(_equal("REFERENCENO", reference)))
        return receipt_of(entries[0], reference) if entries else None

    def pull(self, start: dt.date, end: dt.date) -> Iterator[PulledEntry]:
        """Yield the entries of the journal we post to, dated from start to end."""
        between = Element("between")
        _add(between, "field", "BATCH_DATE")
        _add(between, "value", start.strftime(_DATE))
        _add(between, "value", end.strftime(_DATE))
        both = Element("and")
        both.append(between)
        both.append(_equal("JOURNAL", self._journal))
        yield from self._entries(both)

    def check_accounts(self, mapping: Mapping[str, str]) -> list[Finding]:
        """Return accounts that are absent, inactive, or only carry what subledgers post."""
        known: dict[str, str | None] = {}
        for row in self._query("GLACCOUNT", ("ACCOUNTNO", "STATUS", "ALTERNATIVEACCOUNT"), None):
            reason = None
            if row.get("STATUS", "active") != "active":
                reason = "which is inactive"
            elif row.get("ALTERNATIVEACCOUNT", "None") not in {"", "None"}:
                reason = "a control account of payables or receivables, whose balance a journal would break"
            known[row["ACCOUNTNO"]] = reason
        return [
            *account_findings(TITLE, mapping, known, lambda theirs: f"number {safe_code(theirs)}"),
            *shared_accounts(mapping),
        ]

    def numbered_accounts(self) -> dict[str, str]:
        """Return the numbers of accounts, for a first mapping."""
        return {row["ACCOUNTNO"]: row["ACCOUNTNO"] for row in self._query("GLACCOUNT", ("ACCOUNTNO",), None)}

    def _write(self, batch: Element, request: PostRequest) -> None:
        _add(batch, "JOURNAL", self._journal)
        _add(batch, "BATCH_DATE", request.entry_date.strftime(_DATE))
        _add(batch, "BATCH_TITLE", request.memo[:_TITLE_LENGTH])
        _add(batch, "REFERENCENO", request.reference)
        _add(batch, "STATE", "Posted")
        entries = SubElement(batch, "ENTRIES")
        for line in request.lines:
            self._write_line(SubElement(entries, "GLENTRY"), request, line)

    def _write_line(self, entry: Element, request: PostRequest, line: TargetLine) -> None:
        _add(entry, "ACCOUNTNO", line.account)
        # debit 1, credit -1, amounts without a sign
        _add(entry, "TR_TYPE", "1" if line.debit_amount else "-1")
        _add(entry, "TRX_AMOUNT", format_amount(line.debit_amount or line.credit_amount))
        fields = self._map.line_fields(request, line)
        for name in sorted(fields, key=lambda name: (_place(name), name)):
            _add(entry, name, fields[name])

    def _entries(self, condition: Element) -> Iterator[PulledEntry]:
        headers = list(self._query("GLBATCH", _HEADER_FIELDS, condition))
        numbers = [row["RECORDNO"] for row in headers]
        lines: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
        for start in range(0, len(numbers), _PAGE_SIZE):
            within = Element("in")
            _add(within, "field", "BATCHNO")
            for number in numbers[start : start + _PAGE_SIZE]:
                _add(within, "value", number)
            for row in self._query("GLENTRY", _LINE_FIELDS, within):
                lines[row["BATCHNO"]].append(row)
        for row in headers:
            try:
                yield PulledEntry(
                    row["RECORDNO"],
                    row.get("REFERENCENO") or None,
                    date_of(row["BATCH_DATE"], _DATE),
                    tuple(
                        signed_line(
                            line["ACCOUNTNO"], amount_of(line["TRX_AMOUNT"]) * (1 if line["TR_TYPE"] == "1" else -1)
                        )
                        for line in lines[row["RECORDNO"]]
                    ),
                )
            except (KeyError, ValueError):
                raise self._caller.unreadable(self._call(self._session.connection(), b"")) from None

    def _query(self, name: str, fields: tuple[str, ...], condition: Element | None) -> Iterator[dict[str, str]]:
        offset = 0
        while True:
            function = Element("function", controlid=str(uuid.uuid4()))
            query = SubElement(function, "query")
            _add(query, "object", name)
            select = SubElement(query, "select")
            for field in fields:
                _add(select, "field", field)
            if condition is not None:
                SubElement(query, "filter").append(condition)
            order = SubElement(SubElement(query, "orderby"), "order")
            _add(order, "field", "RECORDNO")
            SubElement(order, "ascending")
            _add(query, "pagesize", str(_PAGE_SIZE))
            _add(query, "offset", str(offset))
            result = self._run(function, creates=False)
            data = result.find("data")
            if result.findtext("status") != "success" or data is None:
                raise self._caller.unreadable(self._call(self._session.connection(), b""))
            yield from ({field.tag: field.text or "" for field in row} for row in data)
            offset += len(data)
            if len(data) < _PAGE_SIZE:
                return

    def _run(self, function: Element, *, creates: bool) -> Element:
        """Return the result of one function; logs in anew once when the session is not accepted."""
        for attempt in (1, 2):
            connection = self._session.connection()
            authentication = Element("authentication")
            _add(authentication, "sessionid", connection.access_token)
            content = document(connection, authentication, [function], is_unique=creates)
            call = self._call(connection, content, creates=creates)
            root = parsed(self._caller, call)
            if root.findtext("operation/authentication/status") == "success":
                result = root.find("operation/result")
                if result is None:
                    raise self._caller.unreadable(call)
                return result
            if attempt == 1:
                self._session.renew()
        raise _login_refused(self._caller, root)

    @staticmethod
    def _call(connection: Connection, content: bytes, *, creates: bool = False) -> Call:
        return Call("POST", connection.settings["session_url"], headers=_HEADERS, content=content, creates=creates)


_HEADERS = {"Content-Type": "application/xml", "Accept": "application/xml"}


def document(connection: Connection, authentication: Element, functions: list[Element], *, is_unique: bool) -> bytes:
    """Return the request document: who sends it, who acts in which company, and what is done."""
    request = Element("request")
    control = SubElement(request, "control")
    _add(control, "senderid", connection.client_id)
    _add(control, "password", connection.client_secret)
    # matches an answer to its request, no more; the function's controlid is what makes a create happen once
    _add(control, "controlid", str(uuid.uuid4()))
    _add(control, "uniqueid", "true" if is_unique else "false")
    _add(control, "dtdversion", "3.0")
    _add(control, "includewhitespace", "false")
    operation = SubElement(request, "operation", transaction="false")
    operation.append(authentication)
    SubElement(operation, "content").extend(functions)
    content: bytes = tostring(request, encoding="utf-8", xml_declaration=True)
    return content


def parsed(caller: Caller, call: Call) -> Element:
    """Return the root of the answer to a call; raises as the call does, and for an answer that is no response."""
    response = caller.once(call) if call.creates else caller.read(call)
    try:
        root: Element = fromstring(response.content)
    except (ParseError, DefusedXmlException, ValueError):
        raise caller.unreadable(call) from None
    if root.tag != "response":
        raise caller.unreadable(call)
    if root.findtext("control/status") == "failure":
        numbers = [number.text or "" for number in root.iter("errorno")]
        if _LOGIN_FAILED.isdisjoint(numbers):
            raise caller.unreadable(call)
        raise _login_refused(caller, root)
    return root


def _login_refused(caller: Caller, root: Element) -> TargetUnauthorized:
    if any(_NOT_THIS_COMPANY in (text.text or "") for text in root.iter("description2")):
        return caller.wrong_tenant()
    numbers = [number.text or "" for number in root.iter("errorno")]
    number = next((number for number in numbers if number in _LOGIN_FAILED), numbers[0] if numbers else "?")
    message = (
        f"{TITLE} does not accept this practice's login (its code {safe_code(number)}), so nothing is posted there"
    )
    return TargetUnauthorized("access_revoked", message, fix=f"medbooks gl connect {caller.vendor}")


def _trusted(endpoint: str | None, api_url: str) -> str:
    # the answer names the server that holds the session; a name outside Sage's would be handed the session
    theirs = urlsplit(endpoint or "")
    if endpoint and theirs.scheme == "https" and (theirs.hostname or "").endswith(".intacct.com"):
        return endpoint
    return api_url


def _place(name: str) -> int:
    return _FIELD_ORDER.index(name) if name in _FIELD_ORDER else len(_FIELD_ORDER)


def _equal(field: str, value: str) -> Element:
    equal = Element("equalto")
    _add(equal, "field", field)
    _add(equal, "value", value)
    return equal


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _addresses(_answers: Mapping[str, str], *, is_sandbox: bool) -> Addresses:  # noqa: ARG001  # it has no sandbox
    return Addresses(api_url=API_URL)


def _connection(answers: Mapping[str, str], at: Addresses) -> Connection:
    settings = {
        "api_url": at.api_url,
        "session_url": at.api_url,
        "user_id": answers["user_id"],
        "user_password": answers["user_password"],
        "location_id": answers["location_id"],
    }
    return Connection(NAME, answers["company_id"], answers["sender_id"], answers["sender_password"], settings=settings)


def _open(opening: Opening) -> Intacct:
    # a session travels in the body of every call, so the caller carries no permission
    caller = opening.caller(None)
    session = Session(opening.store, caller, tenant_id=opening.chart_map.tenant_id)
    return Intacct(caller, session, opening.chart_map)


VENDOR = Vendor(
    name=NAME,
    title=TITLE,
    # a user-dimension has a name of the company's own
    dimension_fields=None,
    access=SecretAccess(
        (
            Question("sender_id", "Web Services sender id"),
            Question("sender_password", "its password", is_secret=True),
            Question("company_id", "company id"),
            Question("user_id", "Web Services user"),
            Question("user_password", "its password", is_secret=True),
            Question("location_id", "entity, in a company of several (empty: the whole company)", is_optional=True),
        ),
        _addresses,
        _connection,
    ),
    open_target=_open,
    # Sage publishes no number a minute, only that polling is throttled; a request every half second is not polling
    limits=Limits((TokenBucket("minute", 120, 60.0, 10),), places=2),
)
