"""The truth beside the files: what they hold, to the cent, and why; ``manifest.json`` and three CSV files.

Everything is told about the files that were written, so that a part of a practice (``only``) has a truth of its own;
balances of the account are the whole practice's on the last written day. What does not belong here: inbox files.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from orchestration.core.money import ZERO, from_cents
from orchestration.practice.adjudication import DENIAL_CLASSES, NOTHING, appeal_outcome
from orchestration.practice.bank_ofx import CARD_SETTLEMENT
from orchestration.practice.ehr_export import dollars
from orchestration.practice.people import PAYERS, SELF_PAY, SELF_PAY_ID
from orchestration.practice.remittances import Report

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from orchestration.practice.draws import Bools, Floats, Ints
    from orchestration.practice.world import World


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generated practice holds; amounts in dollars.

    ``control_totals``: what each kind of file must sum to, as its reader counts ``in_amount``.
    ``paid_by_payer`` is what remittances paid (BPR02); ``paid_by_provider`` what claims were paid (CLP04).
    ``by_month``: the same amounts by month (``YYYY-MM``) of their own date. ``models``: what a perfect model reaches.
    """

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
    files: tuple[str, ...] = field(repr=False)

    def to_json(self) -> str:
        """Return the manifest as JSON: amounts as text with two decimals, keys in a fixed order."""
        return json.dumps(self._document(), indent=1, default=_plain) + "\n"

    def _document(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "files"}


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


def write_truth(world: World, window: tuple[int, int], files: list[str], out: Path) -> Manifest:
    """Write ``manifest.json``, ``denials.csv``, ``bills.csv``, ``remittances.csv`` and return the manifest.

    ``window`` is the first and last written day, inclusive, as distances from the start.
    """
    out.mkdir(parents=True, exist_ok=True)
    manifest = _manifest(world, window, files)
    for name, text in (
        ("manifest.json", manifest.to_json()),
        ("denials.csv", _denials(world, window)),
        ("bills.csv", _bills(world, window)),
        ("remittances.csv", _remittances(world, window)),
    ):
        (out / name).write_text(text, encoding="utf-8", newline="")
    return manifest


class _Months:
    """Sums cents by month and name."""

    def __init__(self, world: World) -> None:
        self._labels = [f"{day:%Y-%m}" for day in world.days.dates]
        self._found: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, name: str, day: Ints | list[int], cents: Ints | list[int]) -> int:
        """Add amounts by their day; return their sum in cents."""
        total = 0
        by_day: Counter[int] = Counter()
        for each, amount in zip(np.asarray(day).tolist(), np.asarray(cents).tolist(), strict=True):
            by_day[each] += amount
            total += amount
        for each, amount in by_day.items():
            self._found[self._labels[each]][name] += amount
        return total

    def dollars(self) -> dict[str, dict[str, Decimal]]:
        """Return the sums in dollars, months in order."""
        return {
            month: {name: from_cents(cents) for name, cents in sorted(names.items())}
            for month, names in sorted(self._found.items())
        }


def _manifest(world: World, window: tuple[int, int], files: list[str]) -> Manifest:
    first, last = window
    encounters, outcomes, reports = world.encounters, world.outcomes, world.remittances.reports
    months = _Months(world)

    def inside(day: Ints) -> Bools:
        return np.asarray((day >= first) & (day <= last))

    posted = inside(encounters.post_day)
    line_posted = posted[encounters.line_visit]
    charged = months.add(
        "charged_amount",
        encounters.post_day[encounters.line_visit][line_posted],
        encounters.line_charge[line_posted],
    )
    was_received = inside(world.receipts.day)
    received = months.add("patient_paid_amount", world.receipts.day[was_received], world.receipts.cents[was_received])
    paid = [r for r in world.remittances.remittances if first <= r.day <= last]
    remitted = months.add("remitted_amount", [r.day for r in paid], [r.paid_cents for r in paid])
    start = world.days.start
    moved = [m for m in world.account.movements if first <= (m.date - start).days <= last]
    deposits = [m for m in moved if m.cents > 0]
    deposited = months.add("deposited_amount", [(m.date - start).days for m in deposits], [m.cents for m in deposits])
    runs = [r for r in world.payroll if first <= (r.pay_date - start).days <= last]
    wages = months.add(
        "payroll_amount",
        [(r.pay_date - start).days for r in runs],
        [r.gross + r.employer_taxes for r in runs],
    )
    bills = [b for b in world.bills if first <= (b.bill_date - start).days <= last]
    billed = months.add("billed_amount", [(b.bill_date - start).days for b in bills], [b.total_cents for b in bills])
    told = inside(reports.day)
    first_told = told & (reports.report == Report.FIRST)
    corrected = reports.visit[told & (reports.report == Report.CORRECTION)]
    appealed = corrected[outcomes.is_appealed[corrected]]
    denied_claims = reports.visit[first_told & (reports.denied > 0)]
    signed = np.where(told, 1, 0)
    by_code: Counter[str] = Counter()
    for remittance in paid:
        for adjustment in remittance.adjustments:
            by_code[adjustment.reason_code] += adjustment.cents
    kinds = Counter(name.split("_", 1)[0] for name in files)
    insured = encounters.payer != SELF_PAY
    return Manifest(
        seed=world.seed,
        providers=len(world.providers),
        start=start,
        days=world.days.count,
        first_date=world.days.dates[first],
        last_date=world.days.dates[last],
        counts={
            "files": len(files),
            **{f"{label}_files": kinds[prefix] for prefix, label in _KINDS},
            "visits": int(posted.sum()),
            "claims": int((posted & insured).sum()),
            "charge_lines": int(line_posted.sum()),
            "patient_payments": int(was_received.sum()),
            "claim_reports": int(told.sum()),
            "service_lines": int(encounters.line_count[reports.visit[told]].sum()),
            "reversals": int(corrected.size),
            "denied_claims": int(denied_claims.size),
            "denied_lines": int(np.isin(encounters.line_visit[outcomes.is_denied_line], denied_claims).sum()),
            "decided_appeals": int(appealed.size),
            "overturned_appeals": int(outcomes.is_overturned[appealed].sum()),
            "takebacks": int(corrected.size - appealed.size),
            "remittances_without_payment": sum(not r.paid_cents for r in paid),
            "bills_scanned": sum(b.is_scan for b in bills),
            "payroll_runs": len(runs),
        },
        control_totals={
            "era835": from_cents(remitted),
            "ehr": from_cents(charged),
            "bank": from_cents(deposited),
            "payroll": from_cents(wages),
            "documents": from_cents(billed),
        },
        amounts={
            "charged_amount": from_cents(charged),
            "patient_paid_amount": from_cents(received),
            "claim_charged_amount": from_cents(int((reports.charged * signed).sum())),
            "claim_paid_amount": from_cents(int((reports.paid * signed).sum())),
            "patient_responsibility_amount": from_cents(int((reports.patient * signed).sum())),
            "eft_deposited_amount": from_cents(sum(m.cents for m in deposits if m.trace_number)),
            "card_deposited_amount": from_cents(sum(m.cents for m in deposits if m.name == CARD_SETTLEMENT)),
            "withdrawn_amount": from_cents(-sum(m.cents for m in moved if m.cents < 0)),
            "gross_pay_amount": from_cents(sum(r.gross for r in runs)),
            "employer_tax_amount": from_cents(sum(r.employer_taxes for r in runs)),
            "net_pay_amount": from_cents(sum(r.net for r in runs)),
            "opening_balance_amount": from_cents(world.account.opening_cents),
            "closing_balance_amount": from_cents(world.account.balance_after(world.days.dates[last])),
            "lowest_balance_amount": from_cents(world.account.lowest_balance()),
        },
        paid_by_payer={
            payer.payer_id: from_cents(sum(r.paid_cents for r in paid if r.payer == index))
            for index, payer in enumerate(PAYERS)
        }
        | {SELF_PAY_ID: _self_paid(world, was_received)},
        charged_by_provider=_by_provider(
            world, encounters.provider[encounters.line_visit], np.where(line_posted, encounters.line_charge, 0)
        ),
        paid_by_provider=_by_provider(world, encounters.provider[reports.visit], reports.paid * signed),
        adjusted_by_class={
            "contractual": from_cents(int((reports.contractual * signed).sum())),
            "sequestration": from_cents(int((reports.sequestration * signed).sum())),
            "patient": from_cents(int((reports.patient * signed).sum())),
            "denied": from_cents(int((reports.denied * signed).sum())),
        },
        denied_by_class={
            each.name: from_cents(
                int((reports.denied * (first_told & (outcomes.denial_class[reports.visit] == index))).sum()),
            )
            for index, each in enumerate(DENIAL_CLASSES)
        },
        provider_adjusted_by_code={code: from_cents(cents) for code, cents in sorted(by_code.items())},
        by_month=months.dollars(),
        models=_models(world, appealed, np.asarray(posted & insured)),
        files=tuple(files),
    )


_KINDS = (("charges", "ehr"), ("era", "era835"), ("bank", "bank"), ("payroll", "payroll"), ("bill", "document"))


def _by_provider(world: World, provider: Ints, cents: Ints) -> dict[str, Decimal]:
    return {p.npi: from_cents(int(cents[provider == index].sum())) for index, p in enumerate(world.providers)}


def _self_paid(world: World, was_received: Bools) -> Decimal:
    is_self = world.encounters.payer[world.encounters.line_visit[world.receipts.line]] == SELF_PAY
    return from_cents(int(world.receipts.cents[was_received & is_self].sum())) or ZERO


def _models(world: World, appealed: Ints, is_claim: Bools) -> dict[str, float]:
    outcomes = world.outcomes
    overturn = outcomes.overturn_probability[appealed]
    denial = outcomes.denial_probability[is_claim]
    return {
        "overturn_bayes_optimal_auc": round(rank_auc(overturn, overturn), 4),
        "overturn_sampled_auc": round(rank_auc(overturn, outcomes.is_overturned[appealed].astype(np.float64)), 4),
        "denial_bayes_optimal_auc": round(rank_auc(denial, denial), 4),
        "denial_rate": round(float((outcomes.denial_class[is_claim] != NOTHING).mean()), 4) if denial.size else 0.0,
    }


def _denials(world: World, window: tuple[int, int]) -> str:
    encounters, outcomes, days = world.encounters, world.outcomes, world.days
    rows = [
        (
            "transaction_id,claim_id,payer_id,cause,group_code,reason_code,remark_code,denied_amount,denied_date,"
            "is_appealed,overturn_probability,outcome,decided_date"
        ),
    ]
    for line in np.flatnonzero(outcomes.is_denied_line).tolist():
        visit = int(encounters.line_visit[line])
        denied = int(outcomes.first_day[visit])
        if not window[0] <= denied <= window[1]:
            continue
        cause = DENIAL_CLASSES[outcomes.denial_class[visit]]
        outcome = appeal_outcome(outcomes, visit, window[1])
        decided = days.iso[outcomes.second_day[visit]] if outcome in {"overturned", "upheld"} else ""
        rows.append(
            f"{encounters.transaction_id[line]},{encounters.claim_id[visit]},{PAYERS[encounters.payer[visit]].payer_id},"
            f"{cause.name},{cause.group_code},{cause.reason_code},{outcomes.remark[visit]},"
            f"{dollars(int(encounters.line_charge[line]))},{days.iso[denied]},"
            f"{str(bool(outcomes.is_appealed[visit])).lower()},{outcomes.overturn_probability[visit]:.6f},"
            f"{outcome},{decided}",
        )
    return "\n".join([*rows, ""])


def _bills(world: World, window: tuple[int, int]) -> str:
    rows = [
        "file_name,vendor_name,bill_number,bill_date,due_date,paid_date,subtotal_amount,tax_amount,total_amount,is_scan",
    ]
    rows += [
        f"{b.file_name},{b.vendor.name},{b.bill_number},{b.bill_date},{b.due_date},{b.paid_date},"
        f"{dollars(b.subtotal_cents)},{dollars(b.tax_cents)},{dollars(b.total_cents)},{str(b.is_scan).lower()}"
        for b in world.bills
        if window[0] <= (b.bill_date - world.days.start).days <= window[1]
    ]
    return "\n".join([*rows, ""])


def _remittances(world: World, window: tuple[int, int]) -> str:
    rows = ["payer_id,payment_date,trace_number,claim_paid_amount,provider_adjustment_amount,paid_amount,deposit_date"]
    rows += [
        f"{PAYERS[r.payer].payer_id},{world.days.iso[r.day]},{r.trace_number},{dollars(r.claim_paid_cents)},"
        f"{dollars(sum(a.cents for a in r.adjustments))},{dollars(r.paid_cents)},"
        f"{'' if r.deposit_day == NOTHING else world.days.iso[r.deposit_day]}"
        for r in world.remittances.remittances
        if window[0] <= r.day <= window[1]
    ]
    return "\n".join([*rows, ""])
