with source as (
    select * from {{ source('raw_era835', 'remarks') }}
),

renamed as (
    select
        file_id,
        segment_number,
        transaction_number,
        claim_number,
        coalesce(service_line_number, 0) as service_line_number,
        qualifier,
        remark_code,
        loaded_at
    from source
)

select * from renamed
