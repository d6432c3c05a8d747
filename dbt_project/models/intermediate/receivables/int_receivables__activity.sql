{{ config(materialized='incremental', unique_key='file_id', incremental_strategy='delete+insert') }}

-- One row per file, claim, posting date, payer, provider, bucket and entity: every dollar that moved receivables. Sums of
-- it are the A/R subledger on any day. The entity is the one the same movement is booked in.

with charges as (
    select * from {{ ref('fct_charge_lines') }}
    where disposition = 'proposed' and {{ only_new_files() }}
),

remittances as (
    select * from {{ ref('fct_remittance_lines') }}
    where disposition = 'proposed' and (is_original_found or not is_reversal) and {{ only_new_files() }}
),

voids as (
    select * from {{ ref('int_ledger__voids') }}
    where {{ only_new_files() }}
),

desk_payments as (
    select * from {{ ref('int_receivables__desk_payments') }}
    where hold_reason is null and not is_prepayment and {{ only_new_files() }}
),

-- what was paid ahead counts when it is applied
applications as (
    select * from {{ ref('int_receivables__prepayment_applications') }}
    where {{ only_new_files() }}
),

adjustments as (
    select * from {{ ref('fct_account_adjustments') }}
    where disposition = 'proposed' and {{ only_new_files() }}
),

movements as (
    select
        file_id,
        claim_id,
        posting_date,
        case when payer_class = 'self_pay' then 'PATIENT' else payer_id end as payer_id,
        case when payer_class = 'self_pay' then 'patient' else 'insurance' end as bucket,
        rendering_provider_id as provider_id,
        location_id,
        charged_amount,
        cast(0 as decimal(18, 2)) as contractual_amount,
        cast(0 as decimal(18, 2)) as paid_amount,
        cast(0 as decimal(18, 2)) as transferred_amount,
        cast(0 as decimal(18, 2)) as suspended_amount,
        cast(0 as decimal(18, 2)) as adjusted_amount,
        loaded_at
    from charges

    union all

    -- what was voided leaves on the day of its void
    select
        file_id,
        claim_id,
        void_date as posting_date,
        case when payer_class = 'self_pay' then 'PATIENT' else payer_id end as payer_id,
        case when payer_class = 'self_pay' then 'patient' else 'insurance' end as bucket,
        rendering_provider_id as provider_id,
        location_id,
        -charged_amount as charged_amount,
        cast(0 as decimal(18, 2)) as contractual_amount,
        case when is_prepayment then cast(0 as decimal(18, 2)) else -paid_amount end as paid_amount,
        cast(0 as decimal(18, 2)) as transferred_amount,
        cast(0 as decimal(18, 2)) as suspended_amount,
        cast(0 as decimal(18, 2)) as adjusted_amount,
        loaded_at
    from voids

    union all

    select
        file_id,
        claim_id,
        posting_date,
        payer_id,
        'insurance' as bucket,
        rendering_provider_id as provider_id,
        {{ no_text() }} as location_id,
        cast(0 as decimal(18, 2)) as charged_amount,
        contractual_amount + capitation_amount + sequestration_amount as contractual_amount,
        paid_amount,
        returned_patient_amount - patient_amount as transferred_amount,
        unknown_amount as suspended_amount,
        cast(0 as decimal(18, 2)) as adjusted_amount,
        loaded_at
    from remittances

    union all

    select
        file_id,
        claim_id,
        posting_date,
        'PATIENT' as payer_id,
        'patient' as bucket,
        rendering_provider_id as provider_id,
        {{ no_text() }} as location_id,
        cast(0 as decimal(18, 2)) as charged_amount,
        cast(0 as decimal(18, 2)) as contractual_amount,
        cast(0 as decimal(18, 2)) as paid_amount,
        patient_amount - returned_patient_amount as transferred_amount,
        cast(0 as decimal(18, 2)) as suspended_amount,
        cast(0 as decimal(18, 2)) as adjusted_amount,
        loaded_at
    from remittances
    where patient_amount <> returned_patient_amount

    union all

    select
        file_id,
        claim_id,
        posting_date,
        'PATIENT' as payer_id,
        'patient' as bucket,
        rendering_provider_id as provider_id,
        location_id,
        cast(0 as decimal(18, 2)) as charged_amount,
        cast(0 as decimal(18, 2)) as contractual_amount,
        paid_amount,
        cast(0 as decimal(18, 2)) as transferred_amount,
        cast(0 as decimal(18, 2)) as suspended_amount,
        cast(0 as decimal(18, 2)) as adjusted_amount,
        loaded_at
    from desk_payments

    union all

    select
        file_id,
        claim_id,
        posting_date,
        'PATIENT' as payer_id,
        'patient' as bucket,
        rendering_provider_id as provider_id,
        {{ no_text() }} as location_id,
        cast(0 as decimal(18, 2)) as charged_amount,
        cast(0 as decimal(18, 2)) as contractual_amount,
        applied_amount as paid_amount,
        cast(0 as decimal(18, 2)) as transferred_amount,
        cast(0 as decimal(18, 2)) as suspended_amount,
        cast(0 as decimal(18, 2)) as adjusted_amount,
        loaded_at
    from applications

    union all

    -- what people decided: concessions, denials written off, credit losses, overpayments found
    select
        file_id,
        claim_id,
        posting_date,
        case when receivable_account_code = '1210' then 'PATIENT' else payer_id end as payer_id,
        case when receivable_account_code = '1210' then 'patient' else 'insurance' end as bucket,
        rendering_provider_id as provider_id,
        location_id,
        cast(0 as decimal(18, 2)) as charged_amount,
        cast(0 as decimal(18, 2)) as contractual_amount,
        cast(0 as decimal(18, 2)) as paid_amount,
        cast(0 as decimal(18, 2)) as transferred_amount,
        cast(0 as decimal(18, 2)) as suspended_amount,
        adjusted_amount,
        loaded_at
    from adjustments
),

-- the bank or a payee never says whose a receivable is
booked as (
    select
        *,
        {{ no_text() }} as entity_member
    from movements
)

select
    booked.file_id,
    booked.claim_id,
    booked.posting_date,
    coalesce(booked.payer_id, 'UNKNOWN') as payer_id,
    booked.bucket,
    booked.provider_id,
    {{ entity_of('booked') }} as entity_id,
    {{ money('sum(booked.charged_amount)') }} as charged_amount,
    {{ money('sum(booked.contractual_amount)') }} as contractual_amount,
    {{ money('sum(booked.paid_amount)') }} as paid_amount,
    {{ money('sum(booked.transferred_amount)') }} as transferred_amount,
    {{ money('sum(booked.suspended_amount)') }} as suspended_amount,
    {{ money('sum(booked.adjusted_amount)') }} as adjusted_amount,
    {{
        money(
            'sum(booked.charged_amount - booked.contractual_amount - booked.paid_amount'
            ' + booked.transferred_amount - booked.suspended_amount + booked.adjusted_amount)'
        )
    }} as receivable_change_amount,
    max(booked.loaded_at) as loaded_at
from booked
{{ join_entities('booked') }}
group by
    booked.file_id, booked.claim_id, booked.posting_date, coalesce(booked.payer_id, 'UNKNOWN'),
    booked.bucket, booked.provider_id, {{ entity_of('booked') }}
