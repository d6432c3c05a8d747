{{ config(materialized='view') }}

-- One row: up to which day the bank's statements say what happened. last_posted_date is the newest day with a
-- transaction; last_covered_date is later where a statement ends with days on which nothing moved.

with transactions as (
    select max(posted_date) as last_posted_date
    from {{ ref('stg_bank__transactions') }}
),

statements as (
    select max(end_date) as last_end_date
    from {{ ref('stg_bank__statements') }}
)

select
    transactions.last_posted_date,
    greatest(transactions.last_posted_date, statements.last_end_date) as last_covered_date
from transactions
cross join statements
