-- One row per adjustment a person made in the billing system, in any layout: a price concession (R11), a denial written off
-- (R12), an overpayment found (R17), a credit loss (R24), by its reason. Each is an event of its own, so that the ledger can
-- hold one above the limit. A payer's own reduction comes with the remittance and is never booked from here: until it
-- comes, the row waits for it.

with adjustments as (
    select * from {{ ref('int_billing__account_transactions') }}
    where transaction_type = 'ADJUSTMENT'
),

remitted as (
    select distinct claim_id
    from {{ ref('int_remittances__claims_classified') }}
    where disposition = 'proposed' and not is_reversal
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
        and patterns.bucket in (adjustments.settled_bucket, '*')
),

decided as (
    select
        adjustments.*,
        reasons.rule_id,
        reasons.account_code,
        receivables.account_code as receivable_account_code,
        case
            when adjustments.copy_number > 1 then 'duplicate_transaction'
            when reasons.rule_id is null and adjustments.settled_bucket <> 'patient'
                then case when remitted.claim_id is not null then 'told_by_remittance' else 'waits_for_remittance' end
            when reasons.rule_id is null then 'unknown_adjustment_reason'
            when adjustments.posting_date is null then 'missing_posting_date'
        end as hold_reason
    from adjustments
    left join {{ ref('accounts') }} as receivables
        on receivables.account_role
        = case when adjustments.settled_bucket = 'patient' then 'receivable_patient' else 'receivable_insurance' end
    left join reasons
        on adjustments.file_id = reasons.file_id
        and adjustments.line_number = reasons.line_number
        and reasons.match_number = 1
    left join remitted on adjustments.claim_id = remitted.claim_id
)

select
    {{ surrogate_key(['file_id', 'line_number']) }} as account_adjustment_key,
    file_id,
    line_number,
    source,
    profile,
    transaction_id,
    parent_charge_id,
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
