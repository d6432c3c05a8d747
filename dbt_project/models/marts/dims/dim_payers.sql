-- One row per payer that a charge or a remittance names. The class comes from the name, because it must not change
-- when a later remittance says more: posted entries carry it.

with charged as (
    select
        payer_id,
        max(payer_name) as payer_name
    from {{ ref('int_billing__transactions_unioned') }}
    where payer_id is not null
    group by payer_id
),

remitted as (
    select
        payer_id,
        max(payer_name) as payer_name
    from {{ ref('int_remittances__payments') }}
    where payer_id is not null
    group by payer_id
),

payers as (
    select
        coalesce(charged.payer_id, remitted.payer_id) as payer_id,
        coalesce(charged.payer_name, remitted.payer_name) as payer_name
    from charged
    full outer join remitted on charged.payer_id = remitted.payer_id
),

patterns as (
    select * from {{ ref('payer_class_patterns') }}
),

matched as (
    select
        payers.payer_id,
        patterns.payer_class,
        row_number() over (partition by payers.payer_id order by patterns.priority) as match_number
    from payers
    inner join patterns on lower(payers.payer_name) like patterns.payer_pattern
)

select
    payers.payer_id,
    payers.payer_name,
    coalesce(matched.payer_class, 'commercial') as payer_class
from payers
left join matched on payers.payer_id = matched.payer_id and matched.match_number = 1
