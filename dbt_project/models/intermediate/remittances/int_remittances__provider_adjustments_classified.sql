-- One row per PLB pair with what it means, after a payer's own way of writing was mapped (payer_quirks). A reason that
-- is in no seed is unknown and goes to suspense. What belongs together across
-- remittances has one chain: a recovery (WO) and the refund it acknowledges (72) by the payer's reference, balances
-- carried forward (FB) by payer and payee.

with provider_adjustments as (
    select * from {{ ref('stg_era835__provider_adjustments') }}
),

payments as (
    select * from {{ ref('int_remittances__payments') }}
),

codes as (
    select * from {{ ref('provider_adjustment_codes') }}
),

quirks as (
    select * from {{ ref('payer_quirks') }}
    where quirk_element = 'provider_adjustment'
),

paid as (
    select
        provider_adjustments.*,
        payments.event_id,
        payments.disposition,
        payments.payment_date,
        payments.payer_id,
        payments.payer_name
    from provider_adjustments
    inner join payments
        on provider_adjustments.file_id = payments.file_id
        and provider_adjustments.transaction_number = payments.transaction_number
),

quirked as (
    select
        paid.file_id,
        paid.transaction_number,
        paid.pair_number,
        quirks.reason_code,
        row_number() over (
            partition by paid.file_id, paid.transaction_number, paid.pair_number order by quirks.priority
        ) as quirk_number
    from paid
    inner join quirks
        on (
            lower(coalesce(paid.payer_name, '')) like quirks.payer_pattern
            or lower(coalesce(paid.payer_id, '')) like quirks.payer_pattern
        )
        and paid.adjustment_reason_code = quirks.sent_reason_code
        and coalesce(paid.payment_date >= quirks.valid_from_date, true)
        and coalesce(paid.payment_date <= quirks.valid_to_date, true)
),

meant as (
    select
        paid.*,
        coalesce(quirked.reason_code, paid.adjustment_reason_code) as meant_reason_code,
        nullif(upper(trim(paid.reference_id)), '') as reference
    from paid
    left join quirked
        on paid.file_id = quirked.file_id
        and paid.transaction_number = quirked.transaction_number
        and paid.pair_number = quirked.pair_number
        and quirked.quirk_number = 1
)

select
    meant.file_id,
    meant.segment_number,
    meant.transaction_number,
    meant.pair_number,
    meant.event_id,
    meant.disposition,
    meant.payment_date,
    meant.payer_id,
    meant.payer_name,
    meant.provider_id,
    meant.meant_reason_code as adjustment_reason_code,
    meant.adjustment_reason_code as sent_reason_code,
    meant.reference as reference_id,
    meant.adjustment_amount,
    coalesce(codes.adjustment_class, 'unknown') as adjustment_class,
    coalesce(codes.account_code, suspense.account_code) as account_code,
    cast(nullif(codes.added_on, '') as date) as known_date,
    nullif(codes.chain_class, '') as chain_class,
    case codes.chain_class
        when 'overpayment'
            then {{ surrogate_key(["'overpayment'", 'meant.payer_id', 'meant.reference']) }}
        when 'forward_balance'
            then {{ surrogate_key(["'forward_balance'", 'meant.payer_id', 'meant.provider_id']) }}
    end as chain_key,
    concat_ws(
        ':', cast(meant.payment_date as varchar), meant.file_id, lpad(cast(meant.transaction_number as varchar), 9, '0'),
        lpad(cast(meant.pair_number as varchar), 9, '0')
    ) as adjustment_key,
    meant.loaded_at
from meant
left join {{ ref('accounts') }} as suspense on suspense.account_role = 'suspense'
left join codes
    on meant.meant_reason_code = codes.adjustment_reason_code
