-- One row per item that waits for a person and that a verb resolves in the books: its dollars both ways, what it is in words,
-- and the verbs it takes (`medbooks waiting`). What a person decided about leaves the list.

with decided as (
    select distinct item_key
    from {{ ref('int_decisions__items') }}
),

withdrawals as (
    select
        event_id as item_key,
        'bank' as source,
        'unidentified_withdrawal' as reason_code,
        event_id,
        file_id,
        posted_date as item_date,
        cast(0 as decimal(18, 2)) as incoming_amount,
        withdrawal_amount as outgoing_amount,
        concat('withdrawal from account ', account_last_four) as words,
        'reclassify,split' as verbs
    from {{ ref('fct_withdrawals') }}
    where withdrawal_class = 'unidentified'
),

deposits as (
    select
        event_id as item_key,
        'bank' as source,
        case when deposit_class = 'differs' then 'deposit_differs_from_remittance' else 'unidentified_deposit' end
            as reason_code,
        event_id,
        file_id,
        posted_date as item_date,
        deposit_amount as incoming_amount,
        cast(0 as decimal(18, 2)) as outgoing_amount,
        concat('deposit to account ', account_last_four) as words,
        'reclassify,split' as verbs
    from {{ ref('fct_deposits') }}
    where deposit_class in ('unidentified', 'differs')
),

payments as (
    select
        item_key,
        'era835' as source,
        hold_reason as reason_code,
        cast(null as varchar) as event_id,
        file_id,
        payment_date as item_date,
        greatest(paid_amount, 0) as incoming_amount,
        greatest(-paid_amount, 0) as outgoing_amount,
        concat('remittance of ', coalesce(payer_name, payer_id, 'a payer'), ', trace number ', coalesce(trace_number, 'none')) as words,
        'release,reject' as verbs
    from {{ ref('int_remittances__payments') }}
    where
        hold_reason in (
            'payment_identity_conflict', 'notification_with_amount', 'reversal_not_negative', 'payee_not_ours'
        )
),

answers as (
    select
        item_key,
        'era835' as source,
        reason_code,
        event_id,
        file_id,
        payment_date as item_date,
        greatest(paid_amount, 0) as incoming_amount,
        greatest(-paid_amount, 0) as outgoing_amount,
        words,
        verbs
    from {{ ref('int_remittances__answers_waiting') }}
),

items as (
    select * from withdrawals
    union all
    select * from deposits
    union all
    select * from payments
    union all
    select * from answers
)

select items.*
from items
left join decided on items.item_key = decided.item_key
where decided.item_key is null
