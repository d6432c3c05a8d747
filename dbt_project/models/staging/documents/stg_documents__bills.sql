with source as (
    select * from {{ source('raw_documents', 'bills') }}
),

renamed as (
    select
        file_id,
        line_number,
        text_source,
        dpi,
        vendor_name as vendor_name_read,
        bill_number,
        bill_date,
        due_date,
        currency_code,
        subtotal_amount,
        tax_amount,
        total_amount,
        is_arithmetic_proved,
        loaded_at
    from source
)

select * from renamed
