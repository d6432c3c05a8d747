"""What a pay run paid one employee, in one shape, and how it is judged, whatever format it came in.

What does not belong here: formats (``from_*``), and the rows of the raw table (``reader``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from orchestration.core.findings import Finding
from orchestration.core.ids import is_npi
from orchestration.core.money import ZERO

if TYPE_CHECKING:
    import datetime as dt
    from decimal import Decimal

ROLES: Final = frozenset({"provider", "clinical", "front_office", "administration"})


@dataclass(frozen=True, slots=True)
class PayLine:
    """One employee on one pay date; ``problem`` is why it cannot be loaded. ``None`` is an amount nobody can read.

    ``bonus`` is the part of gross that is a bonus or a true-up of compensation, zero where the format does not say.
    """

    line_number: int
    gross: Decimal | None = None
    employee_taxes: Decimal | None = None
    deductions: Decimal | None = None
    net: Decimal | None = None
    employer_taxes: Decimal | None = None
    bonus: Decimal | None = ZERO
    payroll_run_id: str | None = None
    pay_date: dt.date | None = None
    period_start: dt.date | None = None
    period_end: dt.date | None = None
    employee_id: str | None = None
    employee_name: str | None = None
    role: str | None = None
    provider_npi: str | None = None
    location_id: str | None = None
    problem: tuple[str, str] | None = None

    @property
    def cost(self) -> Decimal | None:
        """Gross pay plus employer taxes, the control amount; ``None`` when neither can be read."""
        readable = [amount for amount in (self.gross, self.employer_taxes) if amount is not None]
        return sum(readable, ZERO) if readable else None

    @property
    def difference(self) -> Decimal:
        """Gross less taxes, deductions and net pay: zero when the line ties."""
        return (self.gross or ZERO) - (self.employee_taxes or ZERO) - (self.deductions or ZERO) - (self.net or ZERO)

    @property
    def is_tied(self) -> bool:
        """Tell whether the line adds up, and a bonus is no more than the pay it is a part of."""
        return not self.difference and (self.bonus or ZERO) <= max(self.gross or ZERO, ZERO)


@dataclass(frozen=True, slots=True)
class Register:
    """What a format's module made of a file; with a ``reason`` nothing of it is loaded."""

    profile: str
    lines: list[PayLine]
    findings: list[Finding] = field(default_factory=list)
    reason: Finding | None = None


def judge(line: PayLine, *, is_role_expected: bool = True) -> list[Finding]:
    """Return what is wrong with a line that is loaded: pay that does not tie (error), an odd role or NPI (warning)."""
    findings: list[Finding] = []
    where = line.line_number
    if line.difference:
        left = (line.gross or ZERO) - (line.employee_taxes or ZERO) - (line.deductions or ZERO)
        words = (
            f"gross pay {line.gross:,.2f} less taxes {line.employee_taxes:,.2f} and deductions {line.deductions:,.2f} "
            f"leaves {left:,.2f}, but {line.net:,.2f} was paid, a difference of {line.difference:,.2f}"
        )
        findings.append(Finding("untied_pay", "error", words, line_number=where, amount=line.cost))
    elif not line.is_tied:
        words = f"a bonus of {line.bonus:,.2f} is more than the gross pay {line.gross:,.2f} it should be a part of"
        findings.append(Finding("untied_pay", "error", words, line_number=where, amount=line.cost))
    if is_role_expected and line.role not in ROLES:
        findings.append(Finding("unknown_role", "warning", "the role is none that is known", line_number=where))
    if line.provider_npi is not None and not is_npi(line.provider_npi):
        words = "the provider's NPI fails its check digit: it may be mistyped"
        findings.append(Finding("npi_check_digit", "warning", words, line_number=where))
    return findings
