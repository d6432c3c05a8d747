"""A bank's statement as ISO 20022 camt.053.001.08, one message a month, balances and summary that tie.

What does not belong here: what moved (``account``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from orchestration.synthetic.workdays import ONE_DAY
from orchestration.synthetic.writers.amounts import dollars

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from orchestration.synthetic.account import Movement
    from orchestration.synthetic.writers.feed import Batch, File

_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
_FAMILIES = {"CREDIT": "RCDT", "DEP": "CNTR", "DEBIT": "IDDT", "CHECK": "ICHQ"}


class Camt053Feed:
    """A message a month."""

    def files(self, batch: Batch) -> Iterator[File]:
        """Yield the statement of the batch."""
        yield f"bank_{batch.label}.xml", ["\n".join(_message(batch)).encode()]


def _message(batch: Batch) -> Iterator[str]:
    account, (first, last) = batch.world.account, batch.dates
    movements = batch.movements()
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<Document xmlns="{_NAMESPACE}"><BkToCstmrStmt>'
    yield f"<GrpHdr><MsgId>{account.account_id}{last:%Y%m%d}</MsgId><CreDtTm>{last}T23:00:00</CreDtTm></GrpHdr>"
    yield f"<Stmt><Id>{last:%Y%m%d}</Id><CreDtTm>{last}T23:00:00</CreDtTm>"
    yield f"<FrToDt><FrDtTm>{first}T00:00:00</FrDtTm><ToDtTm>{last}T23:59:59</ToDtTm></FrToDt>"
    yield f"<Acct><Id><Othr><Id>{account.account_id}</Id></Othr></Id><Tp><Cd>CACC</Cd></Tp><Ccy>USD</Ccy></Acct>"
    yield _balance("OPBD", account.balance_after(first - ONE_DAY), first)
    yield _balance("CLBD", account.balance_after(last), last)
    yield f"<TxsSummry><TtlNtries><NbOfNtries>{len(movements)}</NbOfNtries></TtlNtries></TxsSummry>"
    for number, movement in enumerate(movements, start=1):
        yield _entry(movement, f"{last:%Y%m}{number:05d}")
    yield "</Stmt></BkToCstmrStmt></Document>"
    yield ""


def _signed(cents: int) -> str:
    sign = "CRDT" if cents >= 0 else "DBIT"
    return f'<Amt Ccy="USD">{dollars(abs(cents))}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'


def _balance(code: str, cents: int, date: dt.date) -> str:
    return f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_signed(cents)}<Dt><Dt>{date}</Dt></Dt></Bal>"


def _entry(movement: Movement, reference: str) -> str:
    party = "Dbtr" if movement.cents >= 0 else "Cdtr"
    check = f"<Refs><ChqNb>{movement.check_number}</ChqNb></Refs>" if movement.check_number else ""
    note = f"<RmtInf><Ustrd>{escape(movement.memo)}</Ustrd></RmtInf>" if movement.memo else ""
    return (
        f"<Ntry><NtryRef>{reference}</NtryRef>{_signed(movement.cents)}<Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><Dt>{movement.date}</Dt></BookgDt><AcctSvcrRef>{reference}</AcctSvcrRef>"
        f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>{_FAMILIES[movement.kind]}</Cd><SubFmlyCd>OTHR</SubFmlyCd></Fmly></Domn></BkTxCd>"
        f"<NtryDtls><TxDtls>{check}<RltdPties><{party}><Pty><Nm>{escape(movement.name)}</Nm></Pty></{party}></RltdPties>"
        f"{note}</TxDtls></NtryDtls></Ntry>"
    )
