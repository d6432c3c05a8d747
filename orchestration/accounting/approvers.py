"""Who may decide what waits: people by name, each with a limit, whatever login they use.

Segregation of duties is about people, so two logins of one person are one. A login that nobody is listed under, such
as that of a service, decides nothing. What does not belong here: how a login is known (cli), and what waits
(``approval``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from orchestration.accounting.approval import ApproverRole
from orchestration.core.ids import canonical_key
from orchestration.core.money import to_cents

if TYPE_CHECKING:
    from decimal import Decimal

ROLES: tuple[ApproverRole, ...] = get_args(ApproverRole)


@dataclass(frozen=True, slots=True)
class Approver:
    """One person who may decide.

    ``limit_amount`` is the most one proposal may move, in dollars: exactly at it passes. ``entities`` are the legal
    entities they decide for, every one where empty. Raises ``ValueError`` for a person without a name or login, a
    negative limit, and an unknown role.
    """

    person: str
    logins: tuple[str, ...]
    limit_amount: Decimal
    roles: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.person or not self.logins or not all(self.logins):
            message = "an approver has a name and at least one login"
            raise ValueError(message)
        if not self.limit_amount.is_finite() or self.limit_amount < 0:
            message = "an approver's limit is an amount of zero or more"
            raise ValueError(message)
        to_cents(self.limit_amount)
        if unknown := sorted(set(self.roles) - set(ROLES)):
            message = f"an approver's roles are of {', '.join(ROLES)}, not {', '.join(unknown)}"
            raise ValueError(message)

    def is_known_as(self, name: str) -> bool:
        """Tell whether a name that the books carry is this person, by name or by a login."""
        return name == self.person or name in self.logins


@dataclass(frozen=True, slots=True)
class Roster:
    """The approvers of a practice. Raises ``ValueError`` when a name or login stands for two of them."""

    approvers: tuple[Approver, ...] = ()

    def __post_init__(self) -> None:
        names = Counter(name for one in self.approvers for name in {one.person, *one.logins})
        if double := sorted(name for name, count in names.items() if count > 1):
            message = f"each name and login stands for one approver: {', '.join(double)}"
            raise ValueError(message)

    def of_login(self, login: str) -> Approver | None:
        """Return who uses a login, ``None`` when nobody is listed under it."""
        return next((one for one in self.approvers if login in one.logins), None)

    def person_of(self, login: str) -> str:
        """Return the person behind a login; a login that nobody is listed under stands for itself."""
        found = self.of_login(login)
        return found.person if found else login

    @property
    def digest(self) -> str:
        """The SHA-256 of the whole list: the audit chain keeps it, so that a changed list is seen."""
        return canonical_key(
            sorted(
                [
                    one.person,
                    sorted(one.logins),
                    to_cents(one.limit_amount),
                    sorted(one.roles),
                    sorted(one.entities),
                ]
                for one in self.approvers
            )
        )
