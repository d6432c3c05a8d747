"""The sums that must be equal before anything is posted, made in different places: in words.

A difference stops the posting, because it would be an error of ours, not of the data: data that does not balance was
held long before. What does not belong here: the sums themselves (the model ``posting_agreements``), and
comparing them (``operations.reconcile``).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two sums that must be equal; ``left`` and ``right`` say in words what each is."""

    name: str
    sentence: str
    left: str
    right: str


EVERY_DOLLAR = "every_dollar_in_is_proposed_held_or_quarantined"
"""The one whose sums come from the files themselves, so of every kind that is registered."""

AGREEMENTS = (
    Agreement(
        "remittances_equal_proposals",
        "Σ BPR02 of every 835 transaction that is proposed = what its entries put into EFT clearing.",
        "remitted_amount",
        "proposed_clearing_amount",
    ),
    Agreement(
        "deposits_equal_remittances",
        "Every deposit matched to a remittance is that remittance, dollar for dollar, and leaves EFT clearing.",
        "matched_remittance_amount",
        "proposed_deposit_amount",
    ),
    Agreement(
        "charges_equal_proposals",
        "Σ charged of every line that is proposed = the revenue its entries book.",
        "charged_amount",
        "proposed_revenue_amount",
    ),
    Agreement(
        EVERY_DOLLAR,
        "Σ of every file's control amount = Σ proposed + Σ held + Σ quarantined.",
        "in_amount",
        "accounted_amount",
    ),
    Agreement(
        "proposed_debits_equal_credits",
        "Σ debits of all proposals = Σ credits.",
        "debit_amount",
        "credit_amount",
    ),
)
