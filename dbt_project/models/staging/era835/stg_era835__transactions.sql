with source as (
    select * from {{ source('raw_era835', 'transactions') }}
),

renamed as (
    select
        file_id,
        segment_number,
        transaction_number,
        control_number,
        handling_code,
        paid_amount,
        payment_method_code,
        payment_date,
        trace_number,
        originating_company_id,
        production_date,
        payer_name,
        payer_id,
        payee_npi,
        claim_count,
        service_line_count,
        claim_paid_amount,
        provider_adjustment_amount,
        is_balanced,
        is_postable,
        hold_reason_code,
        content_key,
        loaded_at
    from source
)

select * from renamed
