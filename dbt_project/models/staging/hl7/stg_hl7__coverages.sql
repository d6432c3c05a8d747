with source as (
    select * from {{ source('raw_hl7', 'insurances') }}
),

messages as (
    select * from {{ source('raw_hl7', 'messages') }}
),

renamed as (
    select
        source.file_id,
        source.segment_number as line_number,
        messages.sending_facility,
        source.patient_id,
        source.coverage_number,
        source.plan_id,
        source.payer_id,
        source.payer_name,
        source.effective_date,
        source.expiration_date,
        {{ held_as_test_data("messages.processing_id not in ('', 'P')") }} as test_hold_reason,
        source.loaded_at
    from source
    left join messages
        on source.file_id = messages.file_id and source.message_number = messages.message_number
)

select * from renamed
