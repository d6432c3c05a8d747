-- One row per PLB pair that takes back an overpayment (WO positive): how much of it the practice had recognised before
-- (R17), by the payer's reference to our claim or to its own.

with provider_adjustments as (
    select * from {{ ref('int_remittances__provider_adjustments_classified') }}
    where disposition = 'proposed' and adjustment_class = 'overpayment_recovery' and adjustment_amount > 0
),

claim_numbers as (
    select distinct
        claim_id,
        payer_control_number
    from {{ ref('int_remittances__claims_classified') }}
    where disposition = 'proposed'
),

recognised as (
    select
        adjustments.claim_id,
        adjustments.adjusted_amount,
        adjustments.posting_date
    from {{ ref('fct_account_adjustments') }} as adjustments
    inner join {{ ref('accounts') }} as accounts
        on accounts.account_role = 'overpayments_recognised' and adjustments.account_code = accounts.account_code
    where adjustments.disposition = 'proposed'
),

referenced as (
    select distinct
        provider_adjustments.file_id,
        provider_adjustments.transaction_number,
        provider_adjustments.pair_number,
        recognised.claim_id
    from provider_adjustments
    left join claim_numbers on provider_adjustments.reference_id = upper(claim_numbers.payer_control_number)
    inner join recognised
        on claim_numbers.claim_id = recognised.claim_id
        or provider_adjustments.reference_id = upper(recognised.claim_id)
),

taken as (
    select
        provider_adjustments.file_id,
        provider_adjustments.transaction_number,
        provider_adjustments.pair_number,
        provider_adjustments.adjustment_key,
        provider_adjustments.adjustment_amount,
        provider_adjustments.payment_date,
        referenced.claim_id,
        sum(provider_adjustments.adjustment_amount) over (
            partition by referenced.claim_id order by provider_adjustments.adjustment_key
            rows between unbounded preceding and current row
        ) as taken_amount
    from provider_adjustments
    inner join referenced
        on provider_adjustments.file_id = referenced.file_id
        and provider_adjustments.transaction_number = referenced.transaction_number
        and provider_adjustments.pair_number = referenced.pair_number
),

known as (
    select
        taken.file_id,
        taken.transaction_number,
        taken.pair_number,
        taken.adjustment_amount,
        taken.taken_amount,
        sum(recognised.adjusted_amount) as recognised_amount
    from taken
    inner join recognised on taken.claim_id = recognised.claim_id and taken.payment_date >= recognised.posting_date
    group by
        taken.file_id, taken.transaction_number, taken.pair_number, taken.adjustment_amount, taken.taken_amount
)

select
    file_id,
    transaction_number,
    pair_number,
    {{ money('least(adjustment_amount, greatest(recognised_amount - (taken_amount - adjustment_amount), 0))') }}
        as recognised_amount
from known
