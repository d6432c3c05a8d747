with source as (
    select * from {{ source('raw_fees', 'fee_schedule_lines') }}
),

renamed as (
    select
        file_id,
        line_number,
        fee_basis,
        payer_id,
        payer_name,
        procedure_code,
        modifier,
        place_of_service_code,
        fee_amount,
        effective_date,
        end_date,
        loaded_at
    from source
)

select * from renamed
