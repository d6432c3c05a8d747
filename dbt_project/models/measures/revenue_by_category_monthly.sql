-- One row per posting month, revenue category and component: what was charged.

with charge_lines as (
    select * from {{ ref('fct_charge_lines') }}
    where disposition = 'proposed'
)

select
    posting_month,
    category_code,
    category_name,
    component,
    cast(count(*) as bigint) as line_count,
    {{ money('sum(charged_amount)') }} as charged_amount,
    {{ money('sum(professional_amount)') }} as professional_amount,
    cast(sum(charged_units) as decimal(18, 4)) as charged_units,
    max(loaded_at) as loaded_at
from charge_lines
group by posting_month, category_code, category_name, component
