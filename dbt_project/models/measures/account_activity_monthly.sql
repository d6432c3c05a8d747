-- One row per month, entity, book, rule and account of the proposals: what the mapping books, to lay beside what was booked
-- by hand (medbooks gl preview --compare).

with lines as (
    select
        *,
        {{ first_of_month('entry_date') }} as posting_month
    from {{ ref('fct_journal_lines') }}
)

select
    posting_month,
    entity_id,
    book,
    rule_id,
    account_code,
    {{ money('sum(debit_amount)') }} as debit_amount,
    {{ money('sum(credit_amount)') }} as credit_amount,
    {{ money('sum(debit_amount - credit_amount)') }} as net_amount
from lines
group by posting_month, entity_id, book, rule_id, account_code
