-- One row per book and account of all entities together; what they owe each other is eliminated.

with lines as (
    select * from {{ ref('fct_journal_lines') }}
),

sums as (
    select
        book,
        account_code,
        count(distinct entity_id) as entity_count,
        sum(debit_amount - credit_amount) as combined_amount,
        sum(case when counter_entity_id is not null then debit_amount - credit_amount else 0 end) as eliminated_amount
    from lines
    group by book, account_code
)

select
    sums.book,
    sums.account_code,
    accounts.account_name,
    cast(sums.entity_count as bigint) as entity_count,
    {{ money('sums.combined_amount') }} as combined_amount,
    {{ money('sums.eliminated_amount') }} as eliminated_amount,
    {{ money('sums.combined_amount - sums.eliminated_amount') }} as consolidated_amount
from sums
left join {{ ref('dim_accounts') }} as accounts on sums.account_code = accounts.account_code
