with transactions as (
    select * from {{ source('raw_hl7', 'transactions') }}
),

details as (
    select * from {{ source('raw_hl7', 'transaction_details') }}
),

messages as (
    select * from {{ source('raw_hl7', 'messages') }}
),

source as (
    select
        transactions.*,
        coalesce(
            {{ held_as_test_data("messages.processing_id not in ('', 'P')") }},
            details.hold_reason
        ) as hold_reason,
        details.reversed_transaction_id
    from transactions
    left join details
        on transactions.file_id = details.file_id and transactions.segment_number = details.segment_number
    left join messages
        on details.file_id = messages.file_id and details.message_number = messages.message_number
),

renamed as (
    {{ ledger_transactions('hl7', 'source', 'segment_number', 'hold_reason', 'reversed_transaction_id') }}
)

select * from renamed
