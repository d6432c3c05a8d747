with source as (
    select * from {{ source('raw_acks', 'group_acknowledgements') }}
),

renamed as (
    select
        file_id,
        segment_number,
        transaction_number,
        set_code,
        sender_id,
        acknowledged_date,
        usage_indicator,
        acknowledged_functional_code,
        acknowledged_group_control_number,
        acknowledged_version_code,
        outcome_code,
        outcome,
        included_set_count,
        received_set_count,
        accepted_set_count,
        error_codes,
        loaded_at
    from source
)

select * from renamed
