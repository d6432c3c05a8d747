"""Gusto's general ledger report (JSON of ``/v1/payrolls/{id}/reports/general_ledger``) to one pay line a run.

The report has accounts and no employees, so a run is one line: debits are wages and the employer's taxes, credits are
net pay, taxes and what is withheld for others. Its totals must be those of its rows, else the file is not complete.
What does not belong here: the split by job or department, which no credit has.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from orchestration.core.exact_json import amount_of, text_of
from orchestration.core.findings import Finding
from orchestration.core.ids import canonical_key
from orchestration.core.money import ZERO
from orchestration.formats.payroll.lines import PayLine, Register

if TYPE_CHECKING:
    from decimal import Decimal

PROFILE = "gusto"
_EMPLOYER_TAX, _NET_PAY, _TAX = "EmployerTax", "DebitNetPay", "DebitTax"
_TYPE, _DEBIT, _CREDIT = "Account Type", "Debit", "Credit"
_ID_LENGTH = 24


def is_gusto(value: object) -> bool:
    """Tell whether a JSON value is a general ledger report of Gusto."""
    return isinstance(value, dict) and {"ledger_description", "check_date", "data"} <= value.keys()


def parse(value: dict[str, Any]) -> Register:
    """Return the run of a report. Never raises."""
    table = _basic(value.get("data"))
    if table is None:
        words = "the report holds no table of accounts with debits and credits"
        return Register(PROFILE, [], reason=Finding("no_accounts", "error", words))
    headers = table["headers"]
    places = [headers.index(name) for name in (_TYPE, _DEBIT, _CREDIT)]
    rows = [[row[place] for place in places] for row in table["rows"]]
    sums = _sums(rows)
    totals = table.get("totals")
    if sums is None:
        words = "a debit or credit of the report cannot be read"
        return Register(PROFILE, [], reason=Finding("unreadable_amount", "error", words))
    if isinstance(totals, list) and len(totals) == len(headers):
        stated = [amount_of(totals[headers.index(name)]) for name in (_DEBIT, _CREDIT)]
        found = [sums["debit"], sums["credit"]]
        if stated != found:
            words = (
                f"the report's own totals are not its rows' debits {found[0]:,.2f} and credits {found[1]:,.2f}: "
                "it is not complete"
            )
            return Register(PROFILE, [_line(value, sums)], reason=Finding("totals_do_not_tie", "error", words))
    return Register(PROFILE, [_line(value, sums)])


def _basic(data: object) -> dict[str, Any] | None:
    """Return the table of accounts: the one called Basic before one that says the same in more rows."""
    tables = [
        table
        for table in (data if isinstance(data, list) else [])
        if isinstance(table, dict)
        and isinstance(table.get("headers"), list)
        and {_TYPE, _DEBIT, _CREDIT} <= {name for name in table["headers"] if isinstance(name, str)}
        and isinstance(table.get("rows"), list)
        and table["rows"]
        and all(isinstance(row, list) and len(row) == len(table["headers"]) for row in table["rows"])
    ]
    tables.sort(key=lambda table: table.get("data_type") != "Basic")
    return tables[0] if tables else None


def _sums(rows: list[list[Any]]) -> dict[str, Decimal] | None:
    """Return dollars by what they are; ``None`` when one of them cannot be read."""
    sums = dict.fromkeys(("debit", "credit", "wages", "employer", "net", "tax", "other"), ZERO)
    for kind, debit_text, credit_text in rows:
        debit = ZERO if debit_text in {None, ""} else amount_of(debit_text)
        credit = ZERO if credit_text in {None, ""} else amount_of(credit_text)
        if debit is None or credit is None:
            return None
        sums["debit"] += debit
        sums["credit"] += credit
        # a correction turns an account's side around: what it is counts, not where it stands
        if kind == _EMPLOYER_TAX:
            sums["employer"] += debit - credit
        elif kind == _NET_PAY:
            sums["net"] += credit - debit
        elif kind == _TAX:
            sums["tax"] += credit - debit
        elif debit:
            sums["wages"] += debit - credit
        else:
            sums["other"] += credit
    return sums


def _line(value: dict[str, Any], sums: dict[str, Decimal]) -> PayLine:
    day = text_of(value.get("check_date")) or ""
    try:
        pay_date = dt.date.fromisoformat(day[:10])
    except ValueError:
        pay_date = None
    # the report does not repeat the run's id: company, description and date name it
    names = [text_of(value.get(name)) for name in ("company_name", "ledger_description", "check_date")]
    return PayLine(
        1,
        sums["wages"],
        sums["tax"] - sums["employer"],
        sums["other"],
        sums["net"],
        sums["employer"],
        payroll_run_id=canonical_key(names)[:_ID_LENGTH],
        pay_date=pay_date,
        problem=None if pay_date else ("unreadable_date", "check_date is missing or unreadable"),
    )
