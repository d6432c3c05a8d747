-- One row per electronic payment that was remitted and is to be seen at the bank: its deposit, or how long it is out.

with payments as (
    select * from {{ ref('int_remittances__payments') }}
    where disposition = 'proposed' and paid_amount > 0
),

deposits as (
    select * from {{ ref('fct_deposits') }}
    where deposit_class = 'eft'
),

bank as (
    select last_posted_date from {{ ref('int_bank__days_covered') }}
)

select
    payments.payment_key,
    payments.file_id,
    payments.payer_id,
    payments.payer_name,
    payments.trace_number,
    payments.payment_date,
    payments.paid_amount,
    deposits.deposit_key,
    deposits.posted_date as deposited_date,
    {{ money('coalesce(deposits.deposit_amount, 0)') }} as deposit_amount,
    case
        when deposits.deposit_key is not null then 'reconciled'
        when bank.last_posted_date is null or payments.payment_date > {{ days_before('bank.last_posted_date', 7) }}
            then 'in_transit'
        else 'overdue'
    end as reconciliation_status,
    cast({{ days_between('payments.payment_date', 'deposits.posted_date') }} as bigint) as deposit_lag_days
from payments
cross join bank
left join deposits on payments.payment_key = deposits.payment_key
