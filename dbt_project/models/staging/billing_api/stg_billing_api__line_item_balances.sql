with source as (
    select * from {{ source('raw_billing_api', 'line_item_balances') }}
),

renamed as (
    select
        file_id,
        line_number,
        line_item_id,
        claim_id,
        billing_status,
        insurance_status,
        is_denied,
        billed_amount,
        allowed_amount,
        adjustment_amount,
        primary_paid_amount,
        secondary_paid_amount,
        tertiary_paid_amount,
        patient_paid_amount,
        insurance_balance_amount,
        patient_balance_amount,
        expected_amount,
        updated_date,
        loaded_at
    from source
)

select * from renamed
