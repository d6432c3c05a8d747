with source as (
    select * from {{ source('raw_acks', 'set_errors') }}
),

renamed as (
    select
        file_id,
        segment_number,
        transaction_number,
        acknowledged_group_control_number,
        acknowledged_control_number,
        error_number,
        level,
        error_segment_id,
        error_segment_position,
        loop_id,
        element_position,
        element_reference,
        error_code,
        bad_value,
        patient_control_number as claim_id,
        situation,
        loaded_at
    from source
)

select * from renamed
