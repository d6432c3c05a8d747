"""The truth beside the files: what they hold, to the cent, and why; ``manifest.json`` and Parquet tables.

Everything is told about the files that were written, so that a part of a practice (``only``) has a truth of its own;
balances of the account are the whole practice's on the last written day. Sums are made from the hidden ledger, never
from the files. What does not belong here: inbox files.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from orchestration.core.money import from_cents
from orchestration.synthetic.account import CashPurpose
from orchestration.synthetic.adjudication import DENIAL_CLASSES, REMARK_CODES
from orchestration.synthetic.cases import inside
from orchestration.synthetic.coordination import CAPITATING_PAYER
from orchestration.synthetic.encounters import BOOKED_AHEAD_DAYS, NOTHING
from orchestration.synthetic.expected_journal import ExpectedJournal
from orchestration.synthetic.people import PAYERS, SELF_PAY, SELF_PAY_ID
from orchestration.synthetic.remittances import Report, make_reports
from orchestration.synthetic.supplies import make_supplies
from orchestration.synthetic.systems import source_of
from orchestration.synthetic.truth_tables import (
    APPOINTMENTS,
    BILLS,
    BONUSES,
    CONTRACTS,
    DENIALS,
    JOURNAL,
    LEDGER,
    REMITTANCES,
    SUPPLIES,
    Tables,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from orchestration.synthetic.cases import Cases
    from orchestration.synthetic.draws import Bools, Floats, Ints
    from orchestration.synthetic.world import Month, World


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generated practice holds; amounts in dollars.

    ``control_totals``: what each kind of file must sum to, as its reader counts ``in_amount``.
    ``paid_by_payer`` is what remittances paid (BPR02); ``paid_by_provider`` what claims were paid (CLP04).
    ``by_month``: the same amounts by month (``YYYY-MM``) of their own date. ``models``: what a model reaches that knows
    the rules and everything a file shows (Bayes-optimal, by expectation and on what came of it), and rates.
    """

    entity_id: str
    seed: int
    providers: int
    start: dt.date
    days: int
    first_date: dt.date
    last_date: dt.date
    counts: dict[str, int]
    control_totals: dict[str, Decimal]
    amounts: dict[str, Decimal]
    paid_by_payer: dict[str, Decimal]
    charged_by_provider: dict[str, Decimal]
    paid_by_provider: dict[str, Decimal]
    adjusted_by_class: dict[str, Decimal]
    denied_by_class: dict[str, Decimal]
    provider_adjusted_by_code: dict[str, Decimal]
    by_month: dict[str, dict[str, Decimal]]
    models: dict[str, float]

    def to_json(self) -> str:
        """Return the manifest as JSON: amounts as text with two decimals, keys in a fixed order."""
        return json.dumps(self._document(), indent=1, default=_plain) + "\n"

    def _document(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def _plain(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)


def rank_auc(probability: Floats, outcome: Floats) -> float:
    """Return the area under the ROC curve, ties counted half; ``outcome`` may be an expectation (0 to 1).

    With ``outcome = probability`` it is the expected AUC of the true probability: no model can beat it.
    """
    if not probability.size or not 0.0 < float(outcome.sum()) < float(outcome.size):
        return 0.5
    order = np.argsort(probability, kind="stable")
    _, group = np.unique(probability[order], return_inverse=True)
    positive = np.bincount(group, weights=outcome[order])
    negative = np.bincount(group, weights=1.0 - outcome[order])
    below = np.cumsum(negative) - negative
    return float((positive * (below + negative / 2)).sum() / (positive.sum() * negative.sum()))


_KINDS = (("charges", "ehr"), ("era", "era835"), ("bank", "bank"), ("payroll", "payroll"), ("bill", "document"),
          ("orders", "order"), ("receipts", "receipt"), ("invoices", "invoice"), ("dft", "hl7"), ("athena", "athena"),
          ("Claim", "fhir"), ("claims", "claim"), ("ack", "acknowledgement"))  # fmt: skip
_COUNTS = (
    "visits", "claims", "rejected_claims", "charge_lines", "voided_lines", "patient_payments", "claim_reports",
    "service_lines", "reversals", "denied_claims", "denied_lines", "decided_appeals", "overturned_appeals", "takebacks",
    "secondary_reports", "remittances_without_payment", "bills_scanned", "payroll_runs",
)  # fmt: skip
# the account a measure is booked to, or taken from, when all is well; what is denied stays where it is
_ACCOUNTS = {
    "charged": "4000",
    "contractual": "4900",
    "sequestration": "4940",
    "patient": "1210",
    "payer_paid": "1030",
    "remitted": "1030",
    "patient_paid": "1015",
    "deposited": "1010",
    "withdrawn": "1010",
    "gross_pay": "6100",
    "employer_tax": "6110",
    "net_pay": "1010",
    "billed": "2000",
    "capitation": "2320",
    "supplies_received": "2010",
    "supplies_billed": "2000",
}
_PAYER_IDS = (*(payer.payer_id for payer in PAYERS), SELF_PAY_ID)


class Truth:
    """Sums what is true of the written days, a month at a time; tables are written as they grow."""

    def __init__(self, world: World, window: range, out: Path) -> None:
        """Open the tables in ``out``; ``window``: the written days as distances from the start."""
        self._world = world
        self._window = window
        self._out = out
        self._tables = Tables(out)
        self._journal = ExpectedJournal()
        self._counts: Counter[str] = Counter()
        self._files: Counter[str] = Counter()
        self._cents: Counter[str] = Counter()
        self._by_month: dict[str, Counter[str]] = defaultdict(Counter)
        self._charged_by_source: Counter[str] = Counter({"ehr": 0})
        self._paid_by_payer: Counter[str] = Counter()
        self._adjusted: Counter[str] = Counter()
        self._denied: Counter[str] = Counter()
        self._by_code: Counter[str] = Counter()
        self._charged_by_provider = np.zeros(len(world.providers), dtype=np.int64)
        self._paid_by_provider = np.zeros(len(world.providers), dtype=np.int64)
        self._denials: list[_Ranked] = []
        self._overturns: list[_Ranked] = []

    def add_file(self, name: str) -> None:
        """Count a file that was written."""
        self._files[name.split("_", 1)[0]] += 1

    def add(self, month: Month, written: range, systems: Mapping[str, frozenset[int]]) -> None:
        """Add what happened on some days of a month; ``systems`` are the providers of each feed of charges."""
        label = f"{self._world.days.dates[written.start]:%Y-%m}"
        self._add_charges(month, written, label)
        self._add_control_totals(month, written, systems)
        self._add_receipts(month, written, label)
        self._add_remittances(month, written, label)
        self._add_reports(month, written, label)
        self._add_the_rest(month, written, label)
        self._add_supplies(written, label)
        if written.stop == month.days.stop:
            self._add_appointments(written.stop)

    def _sum(self, label: str, name: str, cents: int, month_name: str = "") -> None:
        self._cents[name] += cents
        if cents:
            self._by_month[label][month_name or name] += cents

    def _ledger(self, label: str, measure: str, keys: tuple[Ints, Ints], cents: Ints) -> None:
        """Add rows of the ledger table: a measure by payer and provider."""
        payer, provider = keys
        width = len(self._world.providers)
        sums = np.zeros((SELF_PAY + 1) * width, dtype=np.int64)
        np.add.at(sums, payer * width + provider, cents)
        for key in np.flatnonzero(sums).tolist():
            npi = self._world.providers[key % width].npi
            self._add_to_ledger(label, measure, int(sums[key]), payer_id=_PAYER_IDS[key // width], npi=npi)

    def _add_to_ledger(
        self, label: str, measure: str, cents: int, *, payer_id: str | None = None, npi: str | None = None
    ) -> None:
        if cents:
            account = _ACCOUNTS.get(measure)
            amount = from_cents(cents)
            self._tables.add(LEDGER, self._world.entity.entity_id, label, payer_id, npi, account, measure, amount)
            self._journal.add(label, measure, cents, by_patient=payer_id == SELF_PAY_ID)

    def _add_charges(self, month: Month, written: range, label: str) -> None:
        visits, lines = month.cases.visits, month.cases.lines
        is_posted = inside(visits.post_day, written)
        is_line = is_posted[lines.visit]
        charge = np.where(is_line, lines.charge, 0)
        self._counts["visits"] += int(is_posted.sum())
        self._counts["claims"] += int((is_posted & (visits.payer != SELF_PAY)).sum())
        # a line entered twice is charged and voided on the same day: two more for the file, nothing for the books
        mistaken = visits.first_line[is_posted & visits.is_mistaken]
        self._counts["charge_lines"] += int(is_line.sum() + mistaken.size)
        self._counts["voided_lines"] += int(mistaken.size)
        self._sum(label, "charged_amount", int(charge.sum()))
        self._cents["voided_amount"] += int(lines.charge[mistaken].sum())
        provider = visits.provider[lines.visit]
        np.add.at(self._charged_by_provider, provider, charge)
        self._ledger(label, "charged", (visits.payer[lines.visit], provider), charge)
        insured = visits.payer != SELF_PAY
        total = month.cases.by_visit(lines.charge)
        was_rejected = (visits.rejected_day != NOTHING) & inside(visits.rejected_day, written)
        times = (insured & inside(visits.submit_day, written)).astype(np.int64)
        times += (visits.rejected_day != NOTHING) & inside(visits.rejected_day - 1, written)
        keys = (visits.payer, visits.provider)
        self._ledger(label, "submitted", keys, total * times)
        self._ledger(label, "rejected", keys, np.where(was_rejected, total, 0))
        self._counts["rejected_claims"] += int(was_rejected.sum())
        of_claims = is_posted & insured
        is_denied = visits.denial_class[of_claims] != NOTHING
        self._denials.append((visits.denial_score[of_claims], visits.denial_probability[of_claims], is_denied))

    def _add_control_totals(self, month: Month, written: range, systems: Mapping[str, frozenset[int]]) -> None:
        """Add what the charges of each kind of file sum to, as its reader counts them."""
        visits, lines = month.cases.visits, month.cases.lines
        is_posted = inside(visits.post_day, written)
        for feed, providers in systems.items():
            source, has_mistakes = source_of(feed)
            chosen = is_posted & np.isin(visits.provider, sorted(providers))
            self._charged_by_source[source] += int(lines.charge[chosen[lines.visit]].sum())
            if has_mistakes:
                mistaken = visits.first_line[chosen & visits.is_mistaken]
                self._charged_by_source[source] += int(lines.charge[mistaken].sum())

    def _add_receipts(self, month: Month, written: range, label: str) -> None:
        visits, lines = month.cases.visits, month.cases.lines
        was_received = inside(lines.receipt_day, written)
        cents = np.where(was_received, lines.receipt_cents, 0).sum(axis=1)
        payer = visits.payer[lines.visit]
        self._counts["patient_payments"] += int(was_received.sum())
        self._sum(label, "patient_paid_amount", int(cents.sum()))
        self._paid_by_payer[SELF_PAY_ID] += int(cents[payer == SELF_PAY].sum())
        keys = (payer, visits.provider[lines.visit])
        self._ledger(label, "patient_paid", keys, cents)
        in_time = lines.receipt_day <= visits.day[lines.visit][:, None]
        for measure, counts, sign in (
            ("card_paid", lines.receipt_cents > 0, 1),
            ("prepaid", (lines.receipt_cents > 0) & in_time, 1),
            ("patient_refunded", lines.receipt_cents < 0, -1),
        ):
            of_measure = np.where(was_received & counts, lines.receipt_cents, 0).sum(axis=1)
            self._ledger(label, measure, keys, sign * of_measure)
        applied = _prepaid_applied(month.cases, written.stop) - _prepaid_applied(month.cases, written.start)
        self._ledger(label, "prepaid_applied", (visits.payer, visits.provider), applied)

    def _add_remittances(self, month: Month, written: range, label: str) -> None:
        days = self._world.days
        remitted: Counter[str] = Counter()
        for each in month.remittances.remittances:
            if each.day not in written:
                continue
            payer_id = PAYERS[each.payer].payer_id
            adjusted = 0
            for adjustment in each.adjustments:
                code = adjustment.reason_code
                self._by_code[code] += adjustment.cents
                self._add_to_ledger(label, f"provider_adjusted_{code}", adjustment.cents, payer_id=payer_id)
                adjusted += adjustment.cents
            self._sum(label, "remitted_amount", each.paid_cents)
            remitted[payer_id] += each.paid_cents
            self._paid_by_payer[payer_id] += each.paid_cents
            self._counts["remittances_without_payment"] += not each.paid_cents
            self._tables.add(
                REMITTANCES,
                payer_id,
                days.dates[each.day],
                each.trace_number,
                from_cents(each.claim_paid_cents),
                from_cents(adjusted),
                from_cents(each.paid_cents),
                None if each.deposit_day == NOTHING else days.dates[each.deposit_day],
            )
        for payer_id, cents in remitted.items():
            self._add_to_ledger(label, "remitted", cents, payer_id=payer_id)

    def _add_reports(self, month: Month, written: range, label: str) -> None:
        reports, visits = month.remittances.reports, month.cases.visits
        told = inside(reports.day, written)
        signed = told.astype(np.int64)
        is_first = told & (reports.report == Report.FIRST)
        corrected = reports.visit[told & (reports.report == Report.CORRECTION)]
        appealed = corrected[visits.is_appealed[corrected]]
        denied = np.unique(reports.visit[is_first & (reports.denied > 0)])
        counts = self._counts
        counts["claim_reports"] += int(told.sum())
        counts["service_lines"] += int(visits.line_count[reports.visit[told]].sum())
        counts["reversals"] += int(corrected.size)
        counts["denied_claims"] += int(denied.size)
        counts["decided_appeals"] += int(appealed.size)
        counts["overturned_appeals"] += int(visits.is_overturned[appealed].sum())
        counts["secondary_reports"] += int((told & (reports.report == Report.SECONDARY)).sum())
        counts["takebacks"] += int(corrected.size - appealed.size)
        overturn = visits.overturn_probability[appealed]
        self._overturns.append((overturn, overturn, visits.is_overturned[appealed]))
        keys = (reports.payer, visits.provider[reports.visit])
        adjusted = {
            "contractual": reports.contractual,
            "sequestration": reports.sequestration,
            "patient": reports.patient + reports.denied_to_patient,
            "denied": reports.denied - reports.denied_to_patient,
        }
        for name, amounts in adjusted.items():
            cents = amounts * signed
            self._adjusted[name] += int(cents.sum())
            self._ledger(label, name, keys, cents)
        # what billing systems move to the patient when a payer answers: a denial they keep with the payer
        self._ledger(label, "transferred", keys, reports.patient * signed)
        self._ledger(label, "capitated", keys, reports.capitated * signed)
        self._ledger(label, "returned", keys, np.where(reports.report == Report.SECONDARY, reports.paid, 0) * signed)
        self._ledger(label, "payer_paid", keys, reports.paid * signed)
        np.add.at(self._paid_by_provider, keys[1], reports.paid * signed)
        self._cents["claim_charged_amount"] += int((reports.charged * signed).sum())
        self._cents["claim_paid_amount"] += int((reports.paid * signed).sum())
        self._cents["patient_responsibility_amount"] += int((reports.patient * signed).sum())
        for index, each in enumerate(DENIAL_CLASSES):
            of_class = is_first & (visits.denial_class[reports.visit] == index)
            self._denied[each.name] += int(reports.denied[of_class].sum())
        self._add_denials(month, denied)

    def _add_denials(self, month: Month, denied: Ints) -> None:
        cases, days = month.cases, self._world.days
        visits, lines = cases.visits, cases.lines
        at, _ = cases.lines_of(denied)
        at = at[lines.is_denied[at]]
        self._counts["denied_lines"] += int(at.size)
        for line in at.tolist():
            visit = int(lines.visit[line])
            cause = DENIAL_CLASSES[visits.denial_class[visit]]
            decided = int(visits.second_day[visit]) if visits.is_appealed[visit] else NOTHING
            is_decided = NOTHING < decided < self._window.stop
            if not visits.is_appealed[visit]:
                outcome = "not_appealed"
            elif not is_decided:
                outcome = "pending"
            else:
                outcome = "overturned" if visits.is_overturned[visit] else "upheld"
            self._tables.add(
                DENIALS,
                cases.transaction_id(line),
                cases.claim_id(visit),
                PAYERS[visits.payer[visit]].payer_id,
                cause.name,
                cause.group_code,
                cause.reason_code,
                REMARK_CODES[visits.remark[visit]],
                from_cents(int(lines.charge[line])),
                days.dates[visits.first_day[visit]],
                float(visits.denial_probability[visit]),
                bool(visits.is_appealed[visit]),
                float(visits.overturn_probability[visit]),
                outcome,
                days.dates[decided] if is_decided else None,
            )

    def _add_the_rest(self, month: Month, written: range, label: str) -> None:
        days = self._world.days
        first, last = days.dates[written.start], days.dates[written.stop - 1]
        moved = [m for m in self._world.account.movements if first <= m.date <= last]
        deposited = sum(m.cents for m in moved if m.cents > 0)
        self._sum(label, "deposited_amount", deposited)
        self._add_to_ledger(label, "deposited", deposited)
        self._add_to_ledger(label, "withdrawn", -sum(m.cents for m in moved if m.cents < 0))
        by_purpose = {purpose: sum(m.cents for m in moved if m.purpose == purpose) for purpose in get_args(CashPurpose)}
        for purpose, cents in by_purpose.items():
            self._add_to_ledger(label, f"bank_{purpose}", abs(cents))
        capitation, payer_id = by_purpose["capitation"], PAYERS[CAPITATING_PAYER].payer_id
        self._add_to_ledger(label, "capitation", capitation, payer_id=payer_id)
        if days.dates[written.stop].day == 1:  # it is earned when its month is over
            of_month = [m for m in self._world.account.movements if f"{m.date:%Y-%m}" == label]
            earned = sum(m.cents for m in of_month if m.purpose == "capitation")
            self._add_to_ledger(label, "capitation_earned", earned, payer_id=payer_id)
        self._cents["capitation_amount"] += capitation
        self._cents["patient_refund_amount"] -= by_purpose["patient_refund"]
        self._cents["eft_deposited_amount"] += by_purpose["eft"]
        self._cents["card_deposited_amount"] += by_purpose["card"]
        self._cents["withdrawn_amount"] -= sum(m.cents for m in moved if m.cents < 0)
        runs = [run for run in month.payroll if first <= run.pay_date <= last]
        self._counts["payroll_runs"] += len(runs)
        self._sum(label, "payroll_amount", sum(run.gross + run.employer_taxes for run in runs))
        for bonus in month.bonuses if runs and runs[0] is month.payroll[0] else ():
            self._cents["bonus_amount"] += bonus.cents
            self._tables.add(
                BONUSES,
                bonus.contract.provider_npi,
                bonus.contract.plan,
                bonus.period_end,
                runs[0].pay_date,
                from_cents(bonus.work_rvu_to_date),
                from_cents(bonus.collections_to_date),
                from_cents(bonus.earned_to_date),
                from_cents(bonus.cents),
            )
        for npi in dict.fromkeys(line.employee.provider_npi for run in runs for line in run.lines):
            of_person = [line for run in runs for line in run.lines if line.employee.provider_npi == npi]
            self._add_to_ledger(label, "gross_pay", sum(line.gross for line in of_person), npi=npi)
            self._add_to_ledger(label, "employer_tax", sum(line.employer_taxes for line in of_person), npi=npi)
            self._add_to_ledger(label, "net_pay", sum(line.net for line in of_person), npi=npi)
            self._add_to_ledger(label, "employee_tax", sum(line.taxes for line in of_person), npi=npi)
            self._add_to_ledger(label, "pay_deductions", sum(line.deductions for line in of_person), npi=npi)
        self._cents["gross_pay_amount"] += sum(run.gross for run in runs)
        self._cents["employer_tax_amount"] += sum(run.employer_taxes for run in runs)
        self._cents["net_pay_amount"] += sum(run.net for run in runs)
        bills = [bill for bill in month.bills if first <= bill.bill_date <= last]
        self._counts["bills_scanned"] += sum(bill.is_scan for bill in bills)
        self._sum(label, "billed_amount", sum(bill.total_cents for bill in bills))
        self._add_to_ledger(label, "billed", sum(bill.total_cents for bill in bills))
        for bill in bills:
            self._journal.move(label, bill.vendor.account_code, "2000", bill.total_cents)
            self._tables.add(
                BILLS,
                bill.file_name,
                bill.vendor.name,
                bill.bill_number,
                bill.bill_date,
                bill.due_date,
                bill.paid_date,
                from_cents(bill.subtotal_cents),
                from_cents(bill.tax_cents),
                from_cents(bill.total_cents),
                bill.is_scan,
            )

    def _add_supplies(self, written: range, label: str) -> None:
        """Add what was ordered on the written days, and sum what was ordered, came and was billed on them."""
        world = self._world
        dates = {world.days.dates[day] for day in written}
        ordered = received = billed = invoiced = 0
        for line in make_supplies(world.seed, world.providers, min(dates), world.days.start):
            received += line.received_quantity * line.price_cents * (line.received_date in dates)
            received += line.later_quantity * line.price_cents * (line.later_date in dates)
            billed += line.billed_cents * (line.invoice_date in dates)
            invoiced += line.billed_quantity * line.price_cents * (line.invoice_date in dates)
            if line.order_date not in dates:
                continue
            ordered += line.quantity * line.price_cents
            self._tables.add(
                SUPPLIES,
                line.supplier,
                line.order_number,
                line.item_id,
                line.order_date,
                line.quantity,
                from_cents(line.price_cents),
                line.received_date,
                line.received_quantity,
                line.later_date,
                line.later_quantity,
                line.invoice_number,
                line.invoice_date,
                line.billed_quantity,
                from_cents(line.billed_price_cents),
                from_cents(line.billed_cents),
                line.cause,
            )
        for measure, cents in (
            ("supplies_ordered", ordered),
            ("supplies_received", received),
            ("supplies_billed", billed),
            ("supplies_invoiced", invoiced),
            ("supplies_price_variance", billed - invoiced),
        ):
            self._add_to_ledger(label, measure, cents)
        self._sum(label, "supplies_billed_amount", billed)

    def _add_appointments(self, stop: int) -> None:
        """Add what is booked at the end of a month for the days after it."""
        world, dates = self._world, self._world.days.dates
        for day, counts in world.appointment_counts(stop, stop + BOOKED_AHEAD_DAYS - 1):
            for provider, count in zip(world.providers, counts, strict=True):
                if count:
                    self._tables.add(APPOINTMENTS, dates[stop - 1], dates[day], provider.npi, count)

    def write(self) -> Manifest:
        """Close the tables, write ``manifest.json`` and return it."""
        for contract in self._world.contracts:
            # dollars per work RVU and work RVUs, or a rate and dollars
            rate = from_cents(contract.rate) / (1 if contract.plan == "work_rvu" else 100)
            threshold = from_cents(contract.yearly_threshold)
            self._tables.add(CONTRACTS, contract.provider_npi, contract.plan, rate, threshold)
        for label, account, cents in self._journal.rows():
            self._tables.add(JOURNAL, self._world.entity.entity_id, label, account, from_cents(cents))
        self._tables.close()
        manifest = self._manifest()
        (self._out / "manifest.json").write_text(manifest.to_json(), encoding="utf-8", newline="")
        return manifest

    def _manifest(self) -> Manifest:
        world, cents = self._world, self._cents
        last = world.days.dates[self._window.stop - 1]
        account = world.account
        npis = [provider.npi for provider in world.providers]
        return Manifest(
            entity_id=world.entity.entity_id,
            seed=world.seed - world.entity.seed_offset,
            providers=len(world.providers),
            start=world.days.start,
            days=world.days.count,
            first_date=world.days.dates[self._window.start],
            last_date=last,
            counts={
                "files": self._files.total(),
                **{f"{label}_files": self._files[prefix] for prefix, label in _KINDS},
                **{name: self._counts[name] for name in _COUNTS},
            },
            control_totals={
                "era835": from_cents(cents["remitted_amount"]),
                **{source: from_cents(charged) for source, charged in self._charged_by_source.items()},
                "bank": from_cents(cents["deposited_amount"]),
                "payroll": from_cents(cents["payroll_amount"]),
                "documents": from_cents(cents["billed_amount"]),
                "supplies": from_cents(cents["supplies_billed_amount"]),
            },
            amounts={
                name: from_cents(cents[name])
                for name in (
                    "charged_amount",
                    "voided_amount",
                    "patient_paid_amount",
                    "claim_charged_amount",
                    "claim_paid_amount",
                    "patient_responsibility_amount",
                    "eft_deposited_amount",
                    "card_deposited_amount",
                    "withdrawn_amount",
                    "gross_pay_amount",
                    "employer_tax_amount",
                    "net_pay_amount",
                    "bonus_amount",
                    "capitation_amount",
                    "patient_refund_amount",
                )
            }
            | {
                "opening_balance_amount": from_cents(account.opening_cents),
                "closing_balance_amount": from_cents(account.balance_after(last)),
                "lowest_balance_amount": from_cents(account.lowest_balance()),
            },
            paid_by_payer={each: from_cents(self._paid_by_payer[each]) for each in _PAYER_IDS},
            charged_by_provider=_dollars(zip(npis, self._charged_by_provider.tolist(), strict=True)),
            paid_by_provider=_dollars(zip(npis, self._paid_by_provider.tolist(), strict=True)),
            adjusted_by_class=_dollars(self._adjusted.items()),
            denied_by_class=_dollars(self._denied.items()),
            provider_adjusted_by_code=_dollars(sorted(self._by_code.items())),
            by_month={month: _dollars(sorted(sums.items())) for month, sums in sorted(self._by_month.items())},
            models=self._models(),
        )

    def _models(self) -> dict[str, float]:
        overturn_score, overturn, is_overturned = _columns(self._overturns)
        denial_score, denial, is_denied = _columns(self._denials)
        return {
            "overturn_bayes_optimal_auc": round(rank_auc(overturn_score, overturn), 4),
            "overturn_sampled_auc": round(rank_auc(overturn_score, is_overturned), 4),
            "denial_bayes_optimal_auc": round(rank_auc(denial_score, denial), 4),
            "denial_sampled_auc": round(rank_auc(denial_score, is_denied), 4),
            "denial_rate": round(float(is_denied.mean()), 4) if denial.size else 0.0,
        }


# what can be known of each case, its probability, and what came of it
_Ranked = tuple["Floats", "Floats", "Bools"]


def _columns(parts: list[_Ranked]) -> tuple[Floats, Floats, Floats]:
    score, probability, outcome = (
        np.concatenate([np.empty(0), *(part[place].astype(np.float64) for part in parts)]) for place in range(3)
    )
    return score, probability, outcome


def _prepaid_applied(cases: Cases, stop: int) -> Ints:
    """Return by visit what patients had paid ahead and turned out to owe, of all that happened before a day."""
    visits, lines = cases.visits, cases.lines
    if not lines.visit.size:
        return visits.day
    reports = make_reports(cases, range(stop))
    owed = np.where((visits.payer == SELF_PAY) & (visits.post_day < stop), cases.by_visit(lines.charge), 0)
    left = reports.patient + reports.denied_to_patient
    np.add.at(owed, reports.visit, left - np.where(reports.report == Report.SECONDARY, reports.paid, 0))
    paid = np.where(inside(lines.receipt_day, range(stop)), lines.receipt_cents, 0)
    is_ahead = (paid > 0) & (lines.receipt_day <= visits.day[lines.visit][:, None])
    ahead = cases.by_visit(np.where(is_ahead, paid, 0).sum(axis=1))
    owed -= cases.by_visit(np.where(is_ahead, 0, paid).sum(axis=1))
    return np.minimum(ahead, np.maximum(owed, 0))


def _dollars(cents: Iterable[tuple[str, int]]) -> dict[str, Decimal]:
    return {name: from_cents(amount) for name, amount in cents}
