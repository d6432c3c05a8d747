with source as (
    select * from {{ source('raw_bank', 'transactions') }}
),

renamed as (
    select
        file_id,
        line_number,
        account_id as account_last_four,
        transaction_id as bank_transaction_id,
        transaction_type,
        posted_date,
        amount as transaction_amount,
        counterparty_name,
        memo,
        trace_number,
        originating_company_id,
        loaded_at
    from source
)

select * from renamed
