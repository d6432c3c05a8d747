-- One row per entity, role, place and pay period: what was worked from its first to its last day and what it cost. What a
-- month's end must accrue for days no register covers yet (R21) is taken from the newest of each role and place. A bonus is
-- no pay of these days, and a line that pays nothing else covers none.

with pay_lines as (
    select
        role_code,
        location_id,
        period_start_date,
        period_end_date,
        regular_gross_amount as gross_amount,
        regular_employer_tax_amount as employer_tax_amount,
        {{ no_text() }} as provider_id,
        {{ no_text() }} as entity_member
    from {{ ref('int_ledger__pay_lines') }}
    where
        hold_reason is null and period_start_date <= period_end_date
        and (regular_gross_amount <> 0 or gross_amount = 0)
)

select
    {{ entity_of('pay_lines') }} as entity_id,
    coalesce(pay_lines.role_code, '') as role_code,
    coalesce(pay_lines.location_id, '') as location_id,
    pay_lines.period_start_date,
    pay_lines.period_end_date,
    {{ money('sum(pay_lines.gross_amount)') }} as gross_amount,
    {{ money('sum(pay_lines.employer_tax_amount)') }} as employer_tax_amount
from pay_lines
{{ join_entities('pay_lines', ref('entity_members')) }}
group by
    {{ entity_of('pay_lines') }}, coalesce(pay_lines.role_code, ''), coalesce(pay_lines.location_id, ''),
    pay_lines.period_start_date, pay_lines.period_end_date
