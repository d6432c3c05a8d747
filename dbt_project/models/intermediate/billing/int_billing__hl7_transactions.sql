{{ config(materialized='view') }}

-- One row per ledger transaction of an HL7 message. A charge whose message names no payer takes the coverage its patient
-- had on the day of service, when that is one payer's; never one of two.

with transactions as (
    select * from {{ ref('stg_hl7__transactions') }}
),

coverages as (
    select * from {{ ref('int_billing__hl7_coverages') }}
    where payer_count = 1
)

select
    transactions.source,
    transactions.file_id,
    transactions.line_number,
    transactions.profile,
    transactions.transaction_id,
    transactions.parent_charge_id,
    transactions.reversed_transaction_id,
    transactions.claim_id,
    transactions.transaction_type,
    case when coverages.file_id is not null then 'primary' else transactions.bucket end as bucket,
    transactions.transaction_amount,
    transactions.reason,
    transactions.code_system,
    transactions.procedure_code,
    transactions.modifier_1,
    transactions.modifier_2,
    transactions.modifier_3,
    transactions.modifier_4,
    transactions.charged_units,
    transactions.diagnosis_codes,
    transactions.place_of_service_code,
    transactions.rendering_provider_id,
    transactions.location_id,
    coalesce(transactions.payer_id, coverages.payer_id) as payer_id,
    coalesce(transactions.payer_name, coverages.payer_name) as payer_name,
    transactions.service_date,
    transactions.post_date,
    transactions.void_date,
    transactions.source_hold_reason,
    transactions.loaded_at
from transactions
left join coverages
    on transactions.file_id = coverages.file_id and transactions.line_number = coverages.line_number
