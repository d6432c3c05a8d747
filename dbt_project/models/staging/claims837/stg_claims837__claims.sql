with source as (
    select * from {{ source('raw_claims837', 'claims') }}
),

renamed as (
    select
        file_id,
        segment_number,
        transaction_number,
        claim_number,
        patient_control_number as claim_id,
        charged_amount,
        line_charged_amount,
        is_balanced,
        facility_code,
        facility_qualifier,
        frequency_code,
        assignment_code,
        payer_responsibility_code,
        claim_filing_code,
        group_id,
        payer_name,
        payer_id,
        patient_gender_code,
        billing_provider_name,
        billing_provider_npi,
        billing_tax_id,
        rendering_provider_npi as rendering_provider_id,
        referring_provider_npi,
        facility_npi,
        service_from_date,
        service_to_date,
        admission_date,
        original_control_number,
        prior_authorization_number,
        transmission_reference,
        patient_paid_amount,
        service_line_count,
        loaded_at
    from source
)

select * from renamed
