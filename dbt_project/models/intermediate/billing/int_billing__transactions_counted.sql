{{ config(materialized='view') }}

-- One row per ledger transaction that counts: of several copies of one id the first that arrived, with the void date
-- that any copy brings. A voided transaction counts until its void date; afterwards its amount is zero. A credit that
-- takes back a charge which a void date takes back already would take it back twice, so it counts nothing.

with transactions as (
    select * from {{ ref('int_billing__transactions_unioned') }}
),

arrived as (
    select
        *,
        row_number() over (
            partition by source, profile, transaction_id order by loaded_at, file_id, line_number
        ) as arrival_number,
        min(void_date) over (partition by source, profile, transaction_id) as known_void_date
    from transactions
),

voided as (
    select distinct
        source,
        profile,
        transaction_id
    from arrived
    where known_void_date is not null
)

select
    arrived.source,
    arrived.file_id,
    arrived.line_number,
    arrived.profile,
    arrived.transaction_id,
    arrived.parent_charge_id,
    arrived.reversed_transaction_id,
    arrived.claim_id,
    arrived.transaction_type,
    arrived.bucket,
    arrived.transaction_amount,
    case
        when arrived.known_void_date is not null or voided.transaction_id is not null then cast(0 as decimal(18, 2))
        else arrived.transaction_amount
    end as counted_amount,
    arrived.rendering_provider_id,
    arrived.payer_id,
    arrived.service_date,
    arrived.post_date,
    arrived.known_void_date as void_date,
    arrived.loaded_at
from arrived
left join voided
    on arrived.source = voided.source
    and arrived.profile = voided.profile
    and arrived.reversed_transaction_id = voided.transaction_id
where arrived.arrival_number = 1
