"""The two entities of the group: a practice on calendar years, a surgery centre whose year begins in July.

Each has a tax id, an NPI, a bank account and books of its own. Both are lived by the same engine (``world``); what
differs between them is here. What does not belong here: people (``people``), what is billed (``fees``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from orchestration.core.ids import npi_check_digit


@dataclass(frozen=True, slots=True)
class LegalEntity:
    """One legal entity. Amounts in cents.

    ``number_prefix`` begins every claim number, so that no number of one entity is one of the other. An involved
    entity has second payers, copays at the desk, credits and refunds, and capitation, too. One that is changing over
    has charges of several systems in its last months (``systems``). ``seed_offset`` sets its chance apart;
    ``first_person`` numbers its NPIs.
    """

    entity_id: str
    name: str
    tax_id: str
    group_npi: str
    receiver_id: str
    fiscal_year_start_month: int
    number_prefix: str
    seed_offset: int
    first_person: int
    locations: tuple[str, str, str]
    is_surgical: bool
    visits_a_day: float
    contract_scale: float
    bank_account: str
    opening_cents: int
    opening_cents_a_provider: int
    rent_cents_a_provider: int
    is_involved: bool = False
    is_changing_over: bool = False


def npi(number: int) -> str:
    """Return a made-up NPI: it starts with 2, which none that is issued does yet, and its check digit holds."""
    first_nine = f"2{number:08d}"
    return first_nine + npi_check_digit(first_nine)


PRACTICE: Final = LegalEntity(
    entity_id="practice",
    name="JUNIPER HOLLOW MEDICAL GROUP",
    tax_id="000000147",
    group_npi=npi(1),
    receiver_id="JUNIPERHOLLOW",
    fiscal_year_start_month=1,
    number_prefix="1",
    seed_offset=0,
    first_person=1000,
    locations=("LOC1", "LOC1", "LOC2"),  # every third works across town
    is_surgical=False,
    visits_a_day=20.4,
    contract_scale=1.0,
    bank_account="000123454321",
    # months pass before the first payments arrive; a small practice has the greater overhead
    opening_cents=8_000_000,
    opening_cents_a_provider=5_300_000,
    rent_cents_a_provider=545_000,
)


SURGERY_CENTRE: Final = LegalEntity(
    entity_id="surgery",
    name="JUNIPER HOLLOW SURGERY CENTER",
    tax_id="000000256",
    group_npi=npi(2),
    receiver_id="JUNIPERASC",
    fiscal_year_start_month=7,
    number_prefix="7",
    seed_offset=1 << 40,
    first_person=700_000,
    locations=("ASC1", "ASC1", "ASC1"),
    is_surgical=True,
    visits_a_day=4.2,
    contract_scale=0.85,
    bank_account="000123459876",
    opening_cents=12_000_000,
    opening_cents_a_provider=21_000_000,
    rent_cents_a_provider=900_000,
)


def involved(entity: LegalEntity) -> LegalEntity:
    """Return an entity with everything that makes an insured visit more than one payer's word."""
    return replace(entity, is_involved=True)


def changing_over(entity: LegalEntity) -> LegalEntity:
    """Return an entity whose charges come from several systems at the end, so that one inbox shows many formats."""
    return replace(entity, is_changing_over=True)
