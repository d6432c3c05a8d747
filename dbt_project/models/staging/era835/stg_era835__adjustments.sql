with source as (
    select * from {{ source('raw_era835', 'adjustments') }}
),

renamed as (
    select
        file_id,
        segment_number,
        transaction_number,
        claim_number,
        coalesce(service_line_number, 0) as service_line_number,
        adjustment_number,
        group_code,
        reason_code,
        adjustment_amount,
        loaded_at
    from source
)

select * from renamed
