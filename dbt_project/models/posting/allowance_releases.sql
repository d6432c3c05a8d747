-- One row per answer or decision that takes the estimate of a charge (R02) out of the allowance, or puts it back: the first
-- answer that is no denial has served it, whatever the contract took off in the end; a reversal of that answer brings it
-- back; a denial that is written off takes it with it (R12). A voided charge has none.

with matches as (
    select
        remittance_line_key,
        charge_line_key
    from {{ ref('remittance_charge_matches') }}
    where charge_line_key is not null
),

voided as (
    select distinct
        source,
        profile,
        transaction_id
    from {{ ref('voided_transactions') }}
    where transaction_type = 'CHARGE'
),

charges as (
    select
        charges.charge_line_key,
        charges.claim_id,
        charges.source,
        charges.profile,
        charges.transaction_id,
        charges.allowance_amount,
        charges.payer_class,
        charges.payer_id,
        charges.rendering_provider_id
    from {{ ref('fct_charge_lines') }} as charges
    left join voided
        on charges.source = voided.source
        and charges.profile = voided.profile
        and charges.transaction_id = voided.transaction_id
    where charges.disposition = 'proposed' and charges.allowance_amount <> 0 and voided.transaction_id is null
),

denied as (
    select
        remittance_line_key,
        is_denied
    from {{ ref('fct_remittance_lines') }}
),

-- an answer serves the estimate, its reversal (the mirrored line of it) takes that back
answered as (
    select
        positions.file_id,
        positions.remittance_line_key,
        matches.charge_line_key,
        positions.event_id,
        positions.posting_date,
        positions.claim_id,
        positions.service_key,
        positions.payer_class,
        positions.payer_id,
        positions.rendering_provider_id,
        positions.known_date,
        case when positions.is_mirrored then -1 else 1 end as served_count,
        positions.answer_key as order_key
    from {{ ref('int_remittances__line_positions') }} as positions
    inner join matches on positions.remittance_line_key = matches.remittance_line_key
    inner join denied on positions.remittance_line_key = denied.remittance_line_key
    where
        not denied.is_denied
        and positions.money_place = 'claim'
        and (positions.is_mirrored or not positions.is_reversal)
),

-- the charge a write-off names, else every charge of its claim
written_off as (
    select
        adjustments.file_id,
        adjustments.account_adjustment_key as remittance_line_key,
        charges.charge_line_key,
        adjustments.event_id,
        adjustments.posting_date,
        charges.claim_id,
        charges.charge_line_key as service_key,
        charges.payer_class,
        charges.payer_id,
        adjustments.rendering_provider_id,
        adjustments.posting_date as known_date,
        1 as served_count,
        concat('9:', cast(adjustments.posting_date as varchar), ':', adjustments.account_adjustment_key) as order_key
    from {{ ref('fct_account_adjustments') }} as adjustments
    inner join charges
        on adjustments.claim_id = charges.claim_id
        and coalesce(adjustments.parent_charge_id, charges.transaction_id) = charges.transaction_id
    where adjustments.disposition = 'proposed' and adjustments.rule_id = 'R12'
),

events as (
    select * from answered
    union all
    select * from written_off
),

counted as (
    select
        events.*,
        charges.allowance_amount,
        sum(events.served_count) over (
            partition by events.charge_line_key order by events.order_key, events.remittance_line_key
            rows between unbounded preceding and current row
        ) as served_after_count
    from events
    inner join charges on events.charge_line_key = charges.charge_line_key
)

select
    file_id,
    remittance_line_key,
    charge_line_key,
    event_id,
    posting_date,
    claim_id,
    service_key,
    payer_class,
    payer_id,
    rendering_provider_id,
    known_date,
    cast(
        case when served_after_count > 0 then allowance_amount else 0 end
        - case when served_after_count - served_count > 0 then allowance_amount else 0 end as decimal(18, 2)
    ) as allowance_amount
from counted
where
    (served_after_count > 0 and served_after_count - served_count <= 0)
    or (served_after_count <= 0 and served_after_count - served_count > 0)
