with source as (
    select * from {{ source('raw_fhir', 'practitioners') }}
),

renamed as (
    select
        file_id,
        line_number,
        practitioner_id,
        npi,
        family_name,
        given_name,
        is_active,
        loaded_at
    from source
)

select * from renamed
