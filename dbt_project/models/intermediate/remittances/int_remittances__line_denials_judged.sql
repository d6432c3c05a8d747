-- One row per remittance line: whether the payer denied it, the reason a biller works on, and its first remark. A line is
-- denied when it pays nothing, an adjustment with a denying reason takes something off it, and the payer does not pay for
-- it on another line of the claim (bundling).

{% set claim = ['file_id', 'transaction_number', 'claim_number'] %}

with claims as (
    select * from {{ ref('int_remittances__claims_classified') }}
),

adjustments as (
    select * from {{ ref('int_remittances__line_adjustments_summed') }}
),

lines as (
    select
        remittance_lines.*,
        adjustments.bundled_in_amount,
        adjustments.bundled_out_amount
    from {{ ref('int_remittances__lines_unioned') }} as remittance_lines
    left join adjustments on remittance_lines.remittance_line_key = adjustments.remittance_line_key
),

-- the paying line of a bundle says so by a negative 94, or by being paid under the code the zeroed line was turned into
-- (SVC01 beside SVC06)
paying_claims as (
    select distinct
        file_id,
        transaction_number,
        claim_number
    from lines
    where service_line_number > 0 and bundled_in_amount > 0
),

paid_codes as (
    select distinct
        file_id,
        transaction_number,
        claim_number,
        procedure_code
    from lines
    where service_line_number > 0 and paid_amount > 0
),

bundled as (
    select lines.remittance_line_key
    from lines
    left join paying_claims on {{ agree('lines', 'paying_claims', claim) }}
    left join paid_codes
        on {{ agree('lines', 'paid_codes', claim) }}
        and lines.procedure_code = paid_codes.procedure_code
        and lines.procedure_code <> lines.submitted_procedure_code
    where
        lines.paid_amount = 0
        and lines.bundled_out_amount > 0
        and (paying_claims.file_id is not null or paid_codes.file_id is not null)
),

-- the largest denied amount of the line
reasons as (
    select
        *,
        row_number() over (
            partition by file_id, transaction_number, claim_number, service_line_number
            order by adjustment_amount desc, reason_code asc, group_code asc
        ) as reason_rank
    from {{ ref('int_remittances__adjustments_classified') }}
    where is_denial and adjustment_amount > 0
),

first_remarks as (
    select
        file_id,
        transaction_number,
        claim_number,
        service_line_number,
        min(remark_code) as remark_code
    from {{ ref('stg_era835__remarks') }}
    where qualifier = 'HE'
    group by file_id, transaction_number, claim_number, service_line_number
)

select
    lines.remittance_line_key,
    lines.file_id,
    bundled.remittance_line_key is not null as is_bundled,
    -- a claim forwarded to another payer (19 20 21 23) and a predetermination (25) deny nothing
    not claims.is_reversal
    and coalesce(claims.claim_status_code, '') not in ('19', '20', '21', '23', '25')
    and lines.paid_amount = 0
    and bundled.remittance_line_key is null
    and reasons.file_id is not null as is_denied,
    reasons.group_code as denial_group_code,
    reasons.reason_code as denial_reason_code,
    reasons.denial_class,
    reasons.action_code,
    first_remarks.remark_code
from lines
inner join claims on {{ agree('lines', 'claims', claim) }}
left join bundled on lines.remittance_line_key = bundled.remittance_line_key
left join reasons on {{ agree('lines', 'reasons', claim + ['service_line_number']) }} and reasons.reason_rank = 1
left join first_remarks on {{ agree('lines', 'first_remarks', claim + ['service_line_number']) }}
