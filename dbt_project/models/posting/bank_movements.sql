-- R03, R09, R10, R15 and R17 to R21 as the bank shows them: one row per movement of an account, positive debits, negative
-- credits. Made anew by each run, because a later file may explain an earlier deposit; what was proposed stays.

with deposits as (
    {{ booked_deposits() }}
),

withdrawals as (
    {{ booked_withdrawals() }}
),

-- the last day of which the bank has told: of a statement, or of its last line where it has no such day
told_days as (
    select posted_date as told_date
    from {{ ref('stg_bank__transactions') }}
    union all
    select end_date as told_date
    from {{ ref('stg_bank__statements') }}
),

bounds as (
    select max(told_date) as last_told_date
    from told_days
),

capitations as (
    select
        deposits.*,
        {{ last_of_month('deposits.posted_date') }} as earned_date
    from deposits
    cross join bounds
    where deposits.booked_as = 'capitation' and bounds.last_told_date >= {{ last_of_month('deposits.posted_date') }}
),

movements as (
    {% set bank = {
        'entry_date': 'posted_date', 'payer_class': no_text(), 'provider_id': no_text(), 'location_id': no_text(),
        'entity_member': 'entity_member',
    } %}
    -- R09 the deposit of a remittance leaves EFT clearing
    {{ posting('deposits', "'R09'", "'1010'", "'1030'", 'deposit_amount', where="booked_as = 'eft'", **bank) }}

    -- R10 the deposit of payments at the desk; R03 a card payout whose day is known, and the fee the processor kept
    union all
    {{ posting('deposits', "'R10'", "'1010'", "'1040'", 'deposit_amount',
               where="booked_as = 'card_settlement' and card_gross_amount = 0", **bank) }}
    union all
    {{ posting('deposits', "'R03'", "'1010'", "'1015'", 'deposit_amount',
               where="booked_as = 'card_settlement' and card_gross_amount <> 0", **bank) }}
    union all
    {{ posting('deposits', "'R03'", "'6310'", "'1015'", 'card_gross_amount - deposit_amount',
               where="booked_as = 'card_settlement' and card_gross_amount <> 0", **bank) }}

    -- R18 a receipt nobody has explained yet waits in 2300; when its remittance comes, it leaves for EFT clearing
    union all
    {{ posting('deposits', "'R18'", "'1010'", "'2300'", 'deposit_amount',
               where="booked_as in ('unidentified', 'differs', 'late_eft')", **bank) }}
    union all
    {{ posting('deposits', "'R18'", "'2300'", "'1030'", 'deposit_amount', where="booked_as = 'late_eft'",
               **dict(bank, event_id="concat(event_id, ':identified')",
                      entry_date='greatest(posted_date, payment_date)')) }}

    -- R19 capitation is owed as service until its month is over, then it is earned
    union all
    {{ posting('deposits', "'R19'", "'1010'", "'2320'", 'deposit_amount', where="booked_as = 'capitation'", **bank) }}
    union all
    {{ posting('capitations', "'R19'", "'2320'", "'4800'", 'deposit_amount',
               **dict(bank, event_id="concat(event_id, ':earned')", entry_date='earned_date')) }}

    -- R20 a bill is paid, rent is an expense on the day it is paid; R21 payroll tax and deductions; R15 and R17 refunds; R03 card fees
    union all
    {{ posting('withdrawals', 'rule_id', 'account_code', "'1010'", 'withdrawal_amount', **bank) }}
)

select * from movements
where signed_amount <> 0
