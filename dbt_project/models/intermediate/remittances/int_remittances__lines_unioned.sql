-- One row per service line of a remitted claim, and one more (service_line_number 0) for what a payer decided at claim
-- level: its adjustments, and what the service lines leave of the claim's charge and payment. So the lines of a claim add
-- up to the claim, and the claims to the payment. Its keys say which lines are the same line at another remittance.

{% set claim = ['file_id', 'transaction_number', 'claim_number'] %}
{% set modifiers = ['modifier_1', 'modifier_2', 'modifier_3', 'modifier_4'] %}
{% set submitted_modifiers = ['submitted_modifier_1', 'submitted_modifier_2', 'submitted_modifier_3', 'submitted_modifier_4'] %}

with claims as (
    select * from {{ ref('int_remittances__claims_classified') }}
),

service_lines as (
    select * from {{ ref('stg_era835__service_lines') }}
),

claims_adjusted as (
    select distinct
        file_id,
        transaction_number,
        claim_number
    from {{ ref('int_remittances__adjustments_classified') }}
    where service_line_number = 0
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

lines as (
    select
        claims.file_id,
        service_lines.segment_number,
        claims.transaction_number,
        claims.claim_number,
        service_lines.service_line_number,
        claims.payer_key,
        claims.claim_id,
        service_lines.line_control_number,
        coalesce(service_lines.rendering_provider_id, claims.rendering_provider_id) as rendering_provider_id,
        service_lines.procedure_code,
        coalesce(service_lines.submitted_procedure_code, service_lines.procedure_code) as submitted_procedure_code,
        service_lines.modifier_1,
        -- what was billed: a payer that changes the code repeats ours with its own modifiers (SVC06)
        case
            when service_lines.submitted_procedure_code is null
                then concat_ws(':', {{ columns_of('service_lines', modifiers) }})
            else concat_ws(':', {{ columns_of('service_lines', submitted_modifiers) }})
        end as modifiers,
        coalesce(service_lines.service_date, claims.statement_from_date) as service_date,
        service_lines.charged_amount,
        service_lines.paid_amount,
        service_lines.allowed_amount
    from claims
    inner join service_lines on {{ agree('claims', 'service_lines', claim) }}

    union all

    select
        claims.file_id,
        claims.segment_number,
        claims.transaction_number,
        claims.claim_number,
        0 as service_line_number,
        claims.payer_key,
        claims.claim_id,
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
    left join line_totals on {{ agree('claims', 'line_totals', claim) }}
    left join claims_adjusted on {{ agree('claims', 'claims_adjusted', claim) }}
    where
        line_totals.claim_number is null
        or claims_adjusted.claim_number is not null
        or claims.charged_amount <> line_totals.charged_amount
        or claims.paid_amount <> line_totals.paid_amount
),

-- a line is the same line when the payer repeats our line control number, else by what was billed
named as (
    select
        *,
        coalesce(
            line_control_number, concat_ws(':', submitted_procedure_code, modifiers, cast(service_date as varchar))
        ) as line_name
    from lines
)

select
    {{ surrogate_key(['file_id', 'transaction_number', 'claim_number', 'service_line_number']) }} as remittance_line_key,
    {{ surrogate_key(['payer_key', 'claim_id', 'line_name']) }} as billed_line_key,
    -- the service, whichever payer answers
    {{ surrogate_key(['claim_id', 'line_name']) }} as service_key,
    file_id,
    segment_number,
    transaction_number,
    claim_number,
    service_line_number,
    line_control_number,
    rendering_provider_id,
    procedure_code,
    submitted_procedure_code,
    modifier_1,
    modifiers,
    service_date,
    charged_amount,
    paid_amount,
    allowed_amount
from named
