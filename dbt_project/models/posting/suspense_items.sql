-- One row per booked adjustment whose reason was in no seed when its file landed, of a claim (CAS) or of a provider (PLB):
-- what it left in suspense, and where it goes once the reason is known. Made anew by each run, because a seed changes
-- without a file; the event of a release is made from its payment and code, so that it is booked once.

with adjustments as (
    select * from {{ ref('int_remittances__adjustments_classified') }}
    where adjustment_class = 'unknown'
),

provider_adjustments as (
    select * from {{ ref('int_remittances__provider_adjustments_classified') }}
    where adjustment_class = 'unknown' and disposition = 'proposed'
),

lines as (
    select * from {{ ref('fct_remittance_lines') }}
    where disposition = 'proposed' and (is_original_found or not is_reversal)
),

payments as (
    select
        file_id,
        transaction_number,
        payee_npi
    from {{ ref('int_remittances__payments') }}
),

codes as (
    select * from {{ ref('adjustment_codes') }}
),

provider_codes as (
    select * from {{ ref('provider_adjustment_codes') }}
),

claim_items as (
    select
        lines.file_id,
        'CAS' as adjustment_kind,
        adjustments.group_code,
        adjustments.reason_code,
        lines.event_id,
        lines.posting_date,
        lines.claim_id,
        lines.payer_id,
        lines.payer_class,
        lines.rendering_provider_id as provider_id,
        cast(null as varchar) as payee_npi,
        adjustments.adjustment_amount as suspended_amount,
        case
            when coalesce(exact_codes.adjustment_class, any_codes.adjustment_class) is null then null
            when coalesce(exact_codes.adjustment_class, any_codes.adjustment_class) = 'contractual' then 'contractual_adjustments'
            when coalesce(exact_codes.adjustment_class, any_codes.adjustment_class) = 'capitation' then 'capitation_adjustments'
            when coalesce(exact_codes.adjustment_class, any_codes.adjustment_class) = 'sequestration' then 'sequestration'
            when coalesce(exact_codes.adjustment_class, any_codes.adjustment_class) = 'patient' then 'receivable_patient'
            -- a denial and what coordinates payers take nothing off: it is receivable again
            else 'receivable_insurance'
        end as released_account_role,
        {{ no_text() }} as released_account_code,
        case
            when exact_codes.reason_code is not null then {{ added_on('exact_codes') }}
            else {{ added_on('any_codes') }}
        end as added_on,
        lines.loaded_at
    from adjustments
    inner join lines
        on adjustments.file_id = lines.file_id
        and adjustments.transaction_number = lines.transaction_number
        and adjustments.claim_number = lines.claim_number
        and adjustments.service_line_number = lines.service_line_number
    left join codes as exact_codes
        on adjustments.group_code = exact_codes.group_code and adjustments.reason_code = exact_codes.reason_code
    left join codes as any_codes
        on any_codes.group_code = '*' and adjustments.reason_code = any_codes.reason_code
),

provider_items as (
    select
        provider_adjustments.file_id,
        'PLB' as adjustment_kind,
        cast(null as varchar) as group_code,
        provider_adjustments.adjustment_reason_code as reason_code,
        provider_adjustments.event_id,
        provider_adjustments.payment_date as posting_date,
        cast(null as varchar) as claim_id,
        provider_adjustments.payer_id,
        cast(null as varchar) as payer_class,
        cast(null as varchar) as provider_id,
        payments.payee_npi,
        provider_adjustments.adjustment_amount as suspended_amount,
        {{ no_text() }} as released_account_role,
        provider_codes.account_code as released_account_code,
        {{ added_on('provider_codes') }} as added_on,
        provider_adjustments.loaded_at
    from provider_adjustments
    inner join payments
        on provider_adjustments.file_id = payments.file_id
        and provider_adjustments.transaction_number = payments.transaction_number
    left join provider_codes
        on provider_adjustments.adjustment_reason_code = provider_codes.adjustment_reason_code
),

items as (
    select * from claim_items
    union all
    select * from provider_items
)

select
    file_id,
    adjustment_kind,
    group_code,
    reason_code,
    event_id,
    case
        when coalesce(released_account_role, released_account_code) is not null
            then concat(event_id, ':released:', coalesce(group_code, adjustment_kind), '-', reason_code)
    end as release_event_id,
    posting_date,
    greatest(posting_date, coalesce(added_on, posting_date)) as released_date,
    claim_id,
    payer_id,
    payer_class,
    provider_id,
    payee_npi,
    suspended_amount,
    released_account_role,
    released_account_code,
    loaded_at
from items
where suspended_amount <> 0
