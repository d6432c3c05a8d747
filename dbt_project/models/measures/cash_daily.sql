-- One row per account and day with bank activity: what came in, what went out.

with movements as (
    select
        account_last_four,
        posted_date,
        deposit_amount,
        cast(0 as decimal(18, 2)) as withdrawal_amount,
        cast(0 as decimal(18, 2)) as payroll_withdrawal_amount
    from {{ ref('fct_deposits') }}
    where deposit_class <> 'duplicate'

    union all

    select
        account_last_four,
        posted_date,
        cast(0 as decimal(18, 2)) as deposit_amount,
        withdrawal_amount,
        case
            when withdrawal_class in ('payroll_net', 'payroll_tax', 'payroll_deductions') then withdrawal_amount
            else cast(0 as decimal(18, 2))
        end as payroll_withdrawal_amount
    from {{ ref('fct_withdrawals') }}
    where withdrawal_class <> 'duplicate'
)

select
    account_last_four,
    posted_date as cash_date,
    {{ money('sum(deposit_amount)') }} as deposit_amount,
    {{ money('sum(withdrawal_amount)') }} as withdrawal_amount,
    {{ money('sum(payroll_withdrawal_amount)') }} as payroll_withdrawal_amount,
    {{ money('sum(deposit_amount - withdrawal_amount)') }} as net_change_amount
from movements
group by account_last_four, posted_date
