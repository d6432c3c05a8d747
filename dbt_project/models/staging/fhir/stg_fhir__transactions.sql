with source as (
    select * from {{ source('raw_fhir', 'transactions') }}
),

renamed as (
    {{ ledger_transactions(
        'fhir',
        'source',
        'line_number',
        hold_reason=held_as_test_data("profile = 'fhir_test'"),
        reversed_transaction_id="case when reason = 'void' then parent_charge_id end",
    ) }}
)

select * from renamed
