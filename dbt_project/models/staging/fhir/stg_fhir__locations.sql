with source as (
    select * from {{ source('raw_fhir', 'locations') }}
),

renamed as (
    select
        file_id,
        line_number,
        location_id,
        location_name,
        status_code,
        type_code,
        organization_id,
        state_code,
        postal_code,
        loaded_at
    from source
)

select * from renamed
