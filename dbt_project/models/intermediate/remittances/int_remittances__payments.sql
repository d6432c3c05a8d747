{{ config(materialized='incremental', unique_key='payment_key', incremental_strategy='delete+insert') }}

-- One row per 835 transaction, with its disposition. Landing order decides: what arrived first keeps the money, so
-- that a later arrival never changes what an earlier one was.

with transactions as (
    select * from {{ ref('stg_era835__transactions') }}
    where {{ only_new_files() }}
),

identified as (
    select
        *,
        {{ surrogate_key(['file_id', 'transaction_number']) }} as payment_key,
        concat_ws(':', payer_id, trace_number, originating_company_id) as payment_identity
    from transactions
),

candidates as (
    select
        payment_key,
        payment_identity,
        content_key,
        loaded_at,
        file_id,
        transaction_number
    from identified
    where is_postable and test_hold_reason is null

    {% if is_incremental() %}
        union all

        select
            payment_key,
            payment_identity,
            content_key,
            loaded_at,
            file_id,
            transaction_number
        from {{ this }}
        where disposition = 'proposed'
    {% endif %}
),

ranked as (
    select
        payment_key,
        content_key,
        row_number() over (
            partition by payment_identity order by loaded_at, file_id, transaction_number
        ) as arrival_number,
        first_value(content_key) over (
            partition by payment_identity order by loaded_at, file_id, transaction_number
        ) as first_content_key
    from candidates
),

decided as (
    select
        identified.*,
        case
            when identified.test_hold_reason is not null then identified.test_hold_reason
            when not coalesce(identified.is_postable, false) then coalesce(identified.hold_reason_code, 'not_postable')
            when ranked.arrival_number = 1 then null
            when ranked.content_key = ranked.first_content_key then 'duplicate_payment'
            else 'payment_identity_conflict'
        end as hold_reason
    from identified
    left join ranked on identified.payment_key = ranked.payment_key
)

select
    payment_key,
    payment_identity,
    content_key,
    file_id,
    segment_number,
    transaction_number,
    concat('era835:', payment_identity) as event_id,
    case when hold_reason is null then 'proposed' else 'held' end as disposition,
    hold_reason,
    paid_amount,
    payment_date,
    payment_method_code,
    trace_number,
    payer_id,
    payer_name,
    payee_npi,
    claim_count,
    claim_paid_amount,
    provider_adjustment_amount,
    loaded_at
from decided
