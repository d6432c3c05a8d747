with source as (
    select * from {{ source('raw_era835', 'claims') }}
),

renamed as (
    select
        file_id,
        segment_number,
        transaction_number,
        claim_number,
        patient_control_number as claim_id,
        claim_status_code,
        charged_amount,
        paid_amount,
        patient_responsibility_amount,
        claim_filing_code,
        payer_control_number,
        facility_code as place_of_service_code,
        rendering_provider_npi as rendering_provider_id,
        statement_from_date,
        adjusted_amount,
        is_reversal,
        is_balanced,
        loaded_at
    from source
)

select * from renamed
