with source as (
    select * from {{ source('raw_fhir', 'coverages') }}
),

renamed as (
    select
        file_id,
        line_number,
        coverage_id,
        status_code,
        type_name,
        patient_id,
        member_id,
        payer_id,
        payer_name,
        group_id,
        coverage_order,
        start_date,
        end_date,
        loaded_at
    from source
)

select * from renamed
