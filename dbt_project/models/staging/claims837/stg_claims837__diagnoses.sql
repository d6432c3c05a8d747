with source as (
    select * from {{ source('raw_claims837', 'diagnoses') }}
),

renamed as (
    select
        file_id,
        segment_number,
        transaction_number,
        claim_number,
        diagnosis_number,
        qualifier,
        code_version,
        diagnosis_code,
        present_on_admission_code,
        loaded_at
    from source
)

select * from renamed
