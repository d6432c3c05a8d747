-- One row per deposit of a bank statement, with what it is: an EFT matched to its remittance by trace number and
-- amount (rule R09), a card settlement (rule R10), or unidentified and held.

with deposits as (
    select
        *,
        row_number() over (
            partition by account_last_four, bank_transaction_id order by loaded_at, file_id, line_number
        ) as arrival_number
    from {{ ref('stg_bank__transactions') }}
    where transaction_amount > 0
),

payments as (
    select * from {{ ref('int_remittances__payments') }}
    where disposition = 'proposed' and paid_amount > 0
),

patterns as (
    select
        deposits.counterparty_name,
        min(patterns.deposit_class) as deposit_class
    from deposits
    inner join {{ ref('deposit_patterns') }} as patterns
        on lower(deposits.counterparty_name) like patterns.counterparty_pattern
    group by deposits.counterparty_name
),

-- one deposit for one payment, in the order they landed: a later file never takes a match away
numbered_deposits as (
    select
        *,
        row_number() over (
            partition by trace_number, transaction_amount order by loaded_at, file_id, line_number
        ) as occurrence_number
    from deposits
    where arrival_number = 1 and trace_number is not null
),

numbered_payments as (
    select
        *,
        row_number() over (
            partition by trace_number, paid_amount order by loaded_at, file_id, transaction_number
        ) as occurrence_number
    from payments
),

matches as (
    select
        numbered_deposits.file_id,
        numbered_deposits.line_number,
        numbered_payments.payment_key,
        numbered_payments.payment_date
    from numbered_deposits
    inner join numbered_payments
        on numbered_deposits.trace_number = numbered_payments.trace_number
        and numbered_deposits.transaction_amount = numbered_payments.paid_amount
        and numbered_deposits.occurrence_number = numbered_payments.occurrence_number
),

known_traces as (
    select distinct trace_number
    from payments
),

classified as (
    select
        deposits.*,
        matches.payment_key,
        matches.payment_date,
        case
            when deposits.arrival_number > 1 then 'duplicate'
            when matches.payment_key is not null then 'eft'
            when patterns.deposit_class is not null then patterns.deposit_class
            else 'unidentified'
        end as deposit_class,
        known_traces.trace_number is not null as is_known_trace
    from deposits
    left join matches on deposits.file_id = matches.file_id and deposits.line_number = matches.line_number
    left join patterns on deposits.counterparty_name = patterns.counterparty_name
    left join known_traces on deposits.trace_number = known_traces.trace_number
)

select
    {{ surrogate_key(['file_id', 'line_number']) }} as deposit_key,
    file_id,
    line_number,
    account_last_four,
    bank_transaction_id,
    posted_date,
    transaction_amount as deposit_amount,
    deposit_class,
    concat('bank:', account_last_four, ':', bank_transaction_id) as event_id,
    case when deposit_class in ('eft', 'card_settlement') then 'proposed' else 'held' end as disposition,
    case
        when deposit_class = 'duplicate' then 'duplicate_transaction'
        when deposit_class = 'unidentified' and is_known_trace then 'deposit_differs_from_remittance'
        when deposit_class = 'unidentified' then 'unidentified_deposit'
    end as hold_reason,
    trace_number,
    payment_key,
    payment_date,
    loaded_at
from classified
