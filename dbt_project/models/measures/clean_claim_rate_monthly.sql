-- One row per month and payer: claims that receivers took at the first try ÷ claims sent for the first time that any
-- receiver has answered. Null where nobody answered: a practice without acknowledgements has no clean claim rate.

with submitted as (
    select * from {{ ref('fct_submitted_claims') }}
    where submission_number = 1
)

select
    submitted_month,
    payer_id,
    cast(count(*) as bigint) as submitted_claim_count,
    cast(sum(case when acknowledgement_status = 'accepted' then 1 else 0 end) as bigint) as accepted_claim_count,
    cast(sum(case when acknowledgement_status = 'rejected' then 1 else 0 end) as bigint) as rejected_claim_count,
    {{ sum_money('charged_amount') }} as submitted_amount,
    {{ sum_money("case when acknowledgement_status = 'rejected' then charged_amount end") }} as rejected_amount,
    {{ ratio(
        "sum(case when acknowledgement_status = 'accepted' then 1 else 0 end)",
        "sum(case when acknowledgement_status <> 'unacknowledged' then 1 else 0 end)",
    ) }} as clean_claim_rate,
    max(loaded_at) as loaded_at
from submitted
group by submitted_month, payer_id
