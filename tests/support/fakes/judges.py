"""The vendors' own specifications, asked about every request and every answer of a stand-in.

Each judge takes a request and its response and returns what is wrong with them, in words without amounts. The
specifications are read from beside the checkout, never copied; without them there is no judge, and the test that
wants one is skipped with the reason. NetSuite publishes metadata per account only, so it has none here.
"""

from __future__ import annotations

import functools
import json
from xml.etree.ElementTree import Element, SubElement

from defusedxml.ElementTree import fromstring, parse

XERO = "specs/xero/xero_accounting.yaml"
QUICKBOOKS = "specs/qbo-xsd/IntuitRestServiceDef.xsd"
INTACCT = "specs/intacct-golden"


def judge_of(name, shared):
    """Return a vendor's judge, or ``None`` where its specification is not there."""
    if name == "xero" and (shared / XERO).exists():
        return _xero(shared / XERO)
    if name == "quickbooks" and (shared / QUICKBOOKS).exists():
        return _quickbooks(shared / QUICKBOOKS)
    if name == "intacct" and (shared / INTACCT).is_dir():
        return _intacct(shared / INTACCT)
    return None


# -- Xero: OpenAPI ----------------------------------------------------------------------------------------------------


@functools.cache
def _xero(path):
    import yaml
    from openapi_core import Config, OpenAPI
    from openapi_core.exceptions import OpenAPIError
    from openapi_core.testing import MockRequest, MockResponse

    document = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)  # the safe loader, in C
    for methods in document["paths"].values():
        for operation in methods.values():
            if isinstance(operation, dict):
                # openapi-core warns of OAuth at every request; tokens are judged by the stand-in itself
                operation.pop("security", None)
    # Xero's file gives a boolean default as text, so it is no valid OpenAPI and is not judged itself
    api = OpenAPI.from_dict(document, config=Config(spec_validator_cls=None))
    known = {"Accounts", "ManualJournals"}

    def judge(request, response):
        if request.path.removeprefix("/api.xro/2.0/") not in known:
            return []
        asked = MockRequest(
            "https://api.xero.com",
            request.method.lower(),
            request.path,
            args=request.query,
            headers=request.headers,
            data=request.body or None,
            content_type="application/json",
        )
        problems = []
        try:
            api.validate_request(asked)
        except OpenAPIError as error:
            problems.append(f"request: {_reason(error)}")
        if response.status in {200, 400}:
            answer = MockResponse(data=response.body, status_code=response.status, content_type="application/json")
            try:
                api.validate_response(asked, answer)
            except OpenAPIError as error:
                # the filter of a search has no 400 in the file
                if "ResponseNotFound" not in type(error).__name__:
                    problems.append(f"response: {_reason(error)}")
        return problems

    return judge


def _reason(error):
    inner = [str(part.message) for part in getattr(error.__cause__, "schema_errors", [])]
    return f"{type(error).__name__}: {'; '.join(inner) or error}"


# -- QuickBooks: XSD --------------------------------------------------------------------------------------------------


@functools.cache
def _quickbooks(path):
    import xmlschema

    schema = xmlschema.XMLSchema10(str(path))

    def judge(request, response):
        problems = []
        if request.method == "POST" and request.path.endswith("/journalentry"):
            problems += _against(schema, "JournalEntry", json.loads(request.body), "request")
        if response.headers.get("Content-Type") == "application/json":
            problems += _against(schema, "IntuitResponse", json.loads(response.body), "response")
        return problems

    return judge


def _against(schema, name, value, what):
    declared = schema.elements[name]
    root = Element(f"{{{schema.target_namespace}}}{name}")
    problems = [f"{what}: {problem}" for problem in _fill(schema, root, declared.type, value)]
    return problems + [f"{what}: {error.reason}" for error in schema.iter_errors(root)]


def _fill(schema, element, kind, value):
    """Write JSON into an element as the XSD types it: in its order, ``value`` and attributes of references too.

    Yields the names the type does not know.
    """
    if not isinstance(value, dict):
        element.text = _text(value)
        return
    left = dict(value)
    for attribute in kind.attributes:
        if attribute in left:
            element.set(attribute, _text(left.pop(attribute)))
    if kind.has_simple_content():
        element.text = _text(left.pop("value", ""))
    else:
        for declared in kind.content.iter_elements():
            for name, concrete in _names(schema, declared, left):
                items = left.pop(name)
                for item in items if isinstance(items, list) else [items]:
                    child = SubElement(element, f"{{{schema.target_namespace}}}{name}")
                    yield from _fill(schema, child, concrete.type, item)
    yield from (f"{name} is not known in {kind.local_name}" for name in left)


def _names(schema, declared, left):
    if declared.local_name == "IntuitObject":
        # anything derived from it may stand here under its own name
        return [(name, schema.elements[name]) for name in left if name in schema.elements]
    return [(declared.local_name, declared)] if declared.local_name in left else []


def _text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


# -- Sage Intacct: golden documents -----------------------------------------------------------------------------------


@functools.cache
def _intacct(folder):
    orders = {}
    for file in sorted(folder.glob("*.xml")):
        _learn(orders, parse(file).getroot())
    # no golden document has a function that failed; Sage's page on error handling shows it so
    orders["result"].add(("status", "function", "controlid", "errormessage"))

    def judge(request, response):
        problems = [f"request: {problem}" for problem in _shape(orders, fromstring(request.body))]
        if response.body:
            problems += [f"response: {problem}" for problem in _shape(orders, fromstring(response.body))]
        return problems

    return judge


# how a query is written, and how records look in an answer, is in no golden document
_UNSEEN = frozenset({"query", "data"})


def _learn(orders, element):
    if len(element):
        orders.setdefault(element.tag, set()).add(tuple(child.tag for child in element))
    for child in element:
        _learn(orders, child)


def _shape(orders, element):
    """Yield every element whose children no golden document has in this order."""
    if element.tag in _UNSEEN and element.find("api") is None:
        return
    if element.tag not in _UNSEEN and len(element) and element[0].tag != "query":
        tags = [child.tag for child in element]
        if element.tag in {"ENTRIES", "operation"}:
            # repeats are learnt from documents with fewer of them
            tags = sorted(set(tags), key=tags.index)
        seen = orders.get(element.tag, set())
        if not any(_within(tags, order) for order in seen):
            yield f"{element.tag} has {', '.join(tags)}, as in no golden document"
    for child in element:
        yield from _shape(orders, child)


def _within(tags, order):
    rest = iter(order)
    return all(tag in rest for tag in tags)
