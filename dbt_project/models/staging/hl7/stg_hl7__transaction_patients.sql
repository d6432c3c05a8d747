with transactions as (
    select * from {{ source('raw_hl7', 'transactions') }}
),

details as (
    select * from {{ source('raw_hl7', 'transaction_details') }}
),

messages as (
    select * from {{ source('raw_hl7', 'messages') }}
),

renamed as (
    select
        transactions.file_id,
        transactions.segment_number as line_number,
        messages.sending_facility,
        transactions.patient_id
    from transactions
    inner join details
        on transactions.file_id = details.file_id and transactions.segment_number = details.segment_number
    inner join messages
        on details.file_id = messages.file_id and details.message_number = messages.message_number
)

select * from renamed
