{{ config(materialized='incremental', unique_key='file_id', incremental_strategy='delete+insert') }}

-- One row per service line of a remitted claim, and one more (service_line_number 0) for what a payer decided at
-- claim level, so that the lines of a claim add up to the claim and the claims to the payment.

with claims as (
    select * from {{ ref('int_remittances__claims_classified') }}
    where {{ only_new_files() }}
),

service_lines as (
    select * from {{ ref('stg_era835__service_lines') }}
    where {{ only_new_files() }}
),

adjustments as (
    select * from {{ ref('int_remittances__adjustments_classified') }}
    where {{ only_new_files() }}
),

remarks as (
    select * from {{ ref('stg_era835__remarks') }}
    where {{ only_new_files() }}
),

line_totals as (
    select
        file_id,
        transaction_number,
        claim_number,
        sum(charged_amount) as charged_amount,
        sum(paid_amount) as paid_amount
    from service_lines
    group by file_id, transaction_number, claim_number
),

adjusted as (
    select
        file_id,
        transaction_number,
        claim_number,
        service_line_number,
        {{ sum_money("case when adjustment_class = 'contractual' then adjustment_amount end") }} as contractual_amount,
        {{ sum_money("case when adjustment_class = 'capitation' then adjustment_amount end") }} as capitation_amount,
        {{ sum_money("case when adjustment_class = 'sequestration' then adjustment_amount end") }} as sequestration_amount,
        {{ sum_money("case when adjustment_class = 'patient' then adjustment_amount end") }} as patient_amount,
        {{ sum_money("case when is_denial then adjustment_amount end") }} as denied_amount,
        {{ sum_money("case when adjustment_class in ('coordination', 'processing') and not is_denial then adjustment_amount end") }}
            as coordination_amount,
        {{ sum_money("case when reason_code = '23' then adjustment_amount end") }} as prior_payer_amount,
        {{ sum_money("case when adjustment_class = 'unknown' then adjustment_amount end") }} as unknown_amount,
        -- what a payer paid on this line for others (94), and what it zeroed because another line has it (97)
        {{ sum_money("case when reason_code = '94' and adjustment_amount < 0 then -adjustment_amount end") }} as bundled_in_amount,
        {{ sum_money("case when reason_code = '97' and adjustment_amount > 0 then adjustment_amount end") }} as bundled_out_amount
    from adjustments
    group by file_id, transaction_number, claim_number, service_line_number
),

-- the reason a biller works on: the largest denied amount of the line
denial_reasons as (
    select
        file_id,
        transaction_number,
        claim_number,
        service_line_number,
        group_code,
        reason_code,
        denial_class,
        action_code,
        row_number() over (
            partition by file_id, transaction_number, claim_number, service_line_number
            order by adjustment_amount desc, reason_code asc, group_code asc
        ) as reason_rank
    from adjustments
    where is_denial and adjustment_amount > 0
),

first_remarks as (
    select
        file_id,
        transaction_number,
        claim_number,
        service_line_number,
        min(remark_code) as remark_code
    from remarks
    where qualifier = 'HE'
    group by file_id, transaction_number, claim_number, service_line_number
),

lines as (
    select
        claims.file_id,
        service_lines.segment_number,
        claims.transaction_number,
        claims.claim_number,
        service_lines.service_line_number,
        service_lines.line_control_number,
        coalesce(service_lines.rendering_provider_id, claims.rendering_provider_id) as rendering_provider_id,
        service_lines.procedure_code,
        coalesce(service_lines.submitted_procedure_code, service_lines.procedure_code) as submitted_procedure_code,
        service_lines.modifier_1,
        -- what was billed: a payer that changes the code repeats ours with its own modifiers (SVC06)
        case
            when service_lines.submitted_procedure_code is null
                then concat_ws(
                        ':',
                        service_lines.modifier_1,
                        service_lines.modifier_2,
                        service_lines.modifier_3,
                        service_lines.modifier_4
                    )
            else concat_ws(
                    ':',
                    service_lines.submitted_modifier_1,
                    service_lines.submitted_modifier_2,
                    service_lines.submitted_modifier_3,
                    service_lines.submitted_modifier_4
                )
        end as modifiers,
        coalesce(service_lines.service_date, claims.statement_from_date) as service_date,
        service_lines.charged_amount,
        service_lines.paid_amount,
        service_lines.allowed_amount
    from claims
    inner join service_lines
        on claims.file_id = service_lines.file_id
        and claims.transaction_number = service_lines.transaction_number
        and claims.claim_number = service_lines.claim_number

    union all

    select
        claims.file_id,
        claims.segment_number,
        claims.transaction_number,
        claims.claim_number,
        0 as service_line_number,
        cast(null as varchar) as line_control_number,
        claims.rendering_provider_id,
        cast(null as varchar) as procedure_code,
        cast(null as varchar) as submitted_procedure_code,
        cast(null as varchar) as modifier_1,
        '' as modifiers,
        claims.statement_from_date as service_date,
        {{ money('claims.charged_amount - coalesce(line_totals.charged_amount, 0)') }} as charged_amount,
        {{ money('claims.paid_amount - coalesce(line_totals.paid_amount, 0)') }} as paid_amount,
        cast(null as decimal(18, 2)) as allowed_amount
    from claims
    left join line_totals
        on claims.file_id = line_totals.file_id
        and claims.transaction_number = line_totals.transaction_number
        and claims.claim_number = line_totals.claim_number
    left join adjusted as claim_level
        on claims.file_id = claim_level.file_id
        and claims.transaction_number = claim_level.transaction_number
        and claims.claim_number = claim_level.claim_number
        and claim_level.service_line_number = 0
    where
        line_totals.claim_number is null
        or claim_level.claim_number is not null
        or claims.charged_amount <> line_totals.charged_amount
        or claims.paid_amount <> line_totals.paid_amount
),

-- bundling: a payer pays several billed lines on one. The paying line says so by a negative 94, or by being paid
-- under the code the zeroed line was turned into (SVC01 beside SVC06)
bundles as (
    select
        lines.file_id,
        lines.transaction_number,
        lines.claim_number,
        lines.procedure_code,
        max(case when adjusted.bundled_in_amount > 0 then 1 else 0 end) as is_paying_for_others,
        max(case when lines.paid_amount > 0 then 1 else 0 end) as is_paid
    from lines
    left join adjusted
        on lines.file_id = adjusted.file_id
        and lines.transaction_number = adjusted.transaction_number
        and lines.claim_number = adjusted.claim_number
        and lines.service_line_number = adjusted.service_line_number
    where lines.service_line_number > 0
    group by lines.file_id, lines.transaction_number, lines.claim_number, lines.procedure_code
),

paying_claims as (
    select
        file_id,
        transaction_number,
        claim_number
    from bundles
    where is_paying_for_others = 1
    group by file_id, transaction_number, claim_number
),

bundled as (
    select
        lines.file_id,
        lines.transaction_number,
        lines.claim_number,
        lines.service_line_number
    from lines
    inner join adjusted
        on lines.file_id = adjusted.file_id
        and lines.transaction_number = adjusted.transaction_number
        and lines.claim_number = adjusted.claim_number
        and lines.service_line_number = adjusted.service_line_number
    left join paying_claims
        on lines.file_id = paying_claims.file_id
        and lines.transaction_number = paying_claims.transaction_number
        and lines.claim_number = paying_claims.claim_number
    left join bundles
        on lines.file_id = bundles.file_id
        and lines.transaction_number = bundles.transaction_number
        and lines.claim_number = bundles.claim_number
        and lines.procedure_code = bundles.procedure_code
        and lines.procedure_code <> lines.submitted_procedure_code
        and bundles.is_paid = 1
    where
        lines.paid_amount = 0
        and adjusted.bundled_out_amount > 0
        and (paying_claims.file_id is not null or bundles.file_id is not null)
),

described as (
    select
        {{ surrogate_key(['lines.file_id', 'lines.transaction_number', 'lines.claim_number', 'lines.service_line_number']) }}
            as remittance_line_key,
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
        lines.charged_amount,
        lines.paid_amount,
        lines.allowed_amount,
        coalesce(adjusted.contractual_amount, 0) as contractual_amount,
        coalesce(adjusted.capitation_amount, 0) as capitation_amount,
        coalesce(adjusted.sequestration_amount, 0) as sequestration_amount,
        coalesce(adjusted.patient_amount, 0) as patient_amount,
        coalesce(adjusted.denied_amount, 0) as denied_amount,
        coalesce(adjusted.coordination_amount, 0) as coordination_amount,
        coalesce(adjusted.prior_payer_amount, 0) as prior_payer_amount,
        coalesce(adjusted.unknown_amount, 0) as unknown_amount,
        claims.is_reversal,
        claims.is_original_found,
        claims.is_secondary,
        bundled.file_id is not null as is_bundled,
        -- a claim forwarded to another payer (19 20 21 23) and a predetermination (25) deny nothing
        not claims.is_reversal
        and coalesce(claims.claim_status_code, '') not in ('19', '20', '21', '23', '25')
        and lines.paid_amount = 0
        and bundled.file_id is null
        and denial_reasons.reason_code is not null as is_denied,
        denial_reasons.group_code as denial_group_code,
        denial_reasons.reason_code as denial_reason_code,
        denial_reasons.denial_class,
        denial_reasons.action_code,
        first_remarks.remark_code,
        concat_ws(':', lines.submitted_procedure_code, lines.modifiers, cast(lines.service_date as varchar)) as billed_as,
        claims.arrival_key,
        claims.loaded_at
    from lines
    inner join claims
        on lines.file_id = claims.file_id
        and lines.transaction_number = claims.transaction_number
        and lines.claim_number = claims.claim_number
    left join adjusted
        on lines.file_id = adjusted.file_id
        and lines.transaction_number = adjusted.transaction_number
        and lines.claim_number = adjusted.claim_number
        and lines.service_line_number = adjusted.service_line_number
    left join bundled
        on lines.file_id = bundled.file_id
        and lines.transaction_number = bundled.transaction_number
        and lines.claim_number = bundled.claim_number
        and lines.service_line_number = bundled.service_line_number
    left join denial_reasons
        on lines.file_id = denial_reasons.file_id
        and lines.transaction_number = denial_reasons.transaction_number
        and lines.claim_number = denial_reasons.claim_number
        and lines.service_line_number = denial_reasons.service_line_number
        and denial_reasons.reason_rank = 1
    left join first_remarks
        on lines.file_id = first_remarks.file_id
        and lines.transaction_number = first_remarks.transaction_number
        and lines.claim_number = first_remarks.claim_number
        and lines.service_line_number = first_remarks.service_line_number
),

-- a line is the same line when the payer repeats our line control number, else by what was billed
keyed as (
    select
        *,
        {{ surrogate_key(['payer_id', 'claim_id', 'coalesce(line_control_number, billed_as)']) }}
            as billed_line_key,
        -- the service, whichever payer answers
        {{ surrogate_key(['claim_id', 'coalesce(line_control_number, billed_as)']) }} as service_key
    from described
),

-- what each answer left to the patient, in landing order: of this run, and of earlier runs for the same services
shares as (
    select
        remittance_line_key,
        service_key,
        arrival_key,
        patient_amount,
        is_secondary
    from keyed
    where disposition = 'proposed' and (is_original_found or not is_reversal)

    {% if is_incremental() %}
        union all

        select
            remittance_line_key,
            service_key,
            arrival_key,
            patient_amount,
            is_secondary
        from {{ this }}
        where disposition = 'proposed' and (is_original_found or not is_reversal)
    {% endif %}
),

shares_before as (
    select
        remittance_line_key,
        service_key,
        arrival_key,
        is_secondary,
        coalesce(
            sum(patient_amount) over (
                partition by service_key order by arrival_key, remittance_line_key
                rows between unbounded preceding and 1 preceding
            ), 0
        ) as patient_amount_before
    from shares
),

-- a secondary answers for the share the primary left to the patient: it comes back whole, and what the secondary in
-- turn leaves moves anew. Each share comes back once
returned_shares as (
    select
        remittance_line_key,
        patient_amount_before - coalesce(
            lag(patient_amount_before) over (partition by service_key order by arrival_key, remittance_line_key), 0
        ) as returned_patient_amount
    from shares_before
    where is_secondary
),

arrivals as (
    select
        remittance_line_key,
        billed_line_key,
        arrival_key
    from keyed
    where not is_reversal and disposition = 'proposed'

    {% if is_incremental() %}
        union all

        select
            remittance_line_key,
            billed_line_key,
            arrival_key
        from {{ this }}
        where is_first_remittance
    {% endif %}
),

arrival_order as (
    select
        remittance_line_key,
        rank() over (partition by billed_line_key order by arrival_key) as arrival_number
    from arrivals
)

select
    keyed.remittance_line_key,
    keyed.billed_line_key,
    keyed.service_key,
    keyed.file_id,
    keyed.segment_number,
    keyed.transaction_number,
    keyed.claim_number,
    keyed.service_line_number,
    keyed.payment_key,
    keyed.event_id,
    keyed.disposition,
    keyed.posting_date,
    keyed.payer_id,
    keyed.payer_class,
    keyed.claim_id,
    keyed.payer_control_number,
    keyed.line_control_number,
    keyed.claim_status_code,
    keyed.rendering_provider_id,
    keyed.place_of_service_code,
    keyed.procedure_code,
    keyed.submitted_procedure_code,
    keyed.modifier_1,
    keyed.modifiers,
    keyed.service_date,
    {{ money('keyed.charged_amount') }} as charged_amount,
    {{ money('keyed.paid_amount') }} as paid_amount,
    {{ money('keyed.allowed_amount') }} as allowed_amount,
    {{ money('keyed.contractual_amount') }} as contractual_amount,
    {{ money('keyed.capitation_amount') }} as capitation_amount,
    {{ money('keyed.sequestration_amount') }} as sequestration_amount,
    {{ money('keyed.patient_amount') }} as patient_amount,
    {{ money('keyed.denied_amount') }} as denied_amount,
    {{ money('keyed.coordination_amount') }} as coordination_amount,
    {{ money('keyed.prior_payer_amount') }} as prior_payer_amount,
    {{ money('coalesce(returned_shares.returned_patient_amount, 0)') }} as returned_patient_amount,
    {{ money('keyed.unknown_amount') }} as unknown_amount,
    keyed.is_reversal,
    keyed.is_original_found,
    keyed.is_secondary,
    keyed.is_bundled,
    keyed.is_denied,
    coalesce(arrival_order.arrival_number = 1, false) as is_first_remittance,
    keyed.denial_group_code,
    keyed.denial_reason_code,
    keyed.denial_class,
    keyed.action_code,
    keyed.remark_code,
    keyed.arrival_key,
    keyed.loaded_at
from keyed
left join arrival_order on keyed.remittance_line_key = arrival_order.remittance_line_key
left join returned_shares on keyed.remittance_line_key = returned_shares.remittance_line_key
