{{ config(materialized='incremental', unique_key='file_id', incremental_strategy='delete+insert') }}

-- One row per claim of a remittance: payer class, and for a reversal whether the payment it takes back was booked
-- by us (rule R13). Only what landed earlier counts, so that the answer never changes afterwards.

with claims as (
    select * from {{ ref('stg_era835__claims') }}
    where {{ only_new_files() }}
),

payments as (
    select * from {{ ref('int_remittances__payments') }}
),

filing_classes as (
    select * from {{ ref('claim_filing_classes') }}
),

classified as (
    select
        claims.*,
        payments.payment_key,
        payments.event_id,
        payments.disposition,
        payments.payment_date,
        payments.payer_id,
        coalesce(filing_classes.payer_class, 'other') as payer_class,
        concat_ws(
            ':', cast(claims.loaded_at as varchar), claims.file_id,
            lpad(cast(claims.transaction_number as varchar), 9, '0'), lpad(cast(claims.claim_number as varchar), 9, '0')
        ) as arrival_key
    from claims
    inner join payments
        on claims.file_id = payments.file_id and claims.transaction_number = payments.transaction_number
    left join filing_classes on claims.claim_filing_code = filing_classes.claim_filing_code
),

reversals as (
    select * from classified
    where is_reversal
),

originals as (
    select
        payer_id,
        claim_id,
        payer_control_number,
        charged_amount,
        paid_amount,
        arrival_key
    from classified
    where not is_reversal and disposition = 'proposed'

    {% if is_incremental() %}
        union all

        select
            payer_id,
            claim_id,
            payer_control_number,
            charged_amount,
            paid_amount,
            arrival_key
        from {{ this }}
        where not is_reversal and disposition = 'proposed'
    {% endif %}
),

-- by payer control number (CLP07), else by patient control number (CLP01) and the amounts taken back
by_control_number as (
    select distinct reversals.arrival_key
    from reversals
    inner join originals
        on reversals.payer_id = originals.payer_id
        and reversals.payer_control_number = originals.payer_control_number
        and reversals.claim_id = originals.claim_id
    where originals.arrival_key < reversals.arrival_key
),

by_amounts as (
    select distinct reversals.arrival_key
    from reversals
    inner join originals
        on reversals.payer_id = originals.payer_id
        and reversals.claim_id = originals.claim_id
        and reversals.charged_amount = -originals.charged_amount
        and reversals.paid_amount = -originals.paid_amount
    where originals.arrival_key < reversals.arrival_key
)

select
    classified.file_id,
    classified.segment_number,
    classified.transaction_number,
    classified.claim_number,
    classified.claim_id,
    classified.payer_control_number,
    classified.claim_status_code,
    classified.charged_amount,
    classified.paid_amount,
    classified.payment_key,
    classified.event_id,
    classified.disposition,
    classified.payment_date,
    classified.payer_id,
    classified.payer_class,
    classified.place_of_service_code,
    classified.rendering_provider_id,
    classified.statement_from_date,
    classified.is_reversal,
    by_control_number.arrival_key is not null or by_amounts.arrival_key is not null as is_original_found,
    classified.arrival_key,
    classified.loaded_at
from classified
left join by_control_number on classified.arrival_key = by_control_number.arrival_key
left join by_amounts on classified.arrival_key = by_amounts.arrival_key
