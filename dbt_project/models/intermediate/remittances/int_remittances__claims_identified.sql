-- One row per claim of a remittance, with the claim of ours it speaks of: the number as it is written, else the same number
-- without case and padding, else the claim for which the same payer control number and charge stand elsewhere.

with claims as (
    select
        *,
        {{ bare_number('claim_id') }} as claim_mark,
        {{ bare_number('payer_control_number') }} as control_mark,
        abs(charged_amount) as charged_size
    from {{ ref('stg_era835__claims') }}
),

billed as (
    select distinct claim_id
    from {{ ref('int_billing__transactions_unioned') }}
    where claim_id is not null
),

-- two of our claims that differ in padding alone are told apart by what is written
billed_marks as (
    select
        {{ bare_number('claim_id') }} as claim_mark,
        min(claim_id) as claim_id
    from billed
    group by {{ bare_number('claim_id') }}
    having count(*) = 1
),

written as (
    select
        claim_mark,
        min(claim_id) as claim_id
    from claims
    group by claim_mark
),

named as (
    select
        claims.*,
        coalesce(billed.claim_id, billed_marks.claim_id) as billed_claim_id,
        coalesce(written.claim_id, claims.claim_id) as written_claim_id
    from claims
    left join billed on claims.claim_id = billed.claim_id
    left join billed_marks on claims.claim_mark = billed_marks.claim_mark
    left join written on claims.claim_mark = written.claim_mark
),

controlled as (
    select
        control_mark,
        charged_size,
        case
            when count(distinct billed_claim_id) = 1 then min(billed_claim_id)
            when count(distinct billed_claim_id) = 0 then min(written_claim_id)
        end as claim_id
    from named
    where length(control_mark) >= 5 and charged_size > 0
    group by control_mark, charged_size
)

select
    named.file_id,
    named.transaction_number,
    named.claim_number,
    coalesce(named.billed_claim_id, controlled.claim_id, named.written_claim_id) as claim_id,
    named.control_mark
from named
left join controlled
    on named.control_mark = controlled.control_mark and named.charged_size = controlled.charged_size
