{{ config(materialized='view') }}

-- One row per voided charge or patient payment, with what its booking had touched: the accounts of the payment, the
-- claim, and the contractual estimate, which no answer has served then.

with voids as (
    select * from {{ ref('voided_transactions') }}
),

charges as (
    select
        source,
        profile,
        transaction_id,
        claim_id,
        charge_line_key,
        allowance_amount
    from {{ ref('fct_charge_lines') }}
    where disposition = 'proposed'
),

payments as (
    select
        source,
        profile,
        transaction_id,
        claim_id,
        account_code,
        is_prepayment,
        is_refund
    from {{ ref('int_receivables__desk_payments') }}
    where hold_reason is null
)

select
    voids.*,
    coalesce(charges.claim_id, payments.claim_id) as claim_id,
    -- where the money of the payment was: what a refund owes, else the account it was taken into
    case when payments.is_refund then 'credits_patient' else 'undeposited_receipts' end as payment_account_role,
    case when not payments.is_refund then payments.account_code end as payment_account_code,
    case when payments.is_prepayment then 'prepayments_patient' else 'receivable_patient' end as owed_account_role,
    coalesce(payments.is_prepayment, false) as is_prepayment,
    coalesce(charges.allowance_amount, 0) as allowance_amount
from voids
left join charges
    on voids.transaction_type = 'CHARGE'
    and voids.source = charges.source
    and voids.profile = charges.profile
    and voids.transaction_id = charges.transaction_id
left join payments
    on voids.transaction_type = 'PAYMENT'
    and voids.source = payments.source
    and voids.profile = payments.profile
    and voids.transaction_id = payments.transaction_id
