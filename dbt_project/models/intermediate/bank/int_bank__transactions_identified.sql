{{ config(materialized='view') }}

-- One row per line of a bank statement that moves money, with what it is told apart by: deposit or withdrawal, the words
-- the bank prints, and which copy of its transaction it is. The first by its content counts, every other one is a duplicate.

with transactions as (
    select
        *,
        case when transaction_amount > 0 then 'deposit' else 'withdrawal' end as direction,
        -- banks print who paid or was paid as a name, as a memo, or as both
        concat_ws(' ', counterparty_name, memo) as printed_words
    from {{ ref('stg_bank__transactions') }}
    where transaction_amount <> 0
)

select
    *,
    row_number() over (
        partition by account_last_four, bank_transaction_id, direction order by posted_date, file_id, line_number
    ) as arrival_number
from transactions
