with source as (
    select * from {{ source('raw_claims837', 'transactions') }}
),

renamed as (
    select
        file_id,
        segment_number,
        transaction_number,
        interchange_control_number,
        group_control_number,
        control_number,
        batch_reference,
        version_code,
        claim_type,
        usage_indicator,
        purpose_code,
        created_date,
        transaction_type_code,
        submitter_name,
        submitter_id,
        receiver_name,
        receiver_id,
        claim_count,
        service_line_count,
        charged_amount,
        segment_count,
        loaded_at
    from source
)

select * from renamed
