with source as (
    select * from {{ source('raw_billing_api', 'transactions') }}
),

renamed as (
    {{ ledger_transactions(
        'billing_api',
        'source',
        'line_number',
        hold_reason=held_as_test_data("profile = 'redox_test'"),
    ) }}
)

select * from renamed
