with source as (
    select * from {{ source('raw_claims837', 'other_payers') }}
),

renamed as (
    select
        file_id,
        segment_number,
        transaction_number,
        claim_number,
        other_payer_number,
        payer_responsibility_code,
        claim_filing_code,
        payer_name,
        payer_id,
        paid_amount,
        remaining_liability_amount,
        noncovered_amount,
        loaded_at
    from source
)

select * from renamed
