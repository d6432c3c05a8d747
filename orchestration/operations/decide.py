"""What waits for a person in the lake, by number, and what is decided about it.

A decision is a fact: the next run changes what is wanted by it, and books the difference. What does not belong here:
proposals of the ledger (``approve``), and what a verb does to the books (dbt, ``waiting_items`` and what it stands on).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from orchestration.core.errors import BooksError
from orchestration.core.money import ZERO
from orchestration.ledger.items import DecisionPart, NewItemDecision
from orchestration.stores.lake import rows, table_names

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from decimal import Decimal

    from orchestration.ledger.items import ItemDecision
    from orchestration.stores.practice import PracticeStores

VERBS: Final = ("release", "split", "apply", "reclassify", "reject")
_LIST: Final = "medbooks waiting list"


@dataclass(frozen=True, slots=True)
class WaitingItem:
    """One thing that waits: dollars both ways, why, since which day, and the verbs that resolve it.

    ``proposed`` is what somebody proposed and another person has to approve.
    """

    number: int
    item_key: str
    source: str
    reason_code: str
    item_date: dt.date | None
    incoming_amount: Decimal
    outgoing_amount: Decimal
    words: str
    verbs: tuple[str, ...]
    proposed: ItemDecision | None = None

    @property
    def amount(self) -> Decimal:
        """The item's dollars, whichever way they go."""
        return self.incoming_amount + self.outgoing_amount


@dataclass(frozen=True, slots=True)
class DecidedItem:
    """What became of a decision: booked by the next run, or proposed and waiting for another person."""

    item: WaitingItem
    is_decided: bool


def waiting_items(stores: PracticeStores) -> list[WaitingItem]:
    """Return what waits in the lake and is not decided, by number; what is new gets its number."""
    with stores.lake.connect() as lake:
        if "posting.waiting_items" not in table_names(lake):
            return []
        found = rows(lake, "select * from posting.waiting_items order by item_date, item_key")
    numbers = stores.ledger.number_items(row["item_key"] for row in found)
    decided = stores.ledger.item_decisions()
    items = []
    for row in found:
        last = decided.get(row["item_key"])
        if last is not None and last.made.kind == "decided":
            continue  # the next run books it
        items.append(
            WaitingItem(
                number=numbers[row["item_key"]],
                item_key=row["item_key"],
                source=row["source"],
                reason_code=row["reason_code"],
                item_date=row["item_date"],
                incoming_amount=row["incoming_amount"],
                outgoing_amount=row["outgoing_amount"],
                words=row["words"],
                verbs=tuple(row["verbs"].split(",")),
                proposed=last if last is not None and last.made.kind == "proposed" else None,
            )
        )
    return sorted(items, key=lambda item: item.number)


def decide(
    stores: PracticeStores, number: int, verb: str, parts: Sequence[DecisionPart], *, by: str, reason: str
) -> DecidedItem:
    """Decide about an item, or propose it where its dollars are above the limit for exceptions.

    ``by`` is the login of who decides. Raises ``BooksError`` for an item that is decided, a verb it does not take, an
    account that does not exist, and a split whose parts are not its dollars to the cent; nothing is written then.
    """
    item = _waiting(stores, number)
    if verb not in item.verbs:
        message = f"item {number} cannot be settled by {verb}: it takes {', '.join(item.verbs)}"
        raise BooksError(message, fix=f"medbooks waiting show {number}")
    _require_parts(stores, item, verb, parts)
    person = stores.home.settings.roster.person_of(by)
    is_decided = item.amount <= stores.home.settings.exception_approval_limit_amount
    stores.ledger.decide_item(
        NewItemDecision(
            item_number=number,
            kind="decided" if is_decided else "proposed",
            verb=verb,
            parts=tuple(parts) or (DecisionPart(),),
            amount=item.amount,
            proposed_by=person,
            decided_by=person if is_decided else "",
            reason=reason,
        )
    )
    return DecidedItem(item, is_decided)


def approve_item(stores: PracticeStores, number: int, *, by: str, reason: str) -> WaitingItem:
    """Decide what another person proposed about an item; ``by`` is the login of an approver with its limit.

    Raises ``BooksError`` when nothing is proposed, for who proposed it, and above the approver's limit.
    """
    stores.home.require_guarded_settings()
    item = _waiting(stores, number)
    if item.proposed is None:
        message = f"nothing is proposed about item {number} ({item.amount:,.2f})"
        raise BooksError(message, fix=f"medbooks waiting show {number}")
    approver = stores.ledger.require_approver(by, ())
    if approver.is_known_as(item.proposed.made.proposed_by):
        message = f"{approver.person} proposed it: another person decides about item {number} ({item.amount:,.2f})"
        raise BooksError(message, fix=f"medbooks waiting approve {number}   # by another approver")
    if item.amount > approver.limit_amount:
        message = (
            f"{approver.person} decides up to {approver.limit_amount:,.2f}, and item {number} is {item.amount:,.2f}"
        )
        raise BooksError(message, fix=f"medbooks waiting approve {number}   # by an approver of a higher limit")
    made = replace(item.proposed.made, kind="decided", decided_by=approver.person, reason=reason)
    stores.ledger.decide_item(made)
    return item


def undo(stores: PracticeStores, number: int, *, by: str, reason: str) -> ItemDecision:
    """Take a decision back: the next run books the difference, and the item waits again.

    Raises ``BooksError`` when nothing holds about the item.
    """
    last = next((d for d in stores.ledger.item_decisions().values() if d.made.item_number == number), None)
    if last is None or last.made.kind == "undone":
        message = f"nothing is decided about item {number}"
        raise BooksError(message, fix=_LIST)
    person = stores.home.settings.roster.person_of(by)
    stores.ledger.decide_item(replace(last.made, kind="undone", proposed_by=person, decided_by=person, reason=reason))
    return last


def _waiting(stores: PracticeStores, number: int) -> WaitingItem:
    found = next((item for item in waiting_items(stores) if item.number == number), None)
    if found is not None:
        return found
    last = next((d for d in stores.ledger.item_decisions().values() if d.made.item_number == number), None)
    if last is not None and last.made.kind == "decided":
        message = (
            f"item {number} ({last.made.amount:,.2f}) is decided already: {last.made.verb} by {last.made.decided_by}"
        )
        raise BooksError(message, fix=f"medbooks waiting undo {number}   # when that was wrong")
    message = f"nothing waits under the number {number}"
    raise BooksError(message, fix=_LIST)


def _require_parts(stores: PracticeStores, item: WaitingItem, verb: str, parts: Sequence[DecisionPart]) -> None:
    if verb in {"reclassify", "split"} and not parts:
        message = f"{verb} needs the account that {item.amount:,.2f} goes to"
        raise BooksError(message, fix=f"medbooks waiting {verb} {item.number} --account 6300 --reason WHY")
    known = {account.account_code for account in stores.ledger.accounts()}
    unknown = sorted({part.account_code for part in parts if part.account_code} - known)
    if unknown:
        message = f"the chart has no account {', '.join(unknown)}: nothing was decided about {item.amount:,.2f}"
        raise BooksError(message, fix="edit dbt_project/seeds/accounts.csv   # or name an account that is there")
    if verb == "split":
        total = sum((part.amount or ZERO for part in parts), ZERO)
        if total != item.amount or any((part.amount or ZERO) <= ZERO for part in parts):
            message = f"the parts are {total:,.2f} and the item is {item.amount:,.2f}: every cent must go somewhere"
            raise BooksError(
                message, fix=f"medbooks waiting split {item.number} --part 2410=400.00 --part 6920=25.00 --reason WHY"
            )
