with source as (
    select * from {{ source('raw_fhir', 'explanations_of_benefit') }}
),

renamed as (
    select
        file_id,
        line_number,
        explanation_id,
        claim_resource_id,
        claim_id,
        status_code,
        use_code,
        outcome_code,
        type_code,
        patient_id,
        provider_id,
        payer_id,
        payer_name,
        created_date,
        payment_date,
        payment_amount,
        submitted_amount,
        loaded_at
    from source
)

select * from renamed
