with transactions as (
    select * from {{ source('raw_hl7', 'transactions') }}
),

details as (
    select * from {{ source('raw_hl7', 'transaction_details') }}
),

source as (
    select
        transactions.*,
        details.hold_reason,
        details.reversed_transaction_id
    from transactions
    left join details
        on transactions.file_id = details.file_id and transactions.segment_number = details.segment_number
),

renamed as (
    {{ ledger_transactions('hl7', 'source', 'segment_number', 'hold_reason', 'reversed_transaction_id') }}
)

select * from renamed
