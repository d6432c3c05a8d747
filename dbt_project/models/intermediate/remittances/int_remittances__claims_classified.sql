-- One row per claim of a remittance: its place among the answers to the claim, the answer a reversal takes back (rule R13),
-- and whether the same money came before (the same claim, control number, charge and payment, not taken back between).

with claims as (
    select * from {{ ref('int_remittances__claims_ordered') }}
),

matched as (
    select * from {{ ref('int_remittances__reversals_matched') }}
),

-- the words of its adjustments: where no money moves, only the same words are the same answer
worded as (
    select
        file_id,
        transaction_number,
        claim_number,
        {{ content_mark(
            "concat_ws(':', cast(service_line_number as varchar), group_code, reason_code, "
            "cast(adjustment_amount as varchar))"
        ) }} as adjustments_mark
    from {{ ref('stg_era835__adjustments') }}
    group by file_id, transaction_number, claim_number
),

-- a denial that leaves the claim to the patient is answered for by the next answer, also by its own repetition
left_to_patient as (
    select distinct
        file_id,
        transaction_number,
        claim_number
    from {{ ref('int_remittances__adjustments_classified') }}
    where is_denial and adjustment_class = 'patient'
),

-- a correction of a reversal whose original nobody knows makes the two one unit
corrections as (
    select distinct reversals.answer_key
    from claims as reversals
    inner join matched on reversals.answer_key = matched.answer_key and matched.original_key is null
    inner join claims as answers
        on reversals.claim_id = answers.claim_id
        and reversals.payer_sequence_number = answers.payer_sequence_number
        and reversals.payment_date <= answers.payment_date
        and reversals.answer_key < answers.answer_key
    where
        reversals.is_reversal
        and reversals.disposition = 'proposed'
        and answers.disposition = 'proposed'
        and not answers.is_reversal
),

marked as (
    select
        claims.*,
        matched.original_key,
        matched.reversal_key,
        coalesce(matched.open_before_count, 0) as open_before_count,
        corrections.answer_key is not null as is_corrected,
        left_to_patient.file_id is not null as is_left_to_patient,
        coalesce(worded.adjustments_mark, '') as adjustments_mark,
        min(claims.answer_key) over (
            partition by
                claims.claim_id, claims.control_mark, claims.payer_sequence_number, claims.charged_amount,
                claims.paid_amount, coalesce(worded.adjustments_mark, ''), claims.is_reversal, claims.disposition
        ) as first_like_key
    from claims
    left join matched on claims.answer_key = matched.answer_key
    left join worded on {{ agree('claims', 'worded', ['file_id', 'transaction_number', 'claim_number']) }}
    left join left_to_patient on {{ agree('claims', 'left_to_patient', ['file_id', 'transaction_number', 'claim_number']) }}
    left join corrections on claims.answer_key = corrections.answer_key
)

select
    file_id,
    segment_number,
    transaction_number,
    claim_number,
    claim_id,
    sent_claim_id,
    payer_control_number,
    claim_status_code,
    charged_amount,
    paid_amount,
    payment_key,
    event_id,
    disposition,
    payment_date,
    payer_id,
    payer_key,
    payer_class,
    payer_sequence_number,
    place_of_service_code,
    rendering_provider_id,
    statement_from_date,
    is_reversal,
    coalesce(original_key is not null, false) as is_original_found,
    original_key as original_answer_key,
    reversal_key as reversed_by_answer_key,
    is_corrected,
    -- secondary and tertiary
    payer_sequence_number > 1 as is_secondary,
    -- what was paid the same before, and is not taken back, is the same money or an overpayment: a person says which
    coalesce(not is_reversal and disposition = 'proposed' and open_before_count > 0 and paid_amount <> 0, false)
        as is_paid_twice,
    -- where nothing is paid, the same words say nothing new
    coalesce(
        not is_reversal and disposition = 'proposed' and open_before_count > 0 and paid_amount = 0
        and answer_key <> first_like_key and not is_left_to_patient, false
    ) as is_repeated,
    answer_key,
    loaded_at
from marked
