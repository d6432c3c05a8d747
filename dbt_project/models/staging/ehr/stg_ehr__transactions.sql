with source as (
    select * from {{ source('raw_ehr', 'transactions') }}
),

renamed as (
    {{ ledger_transactions('ehr', 'source', 'line_number', reversed_transaction_id='reversed_transaction_id') }}
)

select * from renamed
