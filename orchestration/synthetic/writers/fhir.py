"""FHIR R4 as a bulk export writes it: NDJSON, one resource type a file, a month at a time.

Claim carries the charges (an item a line, CPT or HCPCS with modifiers, ``net`` as dollars), ExplanationOfBenefit what
payers decided; Patient, Coverage, Encounter, Practitioner, PractitionerRole, Organization and Location what they refer
to. R4 has no resource for what a patient paid at the desk, so payments are not here. The same charges as ChargeItem
are a feed of their own: both together would say each charge twice. What does not belong here: other versions of FHIR.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from orchestration.core.exact_json import exact_json
from orchestration.core.money import from_cents as amount
from orchestration.synthetic.people import PAYERS, SELF_PAY, SELF_PAY_NAME
from orchestration.synthetic.writers.feed import Batch, File, lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from orchestration.synthetic.events import Charge, Day, Posting, Visit
    from orchestration.synthetic.world import World

_CPT = "http://www.ama-assn.org/go/cpt"
_HCPCS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
_ICD_10 = "http://hl7.org/fhir/sid/icd-10-cm"
_NPI = "http://hl7.org/fhir/sid/us-npi"
_PLACE = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
_CLAIM_TYPE = "http://terminology.hl7.org/CodeSystem/claim-type"
_ROLE = "http://terminology.hl7.org/CodeSystem/claimcareteamrole"
_ADJUDICATION = "http://terminology.hl7.org/CodeSystem/adjudication"
_DISCOUNT = "http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBAdjudication"


class FhirFeed:
    """Claims, what payers made of them, and what both refer to."""

    def files(self, batch: Batch) -> Iterator[File]:
        """Yield one NDJSON file per type of resource."""
        visits = [visit for day in batch.days() for visit, _ in day.charges]
        resources = _Resources(batch.world)
        for name, found in (
            ("Organization", resources.organizations()),
            ("Location", resources.locations()),
            ("Practitioner", resources.practitioners()),
            ("PractitionerRole", resources.roles()),
            ("Patient", resources.patients(visits)),
            ("Coverage", resources.coverages(visits)),
            ("Encounter", resources.encounters(visits)),
            ("Claim", resources.claims(batch.days())),
            ("ExplanationOfBenefit", resources.explanations(batch.postings())),
        ):
            yield f"{name}_{batch.label}.ndjson", _ndjson(found)


class FhirChargeItemFeed:
    """The charges alone, as ChargeItem."""

    def files(self, batch: Batch) -> Iterator[File]:
        """Yield the charges of the month."""
        yield f"ChargeItem_{batch.label}.ndjson", _ndjson(_Resources(batch.world).charge_items(batch.days()))


def _ndjson(resources: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    return lines(map(exact_json, resources))


def _amount(cents: int) -> dict[str, Any]:
    return {"value": amount(cents), "currency": "USD"}


def _concept(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def _procedure(code: str) -> dict[str, Any]:
    return _concept(_CPT if code[0].isdigit() else _HCPCS, code)


def _reference(kind: str, identity: str, display: str = "") -> dict[str, str]:
    return {"reference": f"{kind}/{identity}"} | ({"display": display} if display else {})


class _Resources:
    """The resources of one practice."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._days = world.days

    def organizations(self) -> Iterator[dict[str, Any]]:
        entity = self._world.entity
        yield {
            "resourceType": "Organization",
            "id": entity.entity_id,
            "identifier": [{"system": _NPI, "value": entity.group_npi}],
            "name": entity.name,
        }
        for payer in PAYERS:
            yield {"resourceType": "Organization", "id": payer.payer_id, "name": payer.name}

    def locations(self) -> Iterator[dict[str, Any]]:
        for name in dict.fromkeys(provider.location_id for provider in self._world.providers):
            yield {"resourceType": "Location", "id": name, "name": name, "status": "active"}

    def practitioners(self) -> Iterator[dict[str, Any]]:
        for provider in self._world.providers:
            yield {
                "resourceType": "Practitioner",
                "id": provider.npi,
                "identifier": [{"system": _NPI, "value": provider.npi}],
                "name": [{"family": provider.last_name, "given": [provider.first_name]}],
            }

    def roles(self) -> Iterator[dict[str, Any]]:
        for provider in self._world.providers:
            yield {
                "resourceType": "PractitionerRole",
                "id": f"role-{provider.npi}",
                "practitioner": _reference("Practitioner", provider.npi),
                "organization": _reference("Organization", self._world.entity.entity_id),
                "location": [_reference("Location", provider.location_id)],
            }

    def patients(self, visits: list[Visit]) -> Iterator[dict[str, Any]]:
        patients = self._world.patients
        for who in dict.fromkeys(visit.patient for visit in visits):
            yield {
                "resourceType": "Patient",
                "id": patients.patient_id(who),
                "identifier": [
                    {
                        "type": _concept("http://terminology.hl7.org/CodeSystem/v2-0203", "MR"),
                        "value": patients.patient_id(who),
                    }
                ],
                "name": [{"family": patients.last_name(who), "given": [patients.first_name(who)]}],
                "birthDate": patients.birth_date(who).isoformat(),
            }

    def coverages(self, visits: list[Visit]) -> Iterator[dict[str, Any]]:
        patients = self._world.patients
        for who, payer in dict.fromkeys((visit.patient, visit.payer) for visit in visits if visit.payer != SELF_PAY):
            yield {
                "resourceType": "Coverage",
                "id": f"coverage-{patients.patient_id(who)}",
                "status": "active",
                "subscriberId": patients.member_id(who),
                "beneficiary": _reference("Patient", patients.patient_id(who)),
                "payor": [_reference("Organization", PAYERS[payer].payer_id, PAYERS[payer].name)],
                "order": 1,
            }

    def encounters(self, visits: list[Visit]) -> Iterator[dict[str, Any]]:
        for visit in visits:
            provider = self._world.providers[visit.provider]
            day = self._days.iso[visit.day]
            yield {
                "resourceType": "Encounter",
                "id": f"encounter-{visit.claim_id}",
                "status": "finished",
                "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
                "subject": _reference("Patient", self._world.patients.patient_id(visit.patient)),
                "participant": [{"individual": _reference("Practitioner", provider.npi)}],
                "period": {"start": day, "end": day},
                "location": [{"location": _reference("Location", provider.location_id)}],
                "serviceProvider": _reference("Organization", self._world.entity.entity_id),
            }

    def claims(self, days: Iterable[Day]) -> Iterator[dict[str, Any]]:
        for day in days:
            for visit, charges in day.charges:
                posted = self._days.iso[day.day]
                yield self._claim(visit, [charge for charge in charges if not charge.is_void], posted)
                # a Claim cannot void one of its items: a mistaken charge is a cancelled Claim of its own
                for charge in charges:
                    if charge.is_void:
                        yield self._claim(visit, [charge], posted) | {
                            "id": charge.transaction_id,
                            "status": "cancelled",
                        }

    def _claim(self, visit: Visit, charges: list[Charge], posted: str) -> dict[str, Any]:
        provider = self._world.providers[visit.provider]
        service = self._days.iso[visit.day]
        claim: dict[str, Any] = {
            "resourceType": "Claim",
            "id": visit.claim_id,
            "status": "active",
            "type": _concept(_CLAIM_TYPE, "professional"),
            "use": "claim",
            "patient": _reference("Patient", self._world.patients.patient_id(visit.patient)),
            "billablePeriod": {"start": service, "end": service},
            "created": posted,
            "provider": _reference("Organization", self._world.entity.entity_id),
            "facility": _reference("Location", provider.location_id),
            "careTeam": [
                {
                    "sequence": 1,
                    "provider": _reference("Practitioner", provider.npi),
                    "role": _concept(_ROLE, "primary"),
                }
            ],
            "diagnosis": [
                {"sequence": number, "diagnosisCodeableConcept": _concept(_ICD_10, code)}
                for number, code in enumerate(visit.diagnoses, start=1)
            ],
            "insurance": [{"sequence": 1, "focal": True, "coverage": self._coverage(visit)}],
            "item": [self._item(number, visit, charge, service) for number, charge in enumerate(charges, start=1)],
            "total": _amount(sum(charge.cents for charge in charges)),
        }
        if visit.payer != SELF_PAY:
            payer = PAYERS[visit.payer]
            claim["insurer"] = _reference("Organization", payer.payer_id, payer.name)
        return claim

    def _coverage(self, visit: Visit) -> dict[str, str]:
        if visit.payer == SELF_PAY:
            return {"display": SELF_PAY_NAME}
        patient_id = self._world.patients.patient_id(visit.patient)
        return _reference("Coverage", f"coverage-{patient_id}", PAYERS[visit.payer].name)

    def _item(self, number: int, visit: Visit, charge: Charge, service: str) -> dict[str, Any]:
        item: dict[str, Any] = {
            "sequence": number,
            "careTeamSequence": [1],
            "diagnosisSequence": list(range(1, len(visit.diagnoses) + 1)),
            "productOrService": _procedure(charge.code),
            "servicedDate": service,
            "locationCodeableConcept": _concept(_PLACE, visit.place),
            "quantity": {"value": charge.units},
            "net": _amount(charge.cents),
            "encounter": [_reference("Encounter", f"encounter-{visit.claim_id}")],
        }
        if charge.modifier:
            item["modifier"] = [_concept(_HCPCS, charge.modifier)]
        return item

    def explanations(self, postings: Iterable[Posting]) -> Iterator[dict[str, Any]]:
        """Yield an explanation for every report that is no reversal: a later one is the payer's newer word."""
        for (claim_id, report), of_report in groupby(
            (p for p in postings if p.transaction_id[-2] != "6"), key=lambda p: (p.visit.claim_id, p.transaction_id[-2])
        ):
            found = list(of_report)
            paid = -sum(p.cents for p in found if p.kind == "PAYMENT")
            payer = PAYERS[found[0].payer]
            day = self._days.iso[found[0].day]
            yield {
                "resourceType": "ExplanationOfBenefit",
                "id": f"{claim_id}-{report}",
                "status": "active",
                "type": _concept(_CLAIM_TYPE, "professional"),
                "use": "claim",
                "patient": _reference("Patient", self._world.patients.patient_id(found[0].visit.patient)),
                "created": day,
                "insurer": _reference("Organization", payer.payer_id, payer.name),
                "provider": _reference("Organization", self._world.entity.entity_id),
                "claim": _reference("Claim", claim_id),
                "outcome": "complete",
                "insurance": [{"focal": True, "coverage": self._coverage(found[0].visit)}],
                "item": [
                    self._explained(int(charge_id[-1]), list(entries))
                    for charge_id, entries in groupby(found, key=lambda p: p.charge_id)
                ],
                "payment": {"date": day, "amount": _amount(paid)},
            }

    def _explained(self, sequence: int, entries: list[Posting]) -> dict[str, Any]:
        paid = -sum(p.cents for p in entries if p.kind == "PAYMENT")
        discount = -sum(p.cents for p in entries if p.kind == "ADJUSTMENT")
        found = []
        for system, word, cents in ((_ADJUDICATION, "benefit", paid), (_DISCOUNT, "discount", discount)):
            if cents:
                found.append({"category": _concept(system, word), "amount": _amount(cents)})
        return {
            "sequence": sequence,
            "servicedDate": self._days.iso[entries[0].visit.day],
            "adjudication": found,
        }

    def charge_items(self, days: Iterable[Day]) -> Iterator[dict[str, Any]]:
        for day in days:
            for visit, charges in day.charges:
                for charge in charges:
                    yield self._charge_item(visit, charge, self._days.iso[day.day])

    def _charge_item(self, visit: Visit, charge: Charge, posted: str) -> dict[str, Any]:
        provider = self._world.providers[visit.provider]
        codes = _procedure(charge.code)["coding"]
        modifiers = [{"system": _HCPCS, "code": charge.modifier}] if charge.modifier else []
        return {
            "resourceType": "ChargeItem",
            "id": charge.transaction_id,
            "meta": {"lastUpdated": f"{posted}T19:00:00Z"},
            "status": "entered-in-error" if charge.is_void else "billable",
            "code": {"coding": codes + modifiers},
            "subject": _reference("Patient", self._world.patients.patient_id(visit.patient)),
            "context": _reference("Encounter", f"encounter-{visit.claim_id}"),
            "occurrenceDateTime": self._days.iso[visit.day],
            "performer": [{"actor": _reference("Practitioner", provider.npi)}],
            "performingOrganization": _reference("Organization", self._world.entity.entity_id),
            "quantity": {"value": charge.units},
            "priceOverride": _amount(charge.cents),
            "enteredDate": posted,
            "reason": [_concept(_ICD_10, code) for code in visit.diagnoses],
            "account": [_reference("Account", visit.claim_id)],
        }
