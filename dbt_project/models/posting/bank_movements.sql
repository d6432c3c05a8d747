-- R03, R09, R10, R15 and R17 to R21 as the bank shows them: one row per movement of an account, positive debits, negative
-- credits. Made anew by each run, because a later file may explain an earlier deposit; what was proposed stays.

with deposits as (
    {{ booked_deposits(ref('fct_deposits')) }}
),

withdrawals as (
    {{ booked_withdrawals(ref('fct_withdrawals')) }}
),

-- what a person said it was, in one part or several
decided_deposits as (
    select
        deposits.*,
        decisions.account_code as decided_account_code,
        coalesce(decisions.amount, deposits.deposit_amount) as part_amount,
        greatest(deposits.posted_date, decisions.decided_date) as decided_date
    from deposits
    left join {{ ref('int_bank__decisions') }} as decisions on deposits.event_id = decisions.event_id
    where deposits.booked_as in ('unidentified', 'differs')
),

decided_withdrawals as (
    select
        withdrawals.*,
        coalesce(decisions.account_code, withdrawals.account_code) as decided_account_code,
        coalesce(decisions.amount, withdrawals.withdrawal_amount) as part_amount,
        greatest(withdrawals.posted_date, decisions.decided_date) as decided_date
    from withdrawals
    left join {{ ref('int_bank__decisions') }} as decisions
        on withdrawals.event_id = decisions.event_id and withdrawals.withdrawal_class = 'unidentified'
),

bank as (
    select * from {{ ref('int_bank__days_covered') }}
),

capitations as (
    select
        deposits.*,
        {{ last_of_month('deposits.posted_date') }} as earned_date
    from deposits
    cross join bank
    where deposits.booked_as = 'capitation' and bank.last_covered_date >= {{ last_of_month('deposits.posted_date') }}
),

movements as (
    {% set bank = {
        'entry_date': 'posted_date', 'payer_class': no_text(), 'provider_id': no_text(), 'location_id': no_text(),
        'entity_member': 'entity_member',
    } %}
    -- R09 the deposit of a remittance leaves EFT clearing
    {{ posting('deposits', "'R09'", "'operating_bank'", "'eft_clearing'", 'deposit_amount', where="booked_as = 'eft'",
               **dict(bank, known_date='greatest(posted_date, payment_date)')) }}

    -- R10 the deposit of payments at the desk; R03 a card payout whose day is known, and the fee the processor kept
    union all
    {{ posting('deposits', "'R10'", "'operating_bank'", "'undeposited_receipts'", 'deposit_amount',
               where="booked_as = 'card_settlement' and card_gross_amount = 0", **bank) }}
    union all
    {{ posting('deposits', "'R03'", "'operating_bank'", "'card_clearing'", 'deposit_amount',
               where="booked_as = 'card_settlement' and card_gross_amount <> 0", **bank) }}
    union all
    {{ posting('deposits', "'R03'", "'card_fees'", "'card_clearing'", 'card_gross_amount - deposit_amount',
               where="booked_as = 'card_settlement' and card_gross_amount <> 0", **bank) }}

    -- R18 a receipt nobody has explained yet waits as unapplied
    union all
    {{ posting('decided_deposits', "'R18'", "'operating_bank'", "'unapplied_receipts'", 'part_amount',
               credit_code='decided_account_code', **dict(bank, known_date='decided_date')) }}

    -- R19 capitation is owed as service until its month is over, then it is earned
    union all
    {{ posting('deposits', "'R19'", "'operating_bank'", "'capitation_unearned'", 'deposit_amount',
               where="booked_as = 'capitation'", **bank) }}
    union all
    {{ posting('capitations', "'R19'", "'capitation_unearned'", "'capitation_earned'", 'deposit_amount',
               **dict(bank, event_id="concat(event_id, ':earned')", entry_date='earned_date')) }}

    -- R20 a bill is paid, rent is an expense on the day it is paid; R21 payroll tax and deductions; R15 and R17 refunds; R03 card
    -- fees; R18 a withdrawal nobody has explained yet waits as unidentified
    union all
    {{ posting('decided_withdrawals', 'rule_id', no_text(), "'operating_bank'", 'part_amount',
               debit_code='decided_account_code', **dict(bank, known_date='decided_date')) }}
)

select * from movements
where signed_amount <> 0
