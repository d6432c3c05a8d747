with source as (
    select * from {{ source('raw_supplies', 'receipt_lines') }}
),

renamed as (
    select
        file_id,
        line_number,
        supplier_name,
        receipt_number,
        order_number,
        item_id,
        item_description,
        unit_of_measure,
        received_quantity,
        received_date,
        location_id,
        loaded_at
    from source
)

select * from renamed
