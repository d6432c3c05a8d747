with source as (
    select * from {{ source('raw_acks', 'set_acknowledgements') }}
),

renamed as (
    select
        file_id,
        segment_number,
        transaction_number,
        acknowledged_group_control_number,
        acknowledged_set_code,
        acknowledged_control_number,
        acknowledged_version_code,
        outcome_code,
        outcome,
        error_codes,
        loaded_at
    from source
)

select * from renamed
