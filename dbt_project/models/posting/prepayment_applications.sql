-- One row per claim, file and day that changes how much of a prepayment is applied (rule R08): what was paid ahead meets what
-- the patient turns out to owe, in the order of days, and never more than either. A refund counts as owed. A negative
-- amount gives back what a reversal or another payment made too much.

with payments as (
    select
        file_id,
        source,
        claim_id,
        posting_date,
        rendering_provider_id,
        is_prepayment,
        paid_amount
    from {{ ref('int_receivables__desk_payments') }}
    where hold_reason is null and claim_id is not null
),

prepaid_claims as (
    select distinct claim_id
    from payments
    where is_prepayment
),

events as (
    select
        file_id,
        source,
        claim_id,
        posting_date,
        rendering_provider_id,
        case when is_prepayment then paid_amount else cast(0 as decimal(18, 2)) end as prepaid_amount,
        case when is_prepayment then cast(0 as decimal(18, 2)) else -paid_amount end as owed_amount
    from payments

    union all

    -- what a self-paying patient is charged
    select
        file_id,
        source,
        claim_id,
        posting_date,
        rendering_provider_id,
        cast(0 as decimal(18, 2)) as prepaid_amount,
        charged_amount as owed_amount
    from {{ ref('fct_charge_lines') }}
    where disposition = 'proposed' and payer_class = 'self_pay'

    union all

    -- what was voided is neither owed nor paid
    select
        file_id,
        source,
        claim_id,
        void_date as posting_date,
        rendering_provider_id,
        case when is_prepayment then -paid_amount else cast(0 as decimal(18, 2)) end as prepaid_amount,
        case when is_prepayment then cast(0 as decimal(18, 2)) else paid_amount - charged_amount end as owed_amount
    from {{ ref('void_positions') }}
    where payer_class = 'self_pay'

    union all

    -- what a payer leaves to the patient
    select
        file_id,
        'era835' as source,
        claim_id,
        posting_date,
        rendering_provider_id,
        cast(0 as decimal(18, 2)) as prepaid_amount,
        patient_amount - returned_patient_amount as owed_amount
    from {{ ref('int_remittances__line_positions') }}
),

by_file as (
    select
        events.claim_id,
        events.file_id,
        max(events.source) as source,
        events.posting_date,
        max(events.rendering_provider_id) as rendering_provider_id,
        sum(events.prepaid_amount) as prepaid_amount,
        sum(events.owed_amount) as owed_amount
    from events
    inner join prepaid_claims on events.claim_id = prepaid_claims.claim_id
    group by events.claim_id, events.file_id, events.posting_date
),

so_far as (
    select
        *,
        sum(prepaid_amount) over (
            partition by claim_id order by posting_date, file_id rows between unbounded preceding and current row
        ) as prepaid_so_far,
        sum(owed_amount) over (
            partition by claim_id order by posting_date, file_id rows between unbounded preceding and current row
        ) as owed_so_far
    from by_file
),

applied as (
    select
        claim_id,
        file_id,
        source,
        posting_date,
        rendering_provider_id,
        least(prepaid_so_far, greatest(owed_so_far, 0))
        - least(prepaid_so_far - prepaid_amount, greatest(owed_so_far - owed_amount, 0)) as applied_amount
    from so_far
)

select
    claim_id,
    file_id,
    source,
    concat('prepaid:', substring(file_id, 1, 16), ':', cast(posting_date as varchar)) as event_id,
    posting_date,
    rendering_provider_id,
    {{ money('applied_amount') }} as applied_amount
from applied
where applied_amount <> 0
