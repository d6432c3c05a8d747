with source as (
    select * from {{ source('raw_era835', 'provider_adjustments') }}
),

renamed as (
    select
        file_id,
        segment_number,
        transaction_number,
        pair_number,
        provider_id,
        fiscal_period_date,
        adjustment_reason_code,
        reference_id,
        adjustment_amount,
        loaded_at
    from source
)

select * from renamed
