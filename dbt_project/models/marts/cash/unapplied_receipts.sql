-- One row per deposit that nobody has explained yet (rule R18): it stands among unapplied receipts, and how long.

with deposits as (
    select * from {{ ref('fct_deposits') }}
    where deposit_class in ('unidentified', 'differs')
),

bank as (
    select last_posted_date from {{ ref('int_bank__days_covered') }}
)

select
    deposits.deposit_key,
    deposits.account_last_four,
    deposits.posted_date,
    deposits.deposit_amount,
    deposits.deposit_class,
    deposits.trace_number,
    cast({{ days_between('deposits.posted_date', 'bank.last_posted_date') }} as bigint) as days_open,
    {{ days_between('deposits.posted_date', 'bank.last_posted_date') }} > 30 as is_overdue
from deposits
cross join bank
