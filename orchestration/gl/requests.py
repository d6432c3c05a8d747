"""A posted entry as the request a target takes: accounts mapped, lines added up, and nothing a person typed.

What does not belong here: sending it (``poster.py``), and any one system's format.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestration.core.ids import canonical_key
from orchestration.core.money import ZERO
from orchestration.gl.port import PostRequest, TargetLine
from orchestration.ledger.outbox import reference

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from decimal import Decimal

    from orchestration.ledger.records import PostedEntry


class UnmappedAccountError(Exception):
    """An account of the entry has no account in the target; never leaves this package."""


@dataclass(frozen=True, slots=True)
class TargetSetup:
    """What a practice decided about one target: which entries go there, and our account code → its account.

    Entries dated before ``since`` stay here.
    """

    name: str
    entity_ids: tuple[str, ...]
    accounts: Mapping[str, str]
    book: str = "accrual"
    since: dt.date | None = None

    @property
    def fingerprint(self) -> str:
        """SHA-256 of everything decided: another one is checked with the target before anything is sent."""
        since = self.since.isoformat() if self.since else None
        return canonical_key([self.name, sorted(self.entity_ids), sorted(self.accounts.items()), self.book, since])


def request_of(posted: PostedEntry, accounts: Mapping[str, str], *, resend_count: int = 0) -> PostRequest:
    """Return the request of an entry, sent again ``resend_count`` times by decision; raises ``UnmappedAccountError``.

    Lines of one account, side and set of dimensions are added up: the rule that made each line stays here.
    The memo is the batch, the kind of source and the rules; the batch leads back to everything else.
    """
    entry = posted.entry
    sums: defaultdict[tuple[str, bool, str | None, str | None, str | None], Decimal] = defaultdict(lambda: ZERO)
    for line in entry.lines:
        is_debit = line.debit_amount > 0
        key = (line.account_code, is_debit, line.location_id, line.provider_id, line.payer_class)
        sums[key] += line.debit_amount if is_debit else line.credit_amount
    missing = {code for code, *_rest in sums} - accounts.keys()
    if missing:
        raise UnmappedAccountError
    rules = sorted({line.rule_id for line in entry.lines})
    reverses = f" reverses {reference(entry.reverses)}" if entry.reverses else ""
    return PostRequest(
        reference=reference(posted.entry_key),
        entry_date=entry.entry_date,
        memo=f"{posted.batch_tag} {entry.source} {','.join(rules)}{reverses}",
        entity_id=entry.entity_id,
        resend_count=resend_count,
        lines=tuple(
            TargetLine(
                account=accounts[code],
                account_code=code,
                debit_amount=amount if is_debit else ZERO,
                credit_amount=ZERO if is_debit else amount,
                location_id=location_id,
                provider_id=provider_id,
                payer_class=payer_class,
            )
            for (code, is_debit, location_id, provider_id, payer_class), amount in sums.items()
        ),
    )
