-- One row per patient payment that a billing system tells of, in any layout, positive when money came in: a prepayment
-- (rule R03) when it came on or before the day of service, a refund (rule R14) when the billing system says so, else rule R10.

with payments as (
    select * from {{ ref('int_billing__account_transactions') }}
    where transaction_type = 'PAYMENT' and settled_bucket = 'patient'
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
        coalesce(methods.account_code, undeposited.account_code) as account_code
    from payments
    left join {{ ref('accounts') }} as undeposited on undeposited.account_role = 'undeposited_receipts'
    left join methods
        on payments.file_id = methods.file_id
        and payments.line_number = methods.line_number
        and methods.match_number = 1
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
        when copy_number > 1 then 'duplicate_transaction'
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
