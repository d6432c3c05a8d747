{{ config(materialized='incremental', unique_key='file_id', incremental_strategy='delete+insert') }}

-- One row per patient payment taken at the desk or by card, positive when money came in: a prepayment (rule R03) when it
-- came on or before the day of service, a refund (rule R14) when the billing system says so, else rule R10.

with payments as (
    select * from {{ ref('int_billing__transactions_unioned') }}
    where
        transaction_type = 'PAYMENT'
        and bucket = 'patient'
        and profile in {{ listed(var('desk_payment_profiles')) }}
        and {{ only_new_files() }}
),

arrivals as (
    select
        file_id,
        line_number,
        source,
        profile,
        transaction_id,
        loaded_at
    from payments
    where coalesce(post_date, service_date) is not null

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
        where hold_reason is null
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

methods as (
    select
        payments.file_id,
        payments.line_number,
        patterns.account_code,
        row_number() over (partition by payments.file_id, payments.line_number order by patterns.priority) as match_number
    from payments
    inner join {{ ref('payment_method_patterns') }} as patterns
        on lower(payments.reason) like patterns.method_pattern
),

dated as (
    select
        payments.*,
        coalesce(payments.post_date, payments.service_date) as posting_date,
        arrival_order.arrival_number,
        coalesce(methods.account_code, undeposited.account_code) as account_code
    from payments
    left join {{ ref('accounts') }} as undeposited on undeposited.account_role = 'undeposited_receipts'
    left join methods
        on payments.file_id = methods.file_id
        and payments.line_number = methods.line_number
        and methods.match_number = 1
    left join arrival_order
        on payments.file_id = arrival_order.file_id and payments.line_number = arrival_order.line_number
)

select
    file_id,
    line_number,
    source,
    profile,
    transaction_id,
    parent_charge_id,
    claim_id,
    concat(source, ':payments:', substring(file_id, 1, 16), ':', cast(posting_date as varchar)) as event_id,
    case
        when arrival_number > 1 then 'duplicate_transaction'
        when posting_date is null then 'missing_posting_date'
    end as hold_reason,
    posting_date,
    rendering_provider_id,
    location_id,
    {{ money('-transaction_amount') }} as paid_amount,
    account_code,
    coalesce(transaction_amount < 0 and posting_date <= service_date, false) as is_prepayment,
    coalesce(transaction_amount > 0 and lower(reason) like '%refund%', false) as is_refund,
    loaded_at
from dated
