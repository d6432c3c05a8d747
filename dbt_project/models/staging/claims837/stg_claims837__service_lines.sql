with source as (
    select * from {{ source('raw_claims837', 'service_lines') }}
),

renamed as (
    select
        file_id,
        segment_number,
        transaction_number,
        claim_number,
        service_line_number,
        procedure_qualifier,
        procedure_code,
        modifier_1,
        modifier_2,
        modifier_3,
        modifier_4,
        charged_amount,
        unit_code,
        units,
        place_of_service_code,
        revenue_code,
        diagnosis_pointers,
        diagnosis_codes,
        service_from_date,
        service_to_date,
        line_control_number,
        rendering_provider_npi as rendering_provider_id,
        prior_authorization_number,
        drug_code,
        drug_quantity,
        tooth_codes,
        loaded_at
    from source
)

select * from renamed
