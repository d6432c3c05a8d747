with source as (
    select * from {{ source('raw_fhir', 'practitioner_roles') }}
),

renamed as (
    select
        file_id,
        line_number,
        practitioner_role_id,
        practitioner_id,
        organization_id,
        location_id,
        specialty_code,
        is_active,
        loaded_at
    from source
)

select * from renamed
