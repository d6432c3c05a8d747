-- One row per rendering provider that a charge, a remittance or a pay line names.

with charged as (
    select
        rendering_provider_id as provider_id,
        min(posting_date) as first_seen_date,
        max(posting_date) as last_seen_date
    from {{ ref('fct_charge_lines') }}
    where rendering_provider_id is not null
    group by rendering_provider_id
),

remitted as (
    select
        rendering_provider_id as provider_id,
        min(posting_date) as first_seen_date,
        max(posting_date) as last_seen_date
    from {{ ref('fct_remittance_lines') }}
    where rendering_provider_id is not null
    group by rendering_provider_id
),

seen as (
    select * from charged
    union all
    select * from remitted
)

select
    provider_id,
    min(first_seen_date) as first_seen_date,
    max(last_seen_date) as last_seen_date
from seen
group by provider_id
