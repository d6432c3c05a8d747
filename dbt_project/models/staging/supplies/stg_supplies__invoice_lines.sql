with source as (
    select * from {{ source('raw_supplies', 'invoice_lines') }}
),

renamed as (
    select
        file_id,
        line_number,
        supplier_name,
        invoice_number,
        order_number,
        item_id,
        item_description,
        unit_of_measure,
        billed_quantity,
        unit_price,
        line_amount as billed_amount,
        invoice_date,
        due_date,
        loaded_at
    from source
)

select * from renamed
