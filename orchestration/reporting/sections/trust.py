"""Can I trust it? Where every dollar is, which sums were compared, and what is held and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestration.core.money import ZERO
from orchestration.reporting import numerals
from orchestration.reporting.figures import shares
from orchestration.reporting.markup import Html, join, tag
from orchestration.reporting.measures import trial_balance_totals
from orchestration.reporting.pieces import Col, agrees, disclosure, nothing, panel, section, table
from orchestration.reporting.words import plain

if TYPE_CHECKING:
    from decimal import Decimal

    from orchestration.reporting.data import HeldRow, ReportData, SourceRow
    from orchestration.reporting.words import Vocabulary

_LEDE: Final = (
    "A practice receives files; every dollar in them must be somewhere. Each row says how much came in and where it "
    "is now. If in is not posted + held + set aside, to the cent, the page says so at the top."
)
_BANK_WORDS: Final = {
    "reconciled": "Found at the bank",
    "in_transit": "On its way",
    "overdue": "Not at the bank after 7 days",
}
_BANK_ORDER: Final = ("reconciled", "in_transit", "overdue")


def trust(report: ReportData) -> Html:
    """Return the conservation table, the agreements, what is held, and the trial balance."""
    return section(
        "trust",
        "Can I trust it?",
        _LEDE,
        _conservation(report),
        _held(report),
        _agreements(report),
        _trial_balance(report),
    )


def _conservation(report: ReportData) -> Html:
    rows = [row for row in report.sources if row.files]
    heading = "In = posted + held + set aside"
    if not rows:
        return panel(heading, nothing("No file has arrived yet."))
    columns = (
        Col("Files of", is_lead=True),
        Col("Files", is_number=True),
        Col("In", is_number=True),
        Col("Posted", is_number=True),
        Col("Held", is_number=True),
        Col("Set aside", is_number=True),
        Col("Adds up", is_number=True),
    )
    total = tuple(
        sum((amount for amount in amounts), ZERO)
        for amounts in zip(
            *((r.in_amount, r.posted_amount, r.held_amount, r.quarantined_amount) for r in rows), strict=True
        )
    )
    footer = (
        "All files",
        f"{sum(row.files for row in rows):,}",
        *map(numerals.dollars, total),
        agrees(is_equal=not any(row.difference_amount for row in rows)),
    )
    key = tag(
        "p",
        *(
            join(tag("i", class_=f"swatch {kind}"), f" {words}  ")
            for kind, words in (("posted", "posted"), ("held", "held"), ("quarantined", "set aside"))
        ),
        class_="key",
    )
    explained = disclosure(
        "What the columns mean",
        tag(
            "dl",
            _term("In", "Remittances: what payers say they paid (BPR02). Charges: what was charged. Bank: deposits. "
                        "Payroll: gross pay and employer taxes. Bills: their totals."),
            _term("Posted", "Booked in the ledger as balanced entries."),
            _term("Held", "Read and understood, but not booked: a person has to look."),
            _term("Set aside", "In files or rows that could not be read with certainty. The files are kept."),
            _term("Adding rows", "The same dollar may come in as a charge, a remittance and a deposit: "
                                 "the last row proves that nothing is lost, it is not revenue."),
        ),
    )  # fmt: skip
    body = table(columns, [_source_cells(row, report.vocabulary.title(row.source)) for row in rows], footer=footer)
    return panel(heading, body, key, explained)


def _source_cells(row: SourceRow, title: str) -> tuple[str, ...]:
    parts = [("posted", row.posted_amount), ("held", row.held_amount), ("quarantined", row.quarantined_amount)]
    if row.difference_amount > 0:
        parts.append(("missing", row.difference_amount))
    tip = ", ".join(
        f"{'set aside' if kind == 'quarantined' else kind} {numerals.dollars(amount)}" for kind, amount in parts
    )
    files = f"{row.files:,}"
    if row.quarantined_files:
        files = tag("span", files, tag("small", f"{row.quarantined_files:,} set aside"))
    is_equal = not row.difference_amount
    proof = agrees(is_equal=is_equal)
    if not is_equal:
        proof = tag("span", proof, tag("small", f"by {numerals.dollars(row.difference_amount)}"))
    return (
        tag("span", title, shares(parts, tip)),
        files,
        numerals.dollars(row.in_amount),
        numerals.dollars(row.posted_amount),
        numerals.dollars(row.held_amount),
        numerals.dollars(row.quarantined_amount),
        proof,
    )


def _held(report: ReportData) -> Html:
    heading = "What is held, and why"
    rows = sorted(report.held, key=_by_amount)
    if not rows:
        return panel(heading, nothing("Nothing is held: everything that could be read is booked."))
    footer = ("Together", "", f"{sum(r.item_count for r in rows):,}",
              numerals.dollars(sum((r.held_amount for r in rows), ZERO)))  # fmt: skip
    columns = (
        Col("Why", is_lead=True),
        Col("What to do", is_block=True),
        Col("Items", is_number=True),
        Col("Amount", is_number=True),
    )
    return panel(heading, table(columns, [_held_cells(row, report.vocabulary) for row in rows], footer=footer))


def _held_cells(row: HeldRow, vocabulary: Vocabulary) -> tuple[str, ...]:
    meaning, action = vocabulary.reason(row.source, row.hold_reason)
    return (
        tag("span", meaning, tag("small", vocabulary.title(row.source))),
        action,
        f"{row.item_count:,}",
        numerals.dollars(row.held_amount),
    )


def _agreements(report: ReportData) -> Html:
    heading, sub = (
        "Remittance = bank = books",
        "The same dollars, added up in two different places, must be the same sum.",
    )
    if not report.agreements:
        body = nothing("No sums have been compared yet.")
    else:
        columns = (
            Col("Must be true", is_lead=True),
            Col("One sum", is_number=True),
            Col("The other", is_number=True),
            Col("", is_number=True),
        )
        body = table(
            columns,
            [
                (
                    row.sentence,
                    tag("span", numerals.dollars(row.left_amount), tag("small", plain(row.left_label))),
                    tag("span", numerals.dollars(row.right_amount), tag("small", plain(row.right_label))),
                    agrees(is_equal=row.is_equal),
                )
                for row in report.agreements
            ],
        )
    return panel(heading, body, _bank_statuses(report), sub=sub)


def _bank_statuses(report: ReportData) -> Html | None:
    known = {row.reconciliation_status: row for row in report.bank_statuses}
    order = [*_BANK_ORDER, *sorted(known.keys() - set(_BANK_ORDER))]
    rows = [known[status] for status in order if status in known]
    if not rows:
        return None
    columns = (Col("Electronic payments", is_lead=True), Col("Payments", is_number=True), Col("Amount", is_number=True))
    cells = [
        (
            _BANK_WORDS.get(row.reconciliation_status, plain(row.reconciliation_status)),
            f"{row.payment_count:,}",
            numerals.dollars(row.paid_amount),
        )
        for row in rows
    ]
    return disclosure("Which remitted payments the bank shows", table(columns, cells))


def _trial_balance(report: ReportData) -> Html:
    heading = "Trial balance"
    if not report.trial_balance:
        return panel(heading, nothing("No entry is posted yet."))
    debit, credit = trial_balance_totals(report)
    columns = (Col("Account", is_lead=True), Col("Name"), Col("Debit balance", is_number=True),
               Col("Credit balance", is_number=True), Col("Balance", is_number=True))  # fmt: skip
    rows = [
        (
            row.account_code,
            row.account_name,
            numerals.dollars(row.debit_amount),
            numerals.dollars(row.credit_amount),
            _side(row.debit_amount - row.credit_amount),
        )
        for row in sorted(report.trial_balance, key=lambda row: row.account_code)
    ]
    footer = ("All", "", numerals.dollars(debit), numerals.dollars(credit), agrees(is_equal=debit == credit))
    sentence = (
        f"{numerals.count(len(rows), 'account')} with a balance in the accrual book: debit balances "
        f"{numerals.dollars(debit)}, credit balances {numerals.dollars(credit)}."
    )
    return panel(heading, tag("p", sentence), disclosure("Every account", table(columns, rows, footer=footer)))


def _side(balance: Decimal) -> str:
    """Return a balance with its side, as a bookkeeper writes it."""
    if not balance:
        return numerals.dollars(balance)
    return f"{numerals.dollars(abs(balance))} {'Dr' if balance > 0 else 'Cr'}"


def _by_amount(row: HeldRow) -> tuple[Decimal, str, str]:
    return -row.held_amount, row.source, row.hold_reason


def _term(name: str, words: str) -> Html:
    return join(tag("dt", name), tag("dd", words))
