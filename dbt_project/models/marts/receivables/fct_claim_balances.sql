{{ config(materialized='incremental', unique_key='claim_balance_key', incremental_strategy='delete+insert') }}
-- depends_on: {{ ref('int_billing__transactions_unioned') }}

-- One row per claim of a billing system whose export brings its whole ledger: charged = paid + adjusted + open, to the
-- cent. An open amount below zero is a credit balance: somebody paid more than was charged (rule R14).

with transactions as (
    select * from {{ ref('int_billing__transactions_counted') }}
    where source in {{ listed(var('ledger_sources')) }}
),

{% if is_incremental() %}
    touched as (
        select distinct
            arrived.source,
            arrived.profile,
            coalesce(arrived.claim_id, '') as claim_mark
        from {{ ref('int_billing__transactions_unioned') }} as arrived
        where arrived.loaded_at > (
                select coalesce(max(held.loaded_at), timestamp '1970-01-01 00:00:00+00') from {{ this }} as held
            )
    ),
{% endif %}

balances as (
    select
        transactions.source,
        transactions.profile,
        transactions.claim_id,
        min(transactions.service_date) as first_service_date,
        max(transactions.post_date) as last_post_date,
        count(*) as transaction_count,
        {{ sum_money("case when transactions.transaction_type = 'CHARGE' then transactions.counted_amount end") }} as charged_amount,
        {{ sum_money("case when transactions.transaction_type = 'PAYMENT' then -transactions.counted_amount end") }} as paid_amount,
        {{ sum_money("case when transactions.transaction_type = 'ADJUSTMENT' then -transactions.counted_amount end") }} as adjusted_amount,
        {{ sum_money("case when transactions.transaction_type like 'TRANSFER%' then transactions.counted_amount end") }}
            as transferred_amount,
        {{ sum_money('transactions.counted_amount') }} as open_amount,
        max(transactions.loaded_at) as loaded_at
    from transactions
    {% if is_incremental() %}
        inner join touched
            on transactions.source = touched.source
            and transactions.profile = touched.profile
            and coalesce(transactions.claim_id, '') = touched.claim_mark
    {% endif %}
    group by transactions.source, transactions.profile, transactions.claim_id
)

select
    {{ surrogate_key(['source', 'profile', 'claim_id']) }} as claim_balance_key,
    source,
    profile,
    claim_id,
    first_service_date,
    last_post_date,
    cast(transaction_count as bigint) as transaction_count,
    charged_amount,
    paid_amount,
    adjusted_amount,
    transferred_amount,
    open_amount,
    open_amount < 0 as is_credit_balance,
    case when open_amount < 0 then {{ money('-open_amount') }} else cast(0 as decimal(18, 2)) end as credit_balance_amount,
    loaded_at
from balances
