-- One row per kind and code of a reason that was in no seed when files brought it: what it left in suspense, and how
-- much of that is released because the seed has it now. What stands keeps a period from closing.

select
    adjustment_kind,
    group_code,
    reason_code,
    count(*) as item_count,
    min(posting_date) as first_posting_date,
    {{ money('sum(suspended_amount)') }} as suspended_amount,
    {{ sum_money('case when release_event_id is not null then suspended_amount end') }} as released_amount,
    {{ sum_money('case when release_event_id is null then suspended_amount end') }} as standing_amount
from {{ ref('suspense_items') }}
group by adjustment_kind, group_code, reason_code
