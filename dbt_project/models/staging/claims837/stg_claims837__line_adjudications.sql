with source as (
    select * from {{ source('raw_claims837', 'line_adjudications') }}
),

renamed as (
    select
        file_id,
        segment_number,
        transaction_number,
        claim_number,
        service_line_number,
        payer_id,
        paid_amount,
        procedure_code,
        paid_units,
        adjudicated_date,
        loaded_at
    from source
)

select * from renamed
