-- One row per service line that a payer denied at its first remittance, or after it took its payment back, with what
-- happened next: a later remittance for the same line decides an appeal. Only what was known on the day of the denial,
-- apart from the outcome columns.

with remittance_lines as (
    select * from {{ ref('fct_remittance_lines') }}
    where disposition = 'proposed'
),

denied as (
    select * from remittance_lines
    -- a denial after a payment that was taken back is a new one
    where is_denied and (is_first_remittance or is_after_takeback)
),

decisions as (
    select
        denied.remittance_line_key,
        later.posting_date as appeal_decided_date,
        later.paid_amount > 0 as was_overturned,
        later.paid_amount as recovered_amount,
        row_number() over (
            partition by denied.remittance_line_key order by later.answer_key, later.remittance_line_key
        ) as decision_number
    from denied
    inner join remittance_lines as later on denied.billed_line_key = later.billed_line_key
    where not later.is_reversal and later.answer_key > denied.answer_key
),

-- the charge the line answers, however it was found
charges as (
    select
        matches.remittance_line_key,
        matches.match_method,
        charge_lines.category_code,
        charge_lines.diagnosis_codes,
        charge_lines.place_of_service_code
    from {{ ref('remittance_charge_matches') }} as matches
    inner join {{ ref('fct_charge_lines') }} as charge_lines
        on matches.charge_line_key = charge_lines.charge_line_key
),

-- what the payer had allowed for the code, and for anything, by the day before the denial: never what came after
allowed_daily as (
    select
        payer_id,
        procedure_code,
        posting_date,
        sum(paid_amount + patient_amount) as allowed_amount,
        sum(charged_amount) as charged_amount
    from remittance_lines
    where not is_reversal and paid_amount > 0
    group by payer_id, procedure_code, posting_date
),

asked as (
    select distinct
        payer_id,
        procedure_code,
        posting_date as denied_date
    from denied
),

code_rates as (
    select
        asked.payer_id,
        asked.procedure_code,
        asked.denied_date,
        {{ ratio('sum(allowed_daily.allowed_amount)', 'sum(allowed_daily.charged_amount)') }} as allowed_rate
    from asked
    inner join allowed_daily
        on asked.payer_id = allowed_daily.payer_id
        and asked.procedure_code = allowed_daily.procedure_code
        and asked.denied_date > allowed_daily.posting_date
    group by asked.payer_id, asked.procedure_code, asked.denied_date
),

payer_days as (
    select
        payer_id,
        posting_date,
        sum(allowed_amount) as allowed_amount,
        sum(charged_amount) as charged_amount
    from allowed_daily
    group by payer_id, posting_date
),

payer_rates as (
    select
        asked.payer_id,
        asked.denied_date,
        {{ ratio('sum(payer_days.allowed_amount)', 'sum(payer_days.charged_amount)') }} as allowed_rate
    from (
        select distinct
            payer_id,
            denied_date
        from asked
    ) as asked
    inner join payer_days
        on asked.payer_id = payer_days.payer_id and asked.denied_date > payer_days.posting_date
    group by asked.payer_id, asked.denied_date
)

select
    denied.remittance_line_key as denial_id,
    denied.file_id,
    denied.segment_number,
    denied.claim_id,
    denied.line_control_number,
    denied.posting_date as denied_date,
    denied.service_date,
    denied.payer_id,
    denied.payer_class,
    denied.rendering_provider_id,
    coalesce(charges.category_code, 'unknown') as procedure_category,
    denied.procedure_code,
    denied.modifier_1,
    substring(charges.diagnosis_codes, 1, 1) as diagnosis_chapter,
    denied.denial_group_code as group_code,
    denied.denial_reason_code as reason_code,
    denied.denial_class,
    denied.action_code,
    denied.remark_code,
    coalesce(charges.match_method, 'none') as charge_match_method,
    coalesce(denied.place_of_service_code, charges.place_of_service_code) as place_of_service_code,
    denied.charged_amount,
    -- what group PR denies is the patient's
    case when denied.denial_group_code = 'PR' then denied.patient_amount else denied.denied_amount end as denied_amount,
    cast(round(denied.charged_amount * coalesce(code_rates.allowed_rate, payer_rates.allowed_rate, 0.5), 2) as decimal(18, 2))
        as expected_allowed_amount,
    cast({{ days_between('denied.service_date', 'denied.posting_date') }} as bigint) as days_since_service,
    decisions.remittance_line_key is not null as was_appealed,
    decisions.appeal_decided_date,
    decisions.was_overturned,
    {{ money('coalesce(decisions.recovered_amount, 0)') }} as recovered_amount
from denied
left join decisions
    on denied.remittance_line_key = decisions.remittance_line_key and decisions.decision_number = 1
left join charges on denied.remittance_line_key = charges.remittance_line_key
left join code_rates
    on denied.payer_id = code_rates.payer_id
    and denied.procedure_code = code_rates.procedure_code
    and denied.posting_date = code_rates.denied_date
left join payer_rates on denied.payer_id = payer_rates.payer_id and denied.posting_date = payer_rates.denied_date
