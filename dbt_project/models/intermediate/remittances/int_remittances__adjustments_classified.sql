-- One row per CAS triplet with what it means. First a payer's own way of writing is mapped to the standard's codes
-- (payer_quirks), then: the exact group first, then any group, else unknown. A remark makes the class of a denial finer.
-- Group PR is the patient's whatever the reason is, also where the reason denies: the denial is kept for the follow-up. A
-- code that is added later is known here from then on, and the difference is booked.

with adjustments as (
    select * from {{ ref('stg_era835__adjustments') }}
),

payments as (
    select * from {{ ref('int_remittances__payments') }}
),

remarks as (
    select * from {{ ref('stg_era835__remarks') }}
),

codes as (
    select * from {{ ref('adjustment_codes') }}
),

remark_classes as (
    select * from {{ ref('remark_classes') }}
),

quirks as (
    select * from {{ ref('payer_quirks') }}
    where quirk_element = 'adjustment'
),

quirks_of_payments as (
    select
        payments.file_id,
        payments.transaction_number,
        quirks.priority,
        quirks.sent_group_code,
        quirks.sent_reason_code,
        quirks.group_code,
        quirks.reason_code
    from payments
    inner join quirks
        on (
            lower(coalesce(payments.payer_name, '')) like quirks.payer_pattern
            or lower(coalesce(payments.payer_id, '')) like quirks.payer_pattern
        )
        and coalesce(payments.payment_date >= quirks.valid_from_date, true)
        and coalesce(payments.payment_date <= quirks.valid_to_date, true)
),

quirked as (
    select
        adjustments.file_id,
        adjustments.transaction_number,
        adjustments.claim_number,
        adjustments.adjustment_number,
        case when quirks_of_payments.group_code = '*' then adjustments.group_code else quirks_of_payments.group_code end
            as group_code,
        case when quirks_of_payments.reason_code = '*' then adjustments.reason_code else quirks_of_payments.reason_code end
            as reason_code,
        row_number() over (
            partition by
                adjustments.file_id, adjustments.transaction_number, adjustments.claim_number,
                adjustments.adjustment_number
            order by quirks_of_payments.priority
        ) as quirk_number
    from adjustments
    inner join quirks_of_payments
        on adjustments.file_id = quirks_of_payments.file_id
        and adjustments.transaction_number = quirks_of_payments.transaction_number
        and quirks_of_payments.sent_reason_code in (adjustments.reason_code, '*')
        and quirks_of_payments.sent_group_code in (adjustments.group_code, '*')
),

meant as (
    select
        adjustments.*,
        coalesce(quirked.group_code, adjustments.group_code) as meant_group_code,
        coalesce(quirked.reason_code, adjustments.reason_code) as meant_reason_code,
        quirked.quirk_number is not null as is_quirk
    from adjustments
    left join quirked
        on adjustments.file_id = quirked.file_id
        and adjustments.transaction_number = quirked.transaction_number
        and adjustments.claim_number = quirked.claim_number
        and adjustments.adjustment_number = quirked.adjustment_number
        and quirked.quirk_number = 1
),

-- a remark of the line or of its whole claim; a row for this very reason before one for any reason
refined as (
    select
        meant.file_id,
        meant.transaction_number,
        meant.claim_number,
        meant.adjustment_number,
        nullif(remark_classes.denial_class, '') as denial_class,
        nullif(remark_classes.action_code, '') as action_code,
        row_number() over (
            partition by meant.file_id, meant.transaction_number, meant.claim_number, meant.adjustment_number
            order by
                case when remark_classes.reason_code = '*' then 1 else 0 end,
                remarks.service_line_number desc,
                remark_classes.remark_code asc
        ) as refinement_number
    from meant
    inner join remarks
        on meant.file_id = remarks.file_id
        and meant.transaction_number = remarks.transaction_number
        and meant.claim_number = remarks.claim_number
        and remarks.service_line_number in (meant.service_line_number, 0)
    inner join remark_classes
        on remarks.remark_code = remark_classes.remark_code
        and remark_classes.reason_code in (meant.meant_reason_code, '*')
)

select
    meant.file_id,
    meant.segment_number,
    meant.transaction_number,
    meant.claim_number,
    meant.service_line_number,
    meant.adjustment_number,
    meant.meant_group_code as group_code,
    meant.meant_reason_code as reason_code,
    meant.group_code as sent_group_code,
    meant.reason_code as sent_reason_code,
    meant.is_quirk,
    meant.adjustment_amount,
    case
        when meant.meant_group_code = 'PR' then 'patient'
        else coalesce(exact_codes.adjustment_class, any_codes.adjustment_class, 'unknown')
    end as adjustment_class,
    coalesce(exact_codes.account_code, any_codes.account_code) as account_code,
    -- a reason that was added later is known from that day on
    cast(
        nullif(case when exact_codes.reason_code is not null then exact_codes.added_on else any_codes.added_on end, '') as date
    ) as known_date,
    coalesce(exact_codes.is_denial, any_codes.is_denial, false) as is_denial,
    case
        when coalesce(exact_codes.is_denial, any_codes.is_denial, false)
            then coalesce(refined.denial_class, exact_codes.adjustment_class, any_codes.adjustment_class)
    end as denial_class,
    case
        when coalesce(exact_codes.is_denial, any_codes.is_denial, false)
            then
                case
                    when meant.meant_group_code = 'PR' then 'bill_patient'
                    else coalesce(refined.action_code, exact_codes.action_code, any_codes.action_code)
                end
    end as action_code,
    meant.loaded_at
from meant
left join codes as exact_codes
    on meant.meant_group_code = exact_codes.group_code
    and meant.meant_reason_code = exact_codes.reason_code
left join codes as any_codes
    on any_codes.group_code = '*'
    and meant.meant_reason_code = any_codes.reason_code
left join refined
    on meant.file_id = refined.file_id
    and meant.transaction_number = refined.transaction_number
    and meant.claim_number = refined.claim_number
    and meant.adjustment_number = refined.adjustment_number
    and refined.refinement_number = 1
