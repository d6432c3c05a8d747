with source as (
    select * from {{ source('raw_billing_api', 'transactions') }}
),

renamed as (
    {{ ledger_transactions(
        'billing_api',
        'source',
        'line_number',
        hold_reason="case when profile = 'redox_test' then 'test_message' end",
    ) }}
)

select * from renamed
