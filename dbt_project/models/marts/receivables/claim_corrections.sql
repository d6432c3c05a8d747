-- One row per booked reversal: the original it takes back, the correction that follows it, and what the three leave.

with claims as (
    select * from {{ ref('int_remittances__claims_classified') }}
    where disposition = 'proposed'
),

reversals as (
    select * from claims
    where is_reversal
),

-- the next answer of the payer's turn to the same claim; one correction belongs to one reversal, the latest before it
corrections as (
    select
        reversals.answer_key as reversal_key,
        claims.answer_key as correction_key,
        claims.payment_date as corrected_date,
        claims.paid_amount,
        row_number() over (partition by reversals.answer_key order by claims.answer_key) as answer_number,
        row_number() over (partition by claims.answer_key order by reversals.answer_key desc) as reversal_number
    from reversals
    inner join claims
        on reversals.claim_id = claims.claim_id
        and reversals.payer_sequence_number = claims.payer_sequence_number
        and reversals.answer_key < claims.answer_key
    where not claims.is_reversal
)

select
    reversals.answer_key as reversal_key,
    reversals.claim_id,
    reversals.payer_control_number,
    reversals.payer_id,
    reversals.payment_date as reversed_date,
    originals.answer_key as original_key,
    originals.payment_date as original_date,
    corrections.correction_key,
    corrections.corrected_date,
    {{ money('originals.paid_amount') }} as original_paid_amount,
    {{ money('reversals.paid_amount') }} as reversed_paid_amount,
    {{ money('corrections.paid_amount') }} as corrected_paid_amount,
    {{ money('reversals.paid_amount + coalesce(corrections.paid_amount, 0)') }} as net_change_amount,
    coalesce(
        reversals.charged_amount = -originals.charged_amount and reversals.paid_amount = -originals.paid_amount, false
    ) as is_mirror,
    case
        when originals.answer_key is null and not reversals.is_corrected then 'original_not_found'
        when corrections.correction_key is null then 'waiting_for_correction'
        else 'corrected'
    end as correction_status
from reversals
left join claims as originals on reversals.original_answer_key = originals.answer_key
left join corrections
    on reversals.answer_key = corrections.reversal_key
    and corrections.answer_number = 1
    and corrections.reversal_number = 1
