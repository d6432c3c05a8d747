with source as (
    select * from {{ source('raw_acks', 'claim_statuses') }}
),

renamed as (
    select
        file_id,
        segment_number,
        transaction_number,
        version_code,
        usage_indicator,
        level,
        status_number,
        sender_name,
        sender_code,
        provider_npi,
        batch_reference,
        patient_control_number as claim_id,
        payer_control_number,
        transmission_reference,
        line_control_number,
        category_code,
        status_code,
        entity_code,
        outcome,
        action_code,
        effective_date,
        charged_amount,
        paid_amount,
        message,
        service_from_date,
        service_to_date,
        loaded_at
    from source
)

select * from renamed
