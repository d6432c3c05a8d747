with source as (
    select * from {{ source('raw_bank', 'statements') }}
),

renamed as (
    select
        file_id,
        line_number,
        account_id as account_last_four,
        start_date,
        end_date,
        ledger_balance_amount,
        balance_date,
        deposit_amount,
        withdrawal_amount,
        loaded_at
    from source
)

select * from renamed
