-- One row per chain of provider-level adjustments that settle each other across remittances: what a payer announced,
-- what it took or brought back later, and what is still to come. The sum of all is what stands on unmatched takebacks,
-- without reversals.

with provider_adjustments as (
    select * from {{ ref('int_remittances__provider_adjustments_classified') }}
    where disposition = 'proposed' and chain_key is not null
),

bounds as (
    select max(payment_date) as last_payment_date
    from {{ ref('int_remittances__payments') }}
    where disposition = 'proposed'
),

chains as (
    select
        chain_key,
        chain_class,
        payer_id,
        max(payer_name) as payer_name,
        max(case when chain_class = 'overpayment' then reference_id end) as reference_id,
        min(payment_date) as opened_date,
        max(payment_date) as last_date,
        count(distinct event_id) as remittance_count,
        {{ sum_money('case when adjustment_amount < 0 then -adjustment_amount end') }} as announced_amount,
        {{ sum_money('case when adjustment_amount > 0 then adjustment_amount end') }} as settled_amount
    from provider_adjustments
    group by chain_key, chain_class, payer_id
)

select
    chains.chain_key,
    chains.payer_id,
    chains.payer_name,
    chains.chain_class,
    chains.reference_id,
    chains.opened_date,
    chains.last_date,
    cast(chains.remittance_count as bigint) as remittance_count,
    chains.announced_amount,
    chains.settled_amount,
    {{ money('chains.announced_amount - chains.settled_amount') }} as open_amount,
    case
        when chains.announced_amount <> chains.settled_amount
            then cast({{ days_between('chains.opened_date', 'bounds.last_payment_date') }} as bigint)
    end as days_open,
    case
        when chains.announced_amount = chains.settled_amount then 'settled'
        when chains.announced_amount > chains.settled_amount then 'open'
        else 'taken_without_notice'
    end as chain_status
from chains
cross join bounds
