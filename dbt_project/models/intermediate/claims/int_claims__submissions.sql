{{ config(materialized='view') }}

-- One row per claim of every 837 that was sent to production, with the numbers by which receivers and payers answer.

with claims as (
    select * from {{ ref('stg_claims837__claims') }}
),

transactions as (
    select * from {{ ref('stg_claims837__transactions') }}
    where coalesce(usage_indicator, 'P') <> 'T'
)

select
    {{ surrogate_key(['claims.file_id', 'claims.segment_number']) }} as submission_key,
    claims.file_id,
    claims.segment_number,
    claims.transaction_number,
    claims.claim_number,
    claims.claim_id,
    transactions.interchange_control_number,
    transactions.group_control_number,
    transactions.control_number,
    transactions.batch_reference,
    transactions.claim_type,
    claims.frequency_code,
    coalesce(claims.payer_responsibility_code, 'P') as payer_responsibility_code,
    claims.payer_id,
    claims.payer_name,
    claims.claim_filing_code,
    claims.billing_provider_npi,
    claims.rendering_provider_id,
    claims.charged_amount,
    claims.service_from_date,
    claims.service_to_date,
    coalesce(transactions.created_date, cast(claims.loaded_at as date)) as submitted_date,
    claims.loaded_at,
    row_number() over (
        partition by claims.claim_id, coalesce(claims.payer_responsibility_code, 'P')
        order by claims.loaded_at, claims.file_id, claims.segment_number
    ) as submission_number
from claims
inner join transactions
    on claims.file_id = transactions.file_id and claims.transaction_number = transactions.transaction_number
