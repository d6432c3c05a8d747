{{ config(materialized='incremental', unique_key='file_id', incremental_strategy='delete+insert') }}

-- One row per service line of a remitted claim, and one more (service_line_number 0) for what a payer decided at claim
-- level. What it says was decided in int_remittances__*: here it stands side by side.

with lines as (
    select * from {{ ref('int_remittances__lines_unioned') }}
    where {{ only_new_files() }}
),

claims as (
    select * from {{ ref('int_remittances__claims_classified') }}
    where {{ only_new_files() }}
),

adjustments as (
    select * from {{ ref('int_remittances__line_adjustments_summed') }}
    where {{ only_new_files() }}
),

denials as (
    select * from {{ ref('int_remittances__line_denials_judged') }}
    where {{ only_new_files() }}
),

first_answers as (
    select * from {{ ref('int_remittances__lines_first_answered') }}
    where {{ only_new_files() }}
),

patient_shares as (
    select * from {{ ref('int_remittances__patient_shares_returned') }}
    where {{ only_new_files() }}
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
    {{ money('coalesce(patient_shares.returned_patient_amount, 0)') }} as returned_patient_amount,
    {{ money('coalesce(adjustments.unknown_amount, 0)') }} as unknown_amount,
    claims.is_reversal,
    claims.is_original_found,
    claims.is_secondary,
    denials.is_bundled,
    denials.is_denied,
    coalesce(first_answers.is_first_remittance, false) as is_first_remittance,
    denials.denial_group_code,
    denials.denial_reason_code,
    denials.denial_class,
    denials.action_code,
    denials.remark_code,
    claims.arrival_key,
    claims.loaded_at
from lines
inner join claims on {{ agree('lines', 'claims', ['file_id', 'transaction_number', 'claim_number']) }}
inner join denials on lines.remittance_line_key = denials.remittance_line_key
left join adjustments on lines.remittance_line_key = adjustments.remittance_line_key
left join first_answers on lines.remittance_line_key = first_answers.remittance_line_key
left join patient_shares on lines.remittance_line_key = patient_shares.remittance_line_key
