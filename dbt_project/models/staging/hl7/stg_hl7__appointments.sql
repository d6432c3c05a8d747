with source as (
    select * from {{ source('raw_hl7', 'appointments') }}
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
        source.appointment_id,
        source.appointment_state,
        source.status_code,
        source.patient_id,
        source.appointment_type,
        source.reason_code,
        source.service_code,
        source.provider_id,
        source.location_id,
        source.appointment_date,
        source.start_time,
        source.duration_minutes,
        {{ held_as_test_data("messages.processing_id not in ('', 'P')") }} as test_hold_reason,
        source.loaded_at
    from source
    left join messages
        on source.file_id = messages.file_id and source.message_number = messages.message_number
)

select * from renamed
