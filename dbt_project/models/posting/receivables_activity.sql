-- One row per file, claim, posting date, payer, provider, bucket and entity: every dollar that moved receivables, as it was
-- proposed. Sums of it are the A/R subledger on any day, equal to the control accounts by construction. What belongs to a
-- closed period moves them on the day it is booked.

with moved as (
    select
        *,
        case when account_role = 'receivable_patient' then 'patient' else 'insurance' end as bucket
    from {{ ref('proposed_movements') }}
    where book = 'accrual' and account_role in ('receivable_insurance', 'receivable_patient')
)

select
    file_id,
    claim_id,
    entry_date as posting_date,
    case when bucket = 'patient' then 'PATIENT' else coalesce(payer_id, 'UNKNOWN') end as payer_id,
    bucket,
    provider_id,
    entity_id,
    {{ sum_money("case when part = 'charge' then signed_amount end") }} as charged_amount,
    {{ sum_money("case when part = 'contractual' then -signed_amount end") }} as contractual_amount,
    {{ sum_money("case when part = 'payment' then -signed_amount end") }} as paid_amount,
    {{ sum_money("case when part = 'transfer' then signed_amount end") }} as transferred_amount,
    {{ sum_money("case when part = 'suspense' then -signed_amount end") }} as suspended_amount,
    {{ sum_money("case when coalesce(part, 'adjustment') = 'adjustment' then signed_amount end") }} as adjusted_amount,
    {{ money('sum(signed_amount)') }} as receivable_change_amount
from moved
group by
    file_id, claim_id, entry_date, case when bucket = 'patient' then 'PATIENT' else coalesce(payer_id, 'UNKNOWN') end,
    bucket, provider_id, entity_id
