with source as (
    select * from {{ source('raw_fhir', 'charge_lines') }}
),

renamed as (
    select
        file_id,
        line_number,
        transaction_line_number,
        transaction_id,
        resource_type,
        resource_id,
        item_sequence,
        encounter_id,
        status_code,
        code_system_uri,
        amount_source,
        loaded_at
    from source
)

select * from renamed
