with source as (
    select * from {{ source('raw_acks', 'interchange_acknowledgements') }}
),

renamed as (
    select
        file_id,
        segment_number,
        sender_id,
        usage_indicator,
        acknowledged_interchange_control_number,
        acknowledged_interchange_date,
        outcome_code,
        outcome,
        note_code,
        loaded_at
    from source
)

select * from renamed
