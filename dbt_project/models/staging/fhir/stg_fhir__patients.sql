with source as (
    select * from {{ source('raw_fhir', 'patients') }}
),

renamed as (
    select
        file_id,
        line_number,
        patient_id,
        medical_record_number,
        birth_date,
        gender_code,
        state_code,
        postal_code,
        loaded_at
    from source
)

select * from renamed
