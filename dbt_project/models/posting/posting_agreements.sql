{{ config(materialized='view') }}

-- One row per agreement: two sums in dollars that were made in different places and must be equal before anything is
-- posted. A difference would be an error of ours, not of the data: data that does not balance was held long before.

with remitted as (
    select coalesce(sum(transactions.paid_amount), 0) as amount
    from {{ ref('stg_era835__transactions') }} as transactions
    inner join {{ ref('int_remittances__payments') }} as payments
        on
        transactions.file_id = payments.file_id
        and transactions.transaction_number = payments.transaction_number
    where payments.disposition = 'proposed'
),

matched as (
    select coalesce(sum(payments.paid_amount), 0) as amount
    from {{ ref('bank_reconciliation') }} as deposits
    inner join {{ ref('int_remittances__payments') }} as payments on deposits.payment_key = payments.payment_key
    where deposits.reconciliation_status = 'reconciled'
),

charged as (
    select coalesce(sum(charged_amount), 0) as amount
    from {{ ref('fct_charge_lines') }}
    where disposition = 'proposed'
),

lines as (
    select
        source,
        rule_id,
        account_code,
        debit_amount,
        credit_amount,
        debit_amount - credit_amount as signed_amount
    from {{ ref('fct_journal_lines') }}
),

journal as (
    select
        coalesce(sum(
            case when lines.source = 'era835' and accounts.account_role = 'eft_clearing' then lines.signed_amount end
        ), 0) as cleared_amount,
        coalesce(sum(
            -- what a person says of a deposit is no match by trace number
            case
                when lines.source = 'bank' and lines.rule_id = 'R09' and accounts.account_role = 'eft_clearing'
                    then -lines.signed_amount
            end
        ), 0) as deposited_amount,
        coalesce(sum(
            case when lines.rule_id = 'R01' and accounts.account_type = 'revenue' then -lines.signed_amount end
        ), 0) as revenue_amount,
        coalesce(sum(lines.debit_amount), 0) as debit_amount,
        coalesce(sum(lines.credit_amount), 0) as credit_amount
    from lines
    left join {{ ref('accounts') }} as accounts on lines.account_code = accounts.account_code
)

select
    'remittances_equal_proposals' as agreement_name,
    {{ money('remitted.amount') }} as left_amount,
    {{ money('journal.cleared_amount') }} as right_amount
from remitted
cross join journal

union all

select
    'deposits_equal_remittances' as agreement_name,
    {{ money('matched.amount') }} as left_amount,
    {{ money('journal.deposited_amount') }} as right_amount
from matched
cross join journal

union all

select
    'charges_equal_proposals' as agreement_name,
    {{ money('charged.amount') }} as left_amount,
    {{ money('journal.revenue_amount') }} as right_amount
from charged
cross join journal

union all

select
    'proposed_debits_equal_credits' as agreement_name,
    {{ money('debit_amount') }} as left_amount,
    {{ money('credit_amount') }} as right_amount
from journal
