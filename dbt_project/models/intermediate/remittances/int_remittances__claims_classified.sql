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

-- claims of this run, and those of earlier runs for the same claim numbers
known as (
    select
        payer_id,
        claim_id,
        payer_control_number,
        charged_amount,
        paid_amount,
        is_reversal,
        disposition,
        arrival_key
    from classified

    {% if is_incremental() %}
        union all

        select
            payer_id,
            claim_id,
            payer_control_number,
            charged_amount,
            paid_amount,
            is_reversal,
            disposition,
            arrival_key
        from {{ this }}
    {% endif %}
),

reversals as (
    select * from classified
    where is_reversal
),

originals as (
    select * from known
    where not is_reversal and disposition = 'proposed'
),

-- by payer control number (CLP07), else by patient control number (CLP01) and the amounts taken back; of several the
-- one whose amounts are mirrored, then the latest
candidates as (
    select
        reversals.arrival_key,
        originals.arrival_key as original_arrival_key,
        row_number() over (
            partition by reversals.arrival_key
            order by
                case
                    when
                        reversals.charged_amount = -originals.charged_amount
                        and reversals.paid_amount = -originals.paid_amount
                        then 0
                    else 1
                end,
                originals.arrival_key desc
        ) as candidate_number
    from reversals
    inner join originals
        on reversals.payer_id = originals.payer_id
        and reversals.claim_id = originals.claim_id
        and reversals.arrival_key > originals.arrival_key
        and (
            reversals.payer_control_number = originals.payer_control_number
            or (
                reversals.charged_amount = -originals.charged_amount
                and reversals.paid_amount = -originals.paid_amount
            )
        )
),

-- what was taken back once is not there a second time: a reversal needs an original of its own before it
counted as (
    select
        reversals.arrival_key,
        sum(case when not known.is_reversal and known.arrival_key < reversals.arrival_key then 1 else 0 end)
            as original_count,
        sum(case when known.is_reversal and known.arrival_key <= reversals.arrival_key then 1 else 0 end)
            as reversal_count
    from reversals
    inner join known
        on reversals.payer_id = known.payer_id
        and reversals.claim_id = known.claim_id
        and (known.disposition = 'proposed' or reversals.arrival_key = known.arrival_key)
    group by reversals.arrival_key
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
    coalesce(candidates.arrival_key is not null and counted.original_count >= counted.reversal_count, false)
        as is_original_found,
    case when counted.original_count >= counted.reversal_count then candidates.original_arrival_key end
        as original_arrival_key,
    -- secondary and tertiary, also when forwarded further
    coalesce(classified.claim_status_code in ('2', '3', '20', '21'), false) as is_secondary,
    classified.arrival_key,
    classified.loaded_at
from classified
left join candidates on classified.arrival_key = candidates.arrival_key and candidates.candidate_number = 1
left join counted on classified.arrival_key = counted.arrival_key
