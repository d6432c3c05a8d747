with source as (
    select * from {{ source('raw_era835', 'provider_adjustments') }}
),

renamed as (
    select
        file_id,
        segment_number,
        transaction_number,
        pair_number,
        adjustment_reason_code,
        adjustment_amount,
        loaded_at
    from source
)

select * from renamed
