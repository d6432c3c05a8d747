"""The close of a period: every check of the checklist on a practice's books and marts, and the lock.

What does not belong here: the arithmetic of a check (``accounting.closing``).
"""

from __future__ import annotations

import os
import shutil
import subprocess  # asks other programs for their opinion on the books
import sys
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.accounting.closing import CloseItem, aged_amount
from orchestration.accounting.month_end import SOURCE
from orchestration.core.money import ZERO
from orchestration.operations.close import figures
from orchestration.stores.lake import table_names
from orchestration.stores.seeds import account_roles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestration.accounting.accounts import AccountRole, AccountRoles
    from orchestration.operations.close.periods import Period
    from orchestration.stores.practice import PracticeStores

# role of an account → how many days what stands on it may be old, and what it is
_AGED: dict[AccountRole, tuple[int, str]] = {
    "unapplied_receipts": (30, "receipts that could not be applied"),
    "payer_takebacks_unmatched": (30, "payer takebacks whose original is not here"),
    "goods_received_not_invoiced": (60, "goods received and not billed"),
}

# a debt below zero is a mistake
_NEVER_DEBIT: tuple[AccountRole, ...] = ("payables", "overpayments_recognised")


def consolidation(stores: PracticeStores, periods: Sequence[Period]) -> CloseItem:
    """Return whether taking out what entities owe each other leaves books that balance, and the dollars taken out.

    What is left is every account of every entity added up but the due-to and due-from of pairs: it is zero exactly
    when each pair holds the same on both sides.
    """
    last = periods[0].last
    between = _between_entities(account_roles())
    eliminated = stores.ledger.pair_balances(between, last, book="accrual")
    owed = sum((amount for amount in eliminated.values() if amount > 0), ZERO)
    left = ZERO
    for period in periods:
        rows = stores.ledger.trial_balance(last, entity_id=period.entity.entity_id, book="accrual")
        left += sum((r.debit_amount - r.credit_amount for r in rows if r.account_code not in between), ZERO)
    return CloseItem(
        "consolidated_books_balance_without_what_entities_owe_each_other",
        left == 0,
        abs(left),
        f"{len(periods)} entities added up, {owed:,.2f} between them taken out",
        "medbooks gl preview   # what waits of one entity's side",
    )


def _between_entities(roles: AccountRoles) -> tuple[str, str]:
    """Return the accounts of what entities owe each other: due from, due to."""
    return roles["due_from_entities"], roles["due_to_entities"]


def checklist(stores: PracticeStores, period: Period) -> list[CloseItem]:
    """Return every check of the period, in the order a bookkeeper works through them."""
    return [
        *_lake_checks(stores, period),
        *_account_checks(stores, period, account_roles()),
        *_registers(stores, period),
        *_figures(stores, period),
        _pairs(stores, period),
        _second_opinions(stores, period),
        *_outside_checks(stores, period),
        _approvals(stores, period),
        _whole(stores),
    ]


def _lake_checks(stores: PracticeStores, period: Period) -> list[CloseItem]:
    if not stores.home.lake_file.exists():
        return []
    with stores.lake.connect() as lake:
        present = table_names(lake)

        def amount(sql: str, *needs: str, entity: tuple[str, ...] = ()) -> Decimal:
            if not set(needs) <= present:
                return ZERO
            row = lake.execute(sql, [period.last, *entity]).fetchone()
            return Decimal(row[0]) if row and row[0] is not None else ZERO

        held = amount(
            "select sum(i.control_amount) from posting.fct_control_items as i inner join raw_era835.files as f "
            "on f.file_id = i.file_id where i.source = 'era835' and i.hold_reason is not null "
            "AND i.hold_reason <> 'duplicate_payment' AND ? IS NOT NULL",
            "posting.fct_control_items",
            "raw_era835.files",
        )
        quarantined = amount(
            "select sum(quarantined_amount) from raw_era835.files where ? is not null", "raw_era835.files"
        )
        overdue = amount(
            "select sum(paid_amount - deposit_amount) from marts.bank_reconciliation "
            "where reconciliation_status = 'overdue' and payment_date <= ?",
            "marts.bank_reconciliation",
        )
        subledger = amount(
            "select sum(receivable_change_amount) from posting.receivables_activity "
            "where posting_date <= ? and entity_id = ?",
            "posting.receivables_activity",
            entity=(period.entity.entity_id,),
        )
        has_subledger = "posting.receivables_activity" in present
        proposed = (
            lake.execute(
                "select event_id, sum(debit_amount) from posting.fct_journal_lines "
                "where entity_id = ? and entry_date <= ? group by event_id",
                [period.entity.entity_id, period.last],
            ).fetchall()
            if "posting.fct_journal_lines" in present
            else []
        )
    # what waits for a person, or was decided against, is told elsewhere
    known = stores.ledger.posted_event_ids() | set(stores.ledger.waiting_reasons())
    not_posted = sum((amount for event_id, amount in proposed if event_id not in known), ZERO)
    items = [
        CloseItem(
            "every_proposal_is_posted",
            not_posted == 0,
            not_posted,
            "events of the period, accruals of pay registers too, that were proposed and never posted",
            "medbooks run",
        ),
        CloseItem(
            "every_remittance_is_in_and_balanced",
            held + quarantined == 0,
            held + quarantined,
            "remittances that are held or in quarantine",
            "medbooks status",
        ),
        CloseItem(
            "clearing_accounts_are_reconciled_to_the_bank",
            overdue == 0,
            overdue,
            "remittances the bank has not shown for more than five business days",
            "medbooks status",
        ),
    ]
    if has_subledger and "accrual" in period.entity.books:
        # what is shown as a debt at a period's end (R14) stays a receivable's credit in the subledger
        roles = account_roles()
        receivables = (roles["receivable_insurance"], roles["receivable_patient"])
        booked = sum(
            (_balance(stores, period, code) - _balance(stores, period, code, source=SOURCE) for code in receivables),
            ZERO,
        )
        items.append(
            CloseItem(
                f"receivables_subledger_equals_{'_and_'.join(receivables)}",
                subledger == booked,
                abs(subledger - booked),
                "the subledger less what is booked",
                "medbooks run",
            )
        )
    return items


def _balance(stores: PracticeStores, period: Period, code: str, *, source: str | None = None) -> Decimal:
    rows = stores.ledger.trial_balance(period.last, entity_id=period.entity.entity_id, book="accrual", source=source)
    return sum((row.debit_amount - row.credit_amount for row in rows if row.account_code == code), ZERO)


def _account_checks(stores: PracticeStores, period: Period, roles: AccountRoles) -> list[CloseItem]:
    suspense = _balance(stores, period, roles["suspense"])
    items = [
        CloseItem(
            "suspense_is_zero",
            suspense == 0,
            abs(suspense),
            f"what stands on {roles['suspense']}: reasons that no seed knows, listed in measures.suspense_by_reason",
            "medbooks run   # after each is a row of adjustment_codes.csv or provider_adjustment_codes.csv",
        )
    ]
    unidentified = _balance(stores, period, roles["unidentified_withdrawals"])
    items.append(
        CloseItem(
            "every_withdrawal_is_known",
            unidentified == 0,
            abs(unidentified),
            f"withdrawals that nobody has explained, on {roles['unidentified_withdrawals']}",
            "medbooks waiting list   # then: medbooks waiting reclassify NUMBER --account CODE --reason WHY",
        )
    )
    for role in _NEVER_DEBIT:
        debit = max(_balance(stores, period, roles[role]), ZERO)
        items.append(
            CloseItem(
                f"no_debit_stands_on_{roles[role]}",
                debit == 0,
                debit,
                "a debt below zero: something was paid that no bill or decision owes",
                f"medbooks gl export --format csv   # shows the entries on {roles[role]}",
            )
        )
    codes = tuple(roles[role] for role in _AGED)
    movements = stores.ledger.movements(codes, period.last, entity_id=period.entity.entity_id, book="accrual")
    for role, (days, what) in _AGED.items():
        code = roles[role]
        aged = aged_amount(movements.get(code, ()), period.last, days)
        items.append(
            CloseItem(
                f"nothing_on_{code}_is_older_than_{days}_days",
                aged == 0,
                aged,
                f"what is older: {what}",
                f"medbooks gl export --format csv   # shows the entries on {code}",
            )
        )
    return items


def _registers(stores: PracticeStores, period: Period) -> list[CloseItem]:
    if not stores.home.lake_file.exists():
        return []
    gaps = figures.missing_registers(stores, period)
    days = ", ".join(f"{gap.first} to {gap.last}" for gap in gaps)
    return [
        CloseItem(
            "no_payroll_register_is_missing_between_two_others",
            not gaps,
            sum((gap.amount for gap in gaps), ZERO),
            f"no register covers {days}: about this much pay, by the register before",
            "medbooks run   # with that register in the inbox; a register of zeros says that nobody was paid",
        )
    ]


# figure of the period's end → the check's sentence, and what is missing when it fails
_FIGURES = {
    figures.CREDITS: ("credits_are_reclassified", "credits of patients and payers that stand in receivables"),
    figures.PAY: (
        "pay_worked_is_accrued",
        "days worked up to the period's end that no register covers and nobody accrued",
    ),
    figures.BONUSES: (
        "provider_bonuses_are_accrued",
        "bonuses earned in the year so far and not accrued, or too much, or paid and never accrued",
    ),
}


def _figures(stores: PracticeStores, period: Period) -> list[CloseItem]:
    if "accrual" not in period.entity.books or not stores.home.lake_file.exists():
        return []
    found = figures.missing(stores, period)
    items = []
    for name, (sentence, words) in _FIGURES.items():
        figure = found.get(name)
        items.append(
            CloseItem(
                sentence,
                figure is not None and figure.amount == 0,
                figure.amount if figure else ZERO,
                words if figure else "the marts that say so are not built",
                f"medbooks close prepare --entity {period.entity.entity_id} --period {period.name}"
                if figure
                else "medbooks run",
            )
        )
    unpaid = figures.unpaid_bonuses(stores, period)
    items.append(
        CloseItem(
            "bonuses_of_earlier_years_are_paid",
            not unpaid,
            sum(unpaid.values(), ZERO),
            f"accrued before this year, neither paid nor taken back: of {', '.join(unpaid) or 'nobody'}",
            f"medbooks close prepare --entity {period.entity.entity_id} --period {period.name} "
            f"--release-bonus {next(iter(unpaid), 'NPI')}   # when it is not owed; else pay it as a bonus",
        )
    )
    unvalued = figures.unvalued_revenue(stores, period)
    if unvalued is not None:
        items.append(
            CloseItem(
                "work_of_providers_paid_by_it_has_relative_values",
                unvalued == 0,
                unvalued,
                "charged in months of this year for which no work RVU is known, by providers with a plan on work RVUs",
                "medbooks run   # with CMS's relative value file (PPRRVU) of the year in the inbox",
            )
        )
    return items


def _pairs(stores: PracticeStores, period: Period) -> CloseItem:
    """Compare both sides of every pair the entity belongs to; one whose other side keeps no accrual book has none."""
    nets = stores.ledger.pair_balances(_between_entities(account_roles()), period.last, book="accrual")
    ours = period.entity.entity_id
    keeping = {entity.entity_id for entity in stores.home.settings.all_entities if "accrual" in entity.books}
    others = {b if a == ours else a for a, b in nets if ours in {a, b}} & keeping
    off = {other: nets.get((ours, other), ZERO) + nets.get((other, ours), ZERO) for other in sorted(others)}
    named = ", ".join(other for other, amount in off.items() if amount)
    return CloseItem(
        "due_to_equals_due_from",
        not named,
        sum((abs(amount) for amount in off.values()), ZERO),
        f"owed on one side only, between {ours} and {named or 'nobody'}",
        "medbooks gl preview   # what waits of one entity's side",
    )


def _second_opinions(stores: PracticeStores, period: Period) -> CloseItem:
    """Let beancount and hledger recompute the entity's books; one that is not installed has no opinion."""
    from orchestration.gl.exports import beancount, hledger

    entity_id = period.entity.entity_id
    accounts = stores.ledger.accounts()
    failed, asked = [], []
    with tempfile.TemporaryDirectory() as folder:
        for name, program, arguments, export in (
            ("beancount", "bean-check", ["--no-cache"], beancount.export),
            ("hledger", "hledger", ["check", "-s", "-f"], hledger.export),
        ):
            beside = Path(sys.executable).parent / program
            found = str(beside) if beside.exists() else shutil.which(program)
            if found is None:
                continue
            asked.append(name)
            file = Path(folder) / name
            entries = stores.ledger.entries(as_of=period.last, entity_id=entity_id, book="accrual")
            # both exports assert the closing balance of every account to the cent
            file.write_text(export(accounts, entries), encoding="utf-8")
            done = subprocess.run(
                [found, *arguments, str(file)],
                capture_output=True,
                check=False,
                env={**os.environ, "LC_ALL": "C.UTF-8"},
            )
            if done.returncode != 0:
                failed.append(name)
    return CloseItem(
        "other_programs_agree_with_the_trial_balance",
        bool(asked) and not failed,
        ZERO,
        f"asked: {', '.join(asked) or 'nobody, none is installed'}; disagree: {', '.join(failed) or 'nobody'}",
        "apt-get install hledger" if not asked else "medbooks gl export --format hledger --out books.journal",
    )


def _outside_checks(stores: PracticeStores, period: Period) -> list[CloseItem]:
    from orchestration.stores.outside import mapped_vendors

    items = []
    for vendor in mapped_vendors(stores.home):
        open_items = stores.ledger.not_reconciled(vendor, period.entity.entity_id, period.last)
        items.append(
            CloseItem(
                f"{vendor}_holds_the_same_lines",
                not open_items,
                sum((item.total_amount for item in open_items), ZERO),
                f"{len(open_items)} entries of the period and before are not outside, or not compared since",
                f"medbooks gl post {vendor} && medbooks gl reconcile {vendor} --to {period.last}",
            )
        )
    return items


def _approvals(stores: PracticeStores, period: Period) -> CloseItem:
    waiting = [p for p in stores.ledger.waiting() if p.made.entity_id in {"", period.entity.entity_id}]
    return CloseItem(
        "nothing_waits_for_a_person",
        not waiting,
        sum((proposal.made.total_amount for proposal in waiting), ZERO),
        f"{len(waiting)} proposals are held or quarantined",
        "medbooks gl preview",
    )


def _whole(stores: PracticeStores) -> CloseItem:
    findings = [*stores.ledger.verify_audit(), *stores.ledger.verify_books()]
    return CloseItem(
        "the_books_are_what_was_posted",
        not findings,
        abs(stores.ledger.trial_balance_amount()),
        f"{len(findings)} findings in journal and audit chain",
        "medbooks audit verify",
    )
