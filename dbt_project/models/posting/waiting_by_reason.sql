{{ config(materialized='view') }}

-- One row per source and reason of what waits for a person beside the control items: money that carries no control
-- amount of a file, or that is booked and not explained.

with withdrawals as (
    select
        'bank' as source,
        case when withdrawal_class = 'unidentified' then 'unidentified_withdrawal' else hold_reason end as hold_reason,
        withdrawal_amount as waiting_amount
    from {{ ref('fct_withdrawals') }}
    where hold_reason is not null or withdrawal_class = 'unidentified'
),

desk_payments as (
    select
        source,
        hold_reason,
        paid_amount as waiting_amount
    from {{ ref('int_receivables__desk_payments') }}
    where hold_reason is not null
),

deposits as (
    select
        'bank' as source,
        case deposit_class
            when 'differs' then 'deposit_differs_from_remittance'
            else 'unidentified_deposit'
        end as hold_reason,
        deposit_amount as waiting_amount
    from {{ ref('unapplied_receipts') }}
),

adjustments as (
    select
        source,
        hold_reason,
        abs(adjusted_amount) as waiting_amount
    from {{ ref('fct_account_adjustments') }}
    where hold_reason in ('unknown_adjustment_reason', 'waits_for_remittance')
),

takebacks as (
    select
        'era835' as source,
        chain_status as hold_reason,
        -open_amount as waiting_amount
    from {{ ref('payer_balances') }}
    where chain_status = 'taken_without_notice'
),

corrections as (
    select
        'era835' as source,
        correction_status as hold_reason,
        -reversed_paid_amount as waiting_amount
    from {{ ref('claim_corrections') }}
    where correction_status = 'original_not_found'
),

all_waiting as (
    select * from withdrawals
    union all
    select * from desk_payments
    union all
    select * from deposits
    union all
    select * from adjustments
    union all
    select * from takebacks
    union all
    select * from corrections
)

select
    source,
    hold_reason,
    count(*) as item_count,
    {{ money('sum(waiting_amount)') }} as held_amount
from all_waiting
group by source, hold_reason
