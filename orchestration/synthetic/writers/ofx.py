"""A bank's statements as OFX 1.0.2 (SGML). What does not belong here: what moved (``account``)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from orchestration.synthetic.writers.amounts import dollars

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestration.synthetic.account import PatientAccount
    from orchestration.synthetic.writers.feed import Batch, File

_BANK_ID = "000000000"
_NAME_LENGTH = 32


def statement(account: PatientAccount, first: dt.date, last: dt.date) -> bytes:
    """Return the statement of ``first`` to ``last``, both inclusive."""
    lines = [
        "OFXHEADER:100", "DATA:OFXSGML", "VERSION:102", "SECURITY:NONE", "ENCODING:USASCII", "CHARSET:1252",
        "COMPRESSION:NONE", "OLDFILEUID:NONE", "NEWFILEUID:NONE", "",
        "<OFX>", "<SIGNONMSGSRSV1>", "<SONRS>", "<STATUS>", "<CODE>0", "<SEVERITY>INFO", "</STATUS>",
        f"<DTSERVER>{last:%Y%m%d}235959", "<LANGUAGE>ENG", "</SONRS>", "</SIGNONMSGSRSV1>",
        "<BANKMSGSRSV1>", "<STMTTRNRS>", "<TRNUID>1", "<STATUS>", "<CODE>0", "<SEVERITY>INFO", "</STATUS>",
        "<STMTRS>", "<CURDEF>USD", "<BANKACCTFROM>", f"<BANKID>{_BANK_ID}", f"<ACCTID>{account.account_id}",
        "<ACCTTYPE>CHECKING", "</BANKACCTFROM>",
        "<BANKTRANLIST>", f"<DTSTART>{first:%Y%m%d}", f"<DTEND>{last:%Y%m%d}",
    ]  # fmt: skip
    number, of_day = 0, dt.date.min
    for movement in account.movements:
        number = number + 1 if movement.date == of_day else 1
        of_day = movement.date
        if not first <= movement.date <= last:
            continue
        lines += [
            "<STMTTRN>",
            f"<TRNTYPE>{movement.kind}",
            f"<DTPOSTED>{movement.date:%Y%m%d}120000",
            f"<TRNAMT>{dollars(movement.cents)}",
            f"<FITID>{movement.date:%Y%m%d}{number:04d}",
        ]
        lines += [f"<CHECKNUM>{movement.check_number}"] if movement.check_number else []
        lines += [f"<NAME>{movement.name[:_NAME_LENGTH]}"]
        lines += [f"<MEMO>{movement.memo}"] if movement.memo else []
        lines += ["</STMTTRN>"]
    lines += [
        "</BANKTRANLIST>", "<LEDGERBAL>", f"<BALAMT>{dollars(account.balance_after(last))}",
        f"<DTASOF>{last:%Y%m%d}235959", "</LEDGERBAL>", "</STMTRS>", "</STMTTRNRS>", "</BANKMSGSRSV1>", "</OFX>", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode("ascii")


class OfxFeed:
    """A statement a month."""

    def files(self, batch: Batch) -> Iterator[File]:
        """Yield the statement of the batch; a part of a month says in its name which days it covers."""
        first, last = batch.dates
        yield f"bank_{batch.label}.ofx", [statement(batch.world.account, first, last)]
