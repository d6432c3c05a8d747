with source as (
    select * from {{ source('raw_hl7', 'procedures') }}
),

messages as (
    select * from {{ source('raw_hl7', 'messages') }}
),

renamed as (
    select
        source.file_id,
        source.segment_number,
        messages.sending_application,
        messages.sending_facility,
        messages.trigger_event,
        source.patient_id,
        source.code_system,
        source.procedure_code,
        source.modifier_1,
        source.modifier_2,
        source.modifier_3,
        source.modifier_4,
        source.procedure_date,
        source.provider_id,
        source.diagnosis_codes,
        {{ held_as_test_data("messages.processing_id not in ('', 'P')") }} as test_hold_reason,
        source.loaded_at
    from source
    left join messages
        on source.file_id = messages.file_id and source.message_number = messages.message_number
)

select * from renamed
