{{ config(materialized='view') }}

-- One row per DrChrono line item and day on which it was exported: what stood open then, as A/R of any past day. A line
-- item only says what is open now, so every export is kept; the last one of a day counts.

with balances as (
    select
        *,
        cast(loaded_at as date) as as_of_date,
        row_number() over (
            partition by line_item_id, cast(loaded_at as date) order by loaded_at desc, file_id desc, line_number desc
        ) as recency
    from {{ ref('stg_billing_api__line_item_balances') }}
),

statuses as (
    select * from {{ ref('drchrono_billing_statuses') }}
)

select
    balances.line_item_id,
    balances.as_of_date,
    balances.claim_id,
    balances.billing_status,
    coalesce(statuses.status_class, case when balances.billing_status is null then 'not_sent' else 'unknown' end) as status_class,
    coalesce(statuses.is_closed, false) as is_closed,
    balances.is_denied,
    balances.billed_amount,
    balances.insurance_balance_amount,
    balances.patient_balance_amount,
    {{ money('coalesce(balances.insurance_balance_amount, 0) + coalesce(balances.patient_balance_amount, 0)') }} as open_amount,
    balances.loaded_at
from balances
left join statuses on balances.billing_status = statuses.billing_status
where balances.recency = 1
