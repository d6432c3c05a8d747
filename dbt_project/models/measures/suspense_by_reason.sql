-- One row per kind and code of a reason that is in no seed: what it leaves in suspense. What stands keeps a period from
-- closing; a reason that is mapped leaves with the next run.

with items as (
    select
        'CAS' as adjustment_kind,
        adjustments.group_code,
        adjustments.reason_code,
        lines.posting_date,
        adjustments.adjustment_amount
    from {{ ref('int_remittances__adjustments_classified') }} as adjustments
    inner join {{ ref('fct_remittance_lines') }} as lines
        on adjustments.file_id = lines.file_id
        and adjustments.transaction_number = lines.transaction_number
        and adjustments.claim_number = lines.claim_number
        and adjustments.service_line_number = lines.service_line_number
    where adjustments.adjustment_class = 'unknown' and lines.disposition = 'proposed'

    union all

    select
        'PLB' as adjustment_kind,
        cast(null as varchar) as group_code,
        adjustment_reason_code as reason_code,
        payment_date as posting_date,
        adjustment_amount
    from {{ ref('int_remittances__provider_adjustments_classified') }}
    where adjustment_class = 'unknown' and disposition = 'proposed'
)

select
    adjustment_kind,
    group_code,
    reason_code,
    count(*) as item_count,
    min(posting_date) as first_posting_date,
    {{ money('sum(adjustment_amount)') }} as suspended_amount
from items
group by adjustment_kind, group_code, reason_code
