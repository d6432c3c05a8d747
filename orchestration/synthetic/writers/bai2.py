"""A bank's cash report as BAI2: one file a month, a group for every day on which money moved, trailers that tie.

Type codes: 142 ACH credit, 301 commercial deposit, 455 ACH debit, 475 check paid. The text of a transaction is its
counterparty and memo, an EFT's trace number in it. What does not belong here: what moved (``account``).
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestration.synthetic.account import Movement, PatientAccount
    from orchestration.synthetic.writers.feed import Batch, File

_BANK, _CUSTOMER = "000000000", "JUNIPER"
_TYPE_CODES = {"CREDIT": "142", "DEP": "301", "DEBIT": "455", "CHECK": "475"}


class Bai2Feed:
    """A file a month."""

    def files(self, batch: Batch) -> Iterator[File]:
        """Yield the report of the batch, if any money moved."""
        movements = batch.movements()
        if movements:
            yield f"bank_{batch.label}.bai", [_report(batch.world.account, movements)]


def _report(account: PatientAccount, movements: list[Movement]) -> bytes:
    last = movements[-1].date
    records = [f"01,{_BANK},{_CUSTOMER},{last:%y%m%d},2300,1,,,2/"]
    total = groups = 0
    for date, of_day in groupby(movements, key=lambda movement: movement.date):
        group_total, group = _group(account, date.strftime("%y%m%d"), account.balance_after(date), list(of_day))
        records += group
        total += group_total
        groups += 1
    records += [f"99,{total},{groups},{len(records) + 1}/", ""]
    return "\r\n".join(records).encode("ascii")


def _group(account: PatientAccount, date: str, closing: int, movements: list[Movement]) -> tuple[int, list[str]]:
    lines = [f"03,{account.account_id},USD,015,{closing},,/"]
    total = closing
    for number, movement in enumerate(movements, start=1):
        cents = abs(movement.cents)
        text = f"{movement.name} {movement.memo}".strip()
        lines.append(f"16,{_TYPE_CODES[movement.kind]},{cents},Z,{date}{number:04d},{movement.check_number},{text}")
        total += cents
    lines.append(f"49,{total},{len(lines) + 1}/")
    head = f"02,{_CUSTOMER},{_BANK},1,{date},2300,USD,2/"
    return total, [head, *lines, f"98,{total},1,{len(lines) + 2}/"]
