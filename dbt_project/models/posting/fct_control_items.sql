-- One row per file, event and hold reason: the control amount a source carried in, and where it goes. Together with
-- what was quarantined it is every dollar that came in.

with payments as (
    select
        'era835' as source,
        file_id,
        case when disposition = 'proposed' then event_id end as event_id,
        hold_reason,
        paid_amount as control_amount
    from {{ ref('int_remittances__payments') }}
),

charges as (
    select
        source,
        file_id,
        case when disposition = 'proposed' then event_id end as event_id,
        hold_reason,
        -- what the practice's own fee prices did not come in with the file
        coalesce(stated_amount, 0) as control_amount
    from {{ ref('fct_charge_lines') }}
),

deposits as (
    select
        'bank' as source,
        file_id,
        case when disposition = 'proposed' then event_id end as event_id,
        hold_reason,
        deposit_amount as control_amount
    from {{ ref('fct_deposits') }}
),

pay_lines as (
    select
        'payroll' as source,
        file_id,
        case when hold_reason is null then event_id end as event_id,
        hold_reason,
        payroll_cost_amount as control_amount
    from {{ ref('int_ledger__pay_lines') }}
),

bills as (
    select
        'documents' as source,
        file_id,
        case when hold_reason is null then event_id end as event_id,
        hold_reason,
        total_amount as control_amount
    from {{ ref('int_ledger__bills') }}
),

supply_lines as (
    select
        'supplies' as source,
        file_id,
        case when hold_reason is null then event_id end as event_id,
        hold_reason,
        -- an order and a receipt have no dollars of their own: what came in is what was billed
        coalesce(billed_amount, 0) as control_amount
    from {{ ref('int_ledger__supply_lines') }}
),

items as (
    select * from payments
    union all
    select * from charges
    union all
    select * from deposits
    union all
    select * from pay_lines
    union all
    select * from bills
    union all
    select * from supply_lines
)

select
    source,
    file_id,
    event_id,
    hold_reason,
    cast(count(*) as bigint) as item_count,
    {{ sum_money('control_amount') }} as control_amount
from items
group by source, file_id, event_id, hold_reason
