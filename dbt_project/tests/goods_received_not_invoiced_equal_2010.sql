{{ config(meta={'dagster': {'ref': {'name': 'fct_journal_lines'}}}) }}

-- What is listed as received and not invoiced is what the proposals book on 2010.
with listed as (
    select coalesce(sum(open_amount), 0) as open_amount
    from {{ ref('goods_received_not_invoiced') }}
),

booked as (
    select coalesce(sum(credit_amount - debit_amount), 0) as booked_amount
    from {{ ref('fct_journal_lines') }}
    where account_code = '2010' and book = 'accrual'
)

select
    listed.open_amount,
    booked.booked_amount
from listed
cross join booked
where listed.open_amount <> booked.booked_amount
