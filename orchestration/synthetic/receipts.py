"""What patients pay by card, and when; what the card processor then deposits.

What patients owe is what a remittance left to them (PR-1, 2, 3) or a self-pay charge. A patient pays a claim in full,
in two halves, or not at all. Card payments of an open day are one deposit on the next bank day, without a fee.
What does not belong here: the cheque of the canary (``bank_ofx``), which nobody has posted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from orchestration.synthetic.encounters import NOTHING, Days, Encounters, U
from orchestration.synthetic.people import CANARY_PATIENT, SELF_PAY

if TYPE_CHECKING:
    from orchestration.synthetic.adjudication import Outcomes
    from orchestration.synthetic.coordination import Coordination
    from orchestration.synthetic.draws import Ints

_IN_FULL_SHARE = 0.66
_IN_HALVES_SHARE = 0.82
_SELF_PAY_AT_DESK_SHARE = 0.5
_SECOND_HALF_AFTER_DAYS = 28
_MAIL_DAYS = 5
_MEAN_WAIT_DAYS = 13.0
_LONGEST_WAIT_DAYS = 50


# what a patient may pay of one line, by column of ``Receipts``: in full or the first half, the second half, at the desk
# before anything is known; and what is refunded of that
INSTALMENTS = ("1", "2", "0", "3")
_REFUND_AFTER_DAYS = 30


@dataclass(frozen=True, slots=True)
class Receipts:
    """Payments by line (row) and instalment (column): day, ``NOTHING`` where there is none, and cents.

    A refund is negative; all others are paid by card.
    """

    day: Ints
    cents: Ints


def make_receipts(encounters: Encounters, outcomes: Outcomes, coordination: Coordination, days: Days) -> Receipts:
    """Return every payment of a patient there will ever be for some encounters."""
    visit = encounters.line_visit
    is_self_pay = encounters.payer == SELF_PAY
    was_denied = outcomes.is_denied_line
    owed = np.where(is_self_pay[visit], encounters.line_charge, outcomes.money.patient - coordination.secondary_paid)
    # an overturned line is owed from its correction on; a denied one is not
    is_overturned = outcomes.is_overturned[visit]
    owed = np.where(was_denied & ~is_overturned, 0, owed)
    owed_from = np.where(
        is_self_pay[visit],
        encounters.post_day[visit],
        np.where(was_denied, outcomes.second_day[visit], outcomes.first_day[visit]),
    )
    has_second_payer = coordination.secondary_day[visit] != NOTHING
    owed_from = np.where(has_second_payer, coordination.secondary_day[visit], owed_from)
    # what is settled for good: a denied line when it was denied, if no appeal turns it
    settled = np.where(was_denied & ~is_overturned, outcomes.first_day[visit], owed_from)
    desk = coordination.desk
    credit = np.maximum(desk - owed, 0)
    owed = np.maximum(owed - desk, 0)
    mood = encounters.uniform[:, U.PATIENT_PAYS]
    wait = np.minimum(
        _MAIL_DAYS - _MEAN_WAIT_DAYS * np.log1p(-encounters.uniform[:, U.PATIENT_DAYS]),
        _LONGEST_WAIT_DAYS,
    ).astype(np.int64)
    wait[is_self_pay & (mood < _SELF_PAY_AT_DESK_SHARE)] = 0
    pays_full = mood < _IN_FULL_SHARE
    pays_halves = ~pays_full & (mood < _IN_HALVES_SHARE)
    # the canary pays by cheque
    pays_full[encounters.patient == CANARY_PATIENT] = False
    pays_halves[encounters.patient == CANARY_PATIENT] = False
    has_any = (owed > 0) & (owed_from != NOTHING)
    in_full, in_halves = has_any & pays_full[visit], has_any & pays_halves[visit]
    first = np.where(in_full, owed, np.where(in_halves, owed // 2, 0))
    due = np.where(has_any, owed_from, 0) + wait[visit]
    cents = np.stack([first, np.where(in_halves, owed - first, 0), desk, -credit], axis=1)
    day = np.stack(
        [
            days.next_open(due),
            days.next_open(due + _SECOND_HALF_AFTER_DAYS),
            encounters.post_day[visit],
            days.next_open(np.where(credit > 0, settled, 0) + _REFUND_AFTER_DAYS),
        ],
        axis=1,
    )
    return Receipts(np.where(cents != 0, day, NOTHING), cents)
