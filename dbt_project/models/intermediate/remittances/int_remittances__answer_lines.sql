-- One row per line of a booked answer or reversal, with the place of its answer and what its words take off. `compared_key`
-- is the service that several answers speak of; the whole claim, where one of them decides at claim level.

with claims as (
    select * from {{ ref('int_remittances__claims_classified') }}
    where disposition = 'proposed'
),

adjustments as (
    select * from {{ ref('int_remittances__line_adjustments_summed') }}
),

whole_claims as (
    select distinct claims.claim_id
    from {{ ref('int_remittances__lines_unioned') }} as remittance_lines
    inner join claims on {{ agree('remittance_lines', 'claims', ['file_id', 'transaction_number', 'claim_number']) }}
    where remittance_lines.service_line_number = 0
)

select
    remittance_lines.remittance_line_key,
    remittance_lines.file_id,
    remittance_lines.service_key,
    coalesce(whole_claims.claim_id, remittance_lines.service_key) as compared_key,
    claims.answer_key,
    claims.event_id,
    claims.payment_date as posting_date,
    claims.claim_id,
    claims.payer_id,
    claims.payer_class,
    remittance_lines.rendering_provider_id,
    claims.is_reversal,
    claims.original_answer_key,
    claims.is_corrected,
    claims.reversed_by_answer_key is not null as is_taken_back,
    claims.is_secondary,
    claims.is_paid_twice,
    claims.is_repeated,
    coalesce(originals.is_paid_twice, false) as is_original_paid_twice,
    remittance_lines.charged_amount,
    remittance_lines.paid_amount,
    coalesce(adjustments.contractual_amount, 0) as contractual_amount,
    coalesce(adjustments.sequestration_amount, 0) as sequestration_amount,
    coalesce(adjustments.capitation_amount, 0) as capitation_amount,
    coalesce(adjustments.patient_amount, 0) as patient_amount,
    coalesce(adjustments.denied_to_patient_amount, 0) as denied_to_patient_amount,
    coalesce(adjustments.unknown_amount, 0) as unknown_amount,
    greatest(claims.payment_date, adjustments.known_date) as known_date,
    claims.loaded_at
from {{ ref('int_remittances__lines_unioned') }} as remittance_lines
inner join claims on {{ agree('remittance_lines', 'claims', ['file_id', 'transaction_number', 'claim_number']) }}
left join claims as originals on claims.original_answer_key = originals.answer_key
left join adjustments on remittance_lines.remittance_line_key = adjustments.remittance_line_key
left join whole_claims on claims.claim_id = whole_claims.claim_id
