{{ config(materialized='view') }}

-- One row per source and reason of what waits for a person beside the control items: money that carries no control
-- amount of a file, or that is booked and not explained.

with listed as (
    select
        source,
        reason_code as hold_reason,
        incoming_amount + outgoing_amount as waiting_amount
    from {{ ref('waiting_items') }}
    -- what is held as a whole is a control item already
    where event_id is not null
),

withdrawals as (
    select
        'bank' as source,
        hold_reason,
        withdrawal_amount as waiting_amount
    from {{ ref('fct_withdrawals') }}
    where hold_reason is not null
),

desk_payments as (
    select
        source,
        hold_reason,
        paid_amount as waiting_amount
    from {{ ref('int_receivables__desk_payments') }}
    where hold_reason is not null
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

all_waiting as (
    select * from withdrawals
    union all
    select * from desk_payments
    union all
    select * from listed
    union all
    select * from adjustments
    union all
    select * from takebacks
)

select
    source,
    hold_reason,
    count(*) as item_count,
    {{ money('sum(waiting_amount)') }} as held_amount
from all_waiting
group by source, hold_reason
