with source as (
    select * from {{ source('raw_fhir', 'adjudications') }}
),

renamed as (
    select
        file_id,
        line_number,
        explanation_id,
        item_sequence,
        adjudication_number,
        category_code,
        reason_code,
        adjudicated_amount,
        loaded_at
    from source
)

select * from renamed
