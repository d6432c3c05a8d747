with source as (
    select * from {{ source('raw_fhir', 'claims') }}
),

renamed as (
    select
        file_id,
        line_number,
        claim_resource_id,
        claim_id,
        status_code,
        use_code,
        type_code,
        patient_id,
        provider_id,
        location_id,
        coverage_id,
        payer_id,
        payer_name,
        encounter_id,
        created_date,
        service_from_date,
        service_to_date,
        total_amount,
        item_count,
        loaded_at
    from source
)

select * from renamed
