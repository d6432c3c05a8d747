with source as (
    select * from {{ source('raw_fhir', 'encounters') }}
),

renamed as (
    select
        file_id,
        line_number,
        encounter_id,
        status_code,
        class_code,
        patient_id,
        practitioner_id,
        location_id,
        organization_id,
        start_date,
        end_date,
        loaded_at
    from source
)

select * from renamed
