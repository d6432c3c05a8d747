-- One row per service line of a remitted claim, and one more (service_line_number 0) for what a payer decided at claim
-- level. What it says was decided in int_remittances__*: here it stands side by side.

with lines as (
    select * from {{ ref('int_remittances__lines_unioned') }}
),

claims as (
    select * from {{ ref('int_remittances__claims_classified') }}
),

adjustments as (
    select * from {{ ref('int_remittances__line_adjustments_summed') }}
),

denials as (
    select * from {{ ref('int_remittances__line_denials_judged') }}
),

first_answers as (
    select * from {{ ref('int_remittances__lines_first_answered') }}
),

-- what a line books of the share an earlier payer left, and of a reduction that went beyond what was open
positions as (
    select
        remittance_line_key,
        sum(returned_patient_amount) as returned_patient_amount,
        sum(exceeding_amount) as exceeding_amount
    from {{ ref('int_remittances__line_positions') }}
    where not is_mirrored
    group by remittance_line_key
)

select
    lines.remittance_line_key,
    lines.billed_line_key,
    lines.service_key,
    lines.file_id,
    lines.segment_number,
    lines.transaction_number,
    lines.claim_number,
    lines.service_line_number,
    claims.payment_key,
    claims.event_id,
    claims.disposition,
    claims.payment_date as posting_date,
    claims.payer_id,
    claims.payer_class,
    claims.claim_id,
    claims.payer_control_number,
    lines.line_control_number,
    claims.claim_status_code,
    lines.rendering_provider_id,
    claims.place_of_service_code,
    lines.procedure_code,
    lines.submitted_procedure_code,
    lines.modifier_1,
    lines.modifiers,
    lines.service_date,
    {{ money('lines.charged_amount') }} as charged_amount,
    {{ money('lines.paid_amount') }} as paid_amount,
    {{ money('lines.allowed_amount') }} as allowed_amount,
    {{ money('coalesce(adjustments.contractual_amount, 0)') }} as contractual_amount,
    {{ money('coalesce(adjustments.capitation_amount, 0)') }} as capitation_amount,
    {{ money('coalesce(adjustments.sequestration_amount, 0)') }} as sequestration_amount,
    {{ money('coalesce(adjustments.patient_amount, 0)') }} as patient_amount,
    {{ money('coalesce(adjustments.denied_amount, 0)') }} as denied_amount,
    {{ money('coalesce(adjustments.coordination_amount, 0)') }} as coordination_amount,
    {{ money('coalesce(adjustments.prior_payer_amount, 0)') }} as prior_payer_amount,
    {{ money('coalesce(positions.returned_patient_amount, 0)') }} as returned_patient_amount,
    {{ money('coalesce(positions.exceeding_amount, 0)') }} as exceeding_amount,
    {{ money('coalesce(adjustments.unknown_amount, 0)') }} as unknown_amount,
    claims.is_reversal,
    claims.is_original_found,
    claims.is_corrected,
    claims.is_secondary,
    denials.is_bundled,
    denials.is_denied,
    coalesce(first_answers.is_first_remittance, false) as is_first_remittance,
    coalesce(first_answers.is_after_takeback, false) as is_after_takeback,
    denials.denial_group_code,
    denials.denial_reason_code,
    denials.denial_class,
    denials.action_code,
    denials.remark_code,
    claims.answer_key,
    claims.original_answer_key,
    claims.is_paid_twice,
    claims.is_repeated,
    claims.loaded_at
from lines
inner join claims on {{ agree('lines', 'claims', ['file_id', 'transaction_number', 'claim_number']) }}
inner join denials on lines.remittance_line_key = denials.remittance_line_key
left join adjustments on lines.remittance_line_key = adjustments.remittance_line_key
left join first_answers on lines.remittance_line_key = first_answers.remittance_line_key
left join positions on lines.remittance_line_key = positions.remittance_line_key
