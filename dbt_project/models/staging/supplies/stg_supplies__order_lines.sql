with source as (
    select * from {{ source('raw_supplies', 'order_lines') }}
),

renamed as (
    select
        file_id,
        line_number,
        supplier_name,
        order_number,
        item_id,
        item_description,
        unit_of_measure,
        ordered_quantity,
        unit_price,
        line_amount as ordered_amount,
        order_date,
        location_id,
        loaded_at
    from source
)

select * from renamed
