{{ config(meta={'dagster': {'ref': {'name': 'fct_journal_lines'}}}) }}

-- What is listed as received and not invoiced is what the proposals book on its account.
with listed as (
    select coalesce(sum(open_amount), 0) as open_amount
    from {{ ref('goods_received_not_invoiced') }}
),

booked as (
    select coalesce(sum(lines.credit_amount - lines.debit_amount), 0) as booked_amount
    from {{ ref('fct_journal_lines') }} as lines
    inner join {{ ref('accounts') }} as accounts
        on accounts.account_role = 'goods_received_not_invoiced' and lines.account_code = accounts.account_code
    where lines.book = 'accrual'
)

select
    listed.open_amount,
    booked.booked_amount
from listed
cross join booked
where listed.open_amount <> booked.booked_amount
