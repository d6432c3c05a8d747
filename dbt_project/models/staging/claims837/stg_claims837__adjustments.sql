with source as (
    select * from {{ source('raw_claims837', 'adjustments') }}
),

renamed as (
    select
        file_id,
        segment_number,
        transaction_number,
        claim_number,
        service_line_number,
        adjustment_number,
        group_code,
        reason_code,
        adjustment_amount,
        adjustment_quantity,
        loaded_at
    from source
)

select * from renamed
