"""Patient, Coverage, Encounter, Practitioner, PractitionerRole, Organization, Location to one row each.

What does not belong here: money.
"""

from __future__ import annotations

from typing import Any

from orchestration.formats.fhir import values
from orchestration.formats.fhir.ledger import ResourceReading, required_id
from orchestration.formats.fhir.values import at, each


def read_reference(resource: dict[str, Any]) -> ResourceReading:
    """Return one of these resources as a row; raises ``RefusedError`` when it has no id."""
    name, cells = _ROWS[str(resource["resourceType"])]
    return ResourceReading(rows=[(name, (required_id(resource), *cells(resource)))])


def _patient(resource: dict[str, Any]) -> tuple[Any, ...]:
    return (
        values.identifier(resource, type_code="MR"),
        *_name(resource),
        values.date(resource.get("birthDate")),
        values.text(resource.get("gender")),
        values.text(at(resource, "address", "state")),
        values.text(at(resource, "address", "postalCode")),
    )


def _coverage(resource: dict[str, Any]) -> tuple[Any, ...]:
    group = next((one for one in each(resource.get("class") or []) if values.code(one.get("type")) == "group"), {})
    payor = at(resource, "payor")
    return (
        values.text(resource.get("status")),
        values.text(at(resource, "type", "text")) or values.code(resource.get("type")),
        values.reference(resource.get("beneficiary")),
        values.text(resource.get("subscriberId")) or values.identifier(resource),
        values.reference(_first(payor)),
        values.display(_first(payor)),
        values.text(group.get("value")),
        values.integer(resource.get("order")),
        values.date(at(resource, "period", "start")),
        values.date(at(resource, "period", "end")),
    )


def _encounter(resource: dict[str, Any]) -> tuple[Any, ...]:
    return (
        values.text(resource.get("status")),
        values.text(at(resource, "class", "code")),
        values.reference(resource.get("subject")),
        values.reference(at(resource, "participant", "individual")),
        values.reference(at(resource, "location", "location")),
        values.reference(resource.get("serviceProvider")),
        values.date(at(resource, "period", "start")),
        values.date(at(resource, "period", "end")),
    )


def _practitioner(resource: dict[str, Any]) -> tuple[Any, ...]:
    return (values.npi(resource), *_name(resource), values.boolean(resource.get("active")))


def _practitioner_role(resource: dict[str, Any]) -> tuple[Any, ...]:
    return (
        values.reference(resource.get("practitioner")),
        values.reference(resource.get("organization")),
        values.reference(_first(resource.get("location"))),
        values.code(_first(resource.get("specialty"))) or values.code(_first(resource.get("code"))),
        values.boolean(resource.get("active")),
    )


def _organization(resource: dict[str, Any]) -> tuple[Any, ...]:
    return (
        values.npi(resource),
        values.text(resource.get("name")),
        values.code(_first(resource.get("type"))),
        values.boolean(resource.get("active")),
    )


def _location(resource: dict[str, Any]) -> tuple[Any, ...]:
    return (
        values.text(resource.get("name")),
        values.text(resource.get("status")),
        values.code(_first(resource.get("type"))),
        values.reference(resource.get("managingOrganization")),
        values.text(at(resource, "address", "state")),
        values.text(at(resource, "address", "postalCode")),
    )


def _name(resource: dict[str, Any]) -> tuple[str | None, str | None]:
    given = at(resource, "name", "given")
    return values.text(at(resource, "name", "family")), values.text(_first(given))


def _first(node: object) -> object:
    return node[0] if isinstance(node, list) and node else node


_ROWS = {
    "Patient": ("patients", _patient),
    "Coverage": ("coverages", _coverage),
    "Encounter": ("encounters", _encounter),
    "Practitioner": ("practitioners", _practitioner),
    "PractitionerRole": ("practitioner_roles", _practitioner_role),
    "Organization": ("organizations", _organization),
    "Location": ("locations", _location),
}
TYPES = frozenset(_ROWS)
