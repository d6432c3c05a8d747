"""The sums that must be equal before anything is posted, made in different places: in words, and as SQL.

A difference stops the posting, because it would be an error of ours, not of the data: data that does not balance was
held long before. What does not belong here: asking them (``operations.reconcile``).
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
    sql: str | None


AGREEMENTS = (
    Agreement(
        "remittances_equal_proposals",
        "Σ BPR02 of every 835 transaction that is proposed = what its entries put into EFT clearing.",
        "remitted_amount",
        "proposed_clearing_amount",
        """
        select
            (
                select coalesce(sum(raw.paid_amount), 0)
                from raw_era835.transactions as raw
                inner join intermediate.int_remittances__payments as payments
                    on raw.file_id = payments.file_id and raw.transaction_number = payments.transaction_number
                where payments.disposition = 'proposed'
            ),
            (
                select coalesce(sum(debit_amount - credit_amount), 0)
                from marts.fct_journal_lines where source = 'era835' and account_code = '1030'
            )
        """,
    ),
    Agreement(
        "deposits_equal_remittances",
        "Every deposit matched to a remittance is that remittance, dollar for dollar, and leaves EFT clearing.",
        "matched_remittance_amount",
        "proposed_deposit_amount",
        """
        select
            (
                select coalesce(sum(payments.paid_amount), 0)
                from marts.bank_reconciliation as matched
                inner join intermediate.int_remittances__payments as payments
                    on matched.payment_key = payments.payment_key
                where matched.reconciliation_status = 'reconciled'
            ),
            (
                select coalesce(sum(credit_amount - debit_amount), 0)
                from marts.fct_journal_lines where source = 'bank' and account_code = '1030'
            )
        """,
    ),
    Agreement(
        "charges_equal_proposals",
        "Σ charged of every line that is proposed = the revenue its entries book.",
        "charged_amount",
        "proposed_revenue_amount",
        """
        select
            (select coalesce(sum(charged_amount), 0) from marts.fct_charge_lines where disposition = 'proposed'),
            (
                select coalesce(sum(credit_amount - debit_amount), 0)
                from marts.fct_journal_lines where rule_id = 'R01' and account_code like '4000%'
            )
        """,
    ),
    Agreement(
        "every_dollar_in_is_proposed_held_or_quarantined",
        "Σ of every file's control amount = Σ proposed + Σ held + Σ quarantined.",
        "in_amount",
        "accounted_amount",
        None,
    ),
    Agreement(
        "proposed_debits_equal_credits",
        "Σ debits of all proposals = Σ credits.",
        "debit_amount",
        "credit_amount",
        "select coalesce(sum(debit_amount), 0), coalesce(sum(credit_amount), 0) from marts.fct_journal_lines",
    ),
)
