"""What vendors' answers mean in our words: amounts, dates, receipts, refusals, and findings about accounts.

Shared by the modules of ``vendors/``. What does not belong here: any vendor's fields, and the call itself
(``wire/calling.py``).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from orchestration.core.findings import Finding
from orchestration.core.money import CENT, ZERO
from orchestration.gl.port import PulledLine, Receipt, TargetRefusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from orchestration.gl.port import PostRequest, PulledEntry, TargetLine


def amount_of(value: object) -> Decimal:
    """Return dollars of a number or text of an answer; raises ``ValueError`` for no amount or a fraction of a cent."""
    if value is None or value == "":
        return ZERO
    try:
        amount = Decimal(str(value))
        cents = amount.quantize(CENT)
    except InvalidOperation:
        message = "not an amount"
        raise ValueError(message) from None
    if cents != amount:
        message = "an amount with a fraction of a cent"
        raise ValueError(message)
    return cents


def signed_line(account: str, amount: Decimal) -> PulledLine:
    """Return the line of a signed amount: a debit is positive."""
    return PulledLine(account, max(amount, ZERO), max(-amount, ZERO))


def date_of(text: str, form: str = "%Y-%m-%d") -> dt.date:
    """Return the day of a text; raises ``ValueError`` when it is none."""
    return dt.datetime.strptime(text, form).replace(tzinfo=dt.UTC).date()


def receipt_of(entry: PulledEntry, reference: str) -> Receipt:
    """Return the receipt of a journal that the outside ledger holds."""
    return Receipt(reference, entry.external_id, sum((line.debit_amount for line in entry.lines), ZERO))


def same_journal(request: PostRequest, entry: PulledEntry) -> bool:
    """Return whether a journal is the request: date and lines, in any order; two equal lines are two."""
    return entry.entry_date == request.entry_date and _bag(request.lines) == _bag(entry.lines)


def _bag(lines: Iterable[TargetLine | PulledLine]) -> Counter[tuple[str, Decimal]]:
    return Counter((line.account, line.debit_amount - line.credit_amount) for line in lines)


def settled(request: PostRequest, entry: PulledEntry, title: str, vendor: str) -> Receipt:
    """Return the receipt of the journal held under the request's reference.

    Raises ``TargetRefusal`` when it is another journal: the reference was used before for another body.
    """
    if not same_journal(request, entry):
        message = (
            f"{title} holds another journal under this reference ({entry.external_id}): date or lines differ, "
            "and a posted journal is never overwritten"
        )
        raise TargetRefusal(code="other_body", message=message, fix=f"medbooks gl reconcile {vendor}")
    return receipt_of(entry, request.reference)


def reason_in(words: str, known: Iterable[tuple[str, tuple[str, ...]]]) -> str:
    """Return the first reason one of whose words is in a vendor's message, ``validation`` when none is.

    For vendors that say why in words alone; the words never leave this function.
    """
    lower = words.lower()
    return next((reason for reason, signs in known if any(sign in lower for sign in signs)), "validation")


def refused(title: str, vendor: str, code: str, their_code: str) -> TargetRefusal:
    """Return the refusal of a journal the vendor read and will not take, in our words."""
    reasons = {
        "unbalanced": "its debits and credits differ",
        "account_unknown": "it does not know one of the accounts",
        "account_unusable": "a journal may not use one of the accounts",
        "dimension_unknown": "it does not know a class, location or category of a line",
        "period_closed": "its books are closed for that date",
        "validation": "it found something invalid",
    }
    message = f"{title} refuses this entry: {reasons[code]} (its code {their_code})"
    fix = {
        "period_closed": "medbooks gl reverse",
        "unbalanced": "medbooks gl reverse",
    }.get(code, f"medbooks gl accounts {vendor}")
    return TargetRefusal(code, message, fix=fix)


def account_findings(
    title: str, mapping: Mapping[str, str], known: Mapping[str, str | None], label: Callable[[str], str]
) -> list[Finding]:
    """Return what is wrong with a mapping: no account, an unknown one, or one a journal may not use.

    ``known`` is from the vendor's account to why a journal may not use it, ``None`` when it may. ``label`` names an
    account in a message.
    """
    findings: list[Finding] = []
    for ours, theirs in sorted(mapping.items()):
        if not theirs:
            findings.append(Finding("account_unmapped", "error", f"account {ours} has no account in {title}"))
        elif theirs not in known:
            message = f"account {ours} is mapped to {label(theirs)}, which {title} does not have"
            findings.append(Finding("account_unknown", "error", message))
        elif reason := known[theirs]:
            message = f"account {ours} is mapped to {label(theirs)} of {title}, {reason}"
            findings.append(Finding("account_unusable", "error", message))
    return findings


def shared_accounts(mapping: Mapping[str, str]) -> Iterable[Finding]:
    """Yield a warning for each outside account that stands for several of ours: balances cannot be separated."""
    users: dict[str, list[str]] = {}
    for ours, theirs in sorted(mapping.items()):
        if theirs:
            users.setdefault(theirs, []).append(ours)
    for codes in users.values():
        if len(codes) > 1:
            message = f"accounts {', '.join(codes)} share one account outside, so their balances cannot be compared"
            yield Finding("account_shared", "warning", message)
