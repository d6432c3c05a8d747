with source as (
    select * from {{ source('raw_fhir', 'organizations') }}
),

renamed as (
    select
        file_id,
        line_number,
        organization_id,
        npi,
        organization_name,
        type_code,
        is_active,
        loaded_at
    from source
)

select * from renamed
