{%- set settlement_rounds = [1, 2, 3, 4] -%}
-- One row per deposit of a bank statement, with what it is: an EFT matched to its remittance by trace number and
-- amount (rule R09), whichever landed first, a card settlement with the fee the processor kept (R03, R10), a
-- capitation (R19), or unidentified: in the books it waits as unapplied until somebody knows (R18).

with deposits as (
    select * from {{ ref('int_bank__transactions_identified') }}
    where direction = 'deposit'
),

payments as (
    select * from {{ ref('int_remittances__payments') }}
    where disposition = 'proposed' and paid_amount > 0
),

patterns as (
    select
        deposits.printed_words,
        min(patterns.deposit_class) as deposit_class
    from deposits
    inner join {{ ref('deposit_patterns') }} as patterns
        on lower(deposits.printed_words) like patterns.counterparty_pattern
    group by deposits.printed_words
),

-- one deposit for one payment, in the order of their days
numbered_deposits as (
    select
        *,
        row_number() over (
            partition by trace_number, transaction_amount order by posted_date, file_id, line_number
        ) as occurrence_number
    from deposits
    where arrival_number = 1 and trace_number is not null
),

numbered_payments as (
    select
        *,
        row_number() over (
            partition by trace_number, paid_amount order by payment_date, file_id, transaction_number
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

-- a settlement is the card payments of one of the five days before it, less what the processor keeps
card_days as (
    select
        payments.posting_date,
        sum(payments.paid_amount) as gross_amount
    from {{ ref('int_receivables__desk_payments') }} as payments
    inner join {{ ref('accounts') }} as accounts
        on accounts.account_role = 'card_clearing' and payments.account_code = accounts.account_code
    where payments.hold_reason is null
    group by payments.posting_date
),

settlement_choices as (
    select
        deposits.file_id,
        deposits.line_number,
        deposits.transaction_amount,
        deposits.posted_date,
        card_days.posting_date,
        card_days.gross_amount
    from deposits
    inner join patterns
        on deposits.printed_words = patterns.printed_words and patterns.deposit_class = 'card_settlement'
    inner join card_days
        on deposits.posted_date >= card_days.posting_date
        and {{ days_before('deposits.posted_date', 5) }} <= card_days.posting_date
        and deposits.transaction_amount <= card_days.gross_amount
    where
        deposits.arrival_number = 1
        and card_days.gross_amount * (1 - {{ var('card_fee_limit_rate') }}) <= deposits.transaction_amount
),

-- who choose each other are paired, then those that are left: a settlement the day with the least fee, of equal ones the
-- first; a day the settlement with the least fee, of equal ones the first
settlements_0 as (
    select
        file_id,
        line_number,
        posting_date,
        gross_amount
    from settlement_choices
    where false
),
{% for round in settlement_rounds %}
    choices_{{ round }} as (
        select
            choices.*,
            row_number() over (
                partition by choices.file_id, choices.line_number
                order by choices.gross_amount asc, choices.posting_date asc
            ) as day_number,
            row_number() over (
                partition by choices.posting_date
                order by
                    choices.transaction_amount desc,
                    choices.posted_date asc,
                    choices.file_id asc,
                    choices.line_number asc
            ) as settlement_number
        from settlement_choices as choices
        left join settlements_{{ round - 1 }} as paid
            on choices.file_id = paid.file_id and choices.line_number = paid.line_number
        left join settlements_{{ round - 1 }} as settled on choices.posting_date = settled.posting_date
        where paid.file_id is null and settled.file_id is null
    ),

    settlements_{{ round }} as (
        select * from settlements_{{ round - 1 }}

        union all

        select
            file_id,
            line_number,
            posting_date,
            gross_amount
        from choices_{{ round }}
        where day_number = 1 and settlement_number = 1
    ),
{% endfor %}
classified as (
    select
        deposits.*,
        matches.payment_key,
        matches.payment_date,
        settlements.gross_amount as card_gross_amount,
        case
            when deposits.arrival_number > 1 then 'duplicate'
            when matches.payment_key is not null then 'eft'
            when patterns.deposit_class is not null then patterns.deposit_class
            when known_traces.trace_number is not null then 'differs'
            else 'unidentified'
        end as deposit_class
    from deposits
    left join matches on deposits.file_id = matches.file_id and deposits.line_number = matches.line_number
    left join patterns on deposits.printed_words = patterns.printed_words
    left join known_traces on deposits.trace_number = known_traces.trace_number
    left join settlements_{{ settlement_rounds | length }} as settlements
        on deposits.file_id = settlements.file_id and deposits.line_number = settlements.line_number
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
    case when deposit_class = 'duplicate' then 'held' else 'proposed' end as disposition,
    case when deposit_class = 'duplicate' then 'duplicate_transaction' end as hold_reason,
    {{ money('coalesce(card_gross_amount, 0)') }} as card_gross_amount,
    trace_number,
    payment_key,
    payment_date,
    loaded_at
from classified
