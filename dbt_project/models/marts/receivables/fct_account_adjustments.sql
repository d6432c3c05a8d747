{{ config(materialized='incremental', unique_key='file_id', incremental_strategy='delete+insert') }}

-- One row per adjustment a person made in the billing system: a price concession (R11), a denial written off (R12), an
-- overpayment found (R17), a credit loss (R24), by its reason. Each is an event of its own, so that the ledger can hold
-- one above the limit. One whose reason is in no seed is held: payers' own reductions come with the remittance and are
-- never booked from here.

with adjustments as (
    select
        *,
        coalesce(post_date, service_date) as posting_date
    from {{ ref('int_billing__transactions_unioned') }}
    where
        transaction_type = 'ADJUSTMENT'
        and profile in {{ listed(var('desk_payment_profiles')) }}
        and {{ only_new_files() }}
),

reasons as (
    select
        adjustments.file_id,
        adjustments.line_number,
        patterns.rule_id,
        patterns.account_code,
        row_number() over (
            partition by adjustments.file_id, adjustments.line_number order by patterns.priority
        ) as match_number
    from adjustments
    inner join {{ ref('account_adjustment_reasons') }} as patterns
        on lower(adjustments.reason) like patterns.reason_pattern
        and patterns.bucket in (adjustments.bucket, '*')
),

arrivals as (
    select
        adjustments.file_id,
        adjustments.line_number,
        adjustments.source,
        adjustments.profile,
        adjustments.transaction_id,
        adjustments.loaded_at
    from adjustments
    inner join reasons
        on adjustments.file_id = reasons.file_id
        and adjustments.line_number = reasons.line_number
        and reasons.match_number = 1
    where adjustments.posting_date is not null

    {% if is_incremental() %}
        union all

        select
            file_id,
            line_number,
            source,
            profile,
            transaction_id,
            loaded_at
        from {{ this }}
        where disposition = 'proposed'
    {% endif %}
),

arrival_order as (
    select
        file_id,
        line_number,
        row_number() over (
            partition by source, profile, transaction_id order by loaded_at, file_id, line_number
        ) as arrival_number
    from arrivals
),

decided as (
    select
        adjustments.*,
        reasons.rule_id,
        reasons.account_code,
        receivables.account_code as receivable_account_code,
        case
            when reasons.rule_id is null then 'unknown_adjustment_reason'
            when adjustments.posting_date is null then 'missing_posting_date'
            when arrival_order.arrival_number > 1 then 'duplicate_transaction'
        end as hold_reason
    from adjustments
    left join {{ ref('accounts') }} as receivables
        on receivables.account_role
        = case when adjustments.bucket = 'patient' then 'receivable_patient' else 'receivable_insurance' end
    left join reasons
        on adjustments.file_id = reasons.file_id
        and adjustments.line_number = reasons.line_number
        and reasons.match_number = 1
    left join arrival_order
        on adjustments.file_id = arrival_order.file_id and adjustments.line_number = arrival_order.line_number
)

select
    {{ surrogate_key(['file_id', 'line_number']) }} as account_adjustment_key,
    file_id,
    line_number,
    source,
    profile,
    transaction_id,
    claim_id,
    concat(source, ':adjustment:', substring(file_id, 1, 16), ':', cast(line_number as varchar)) as event_id,
    case when hold_reason is null then 'proposed' else 'held' end as disposition,
    hold_reason,
    posting_date,
    rule_id,
    account_code,
    receivable_account_code,
    coalesce(payer_id, 'UNKNOWN') as payer_id,
    rendering_provider_id,
    location_id,
    {{ money('transaction_amount') }} as adjusted_amount,
    loaded_at
from decided
