{{ config(materialized='incremental', unique_key='file_id', incremental_strategy='delete+insert') }}

-- One row per file, posting date, payer, provider and bucket: every dollar that moved receivables. Sums of it are
-- the A/R subledger on any day.

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
        posting_date,
        case when payer_class = 'self_pay' then 'PATIENT' else payer_id end as payer_id,
        case when payer_class = 'self_pay' then 'patient' else 'insurance' end as bucket,
        rendering_provider_id as provider_id,
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
        void_date as posting_date,
        case when payer_class = 'self_pay' then 'PATIENT' else payer_id end as payer_id,
        case when payer_class = 'self_pay' then 'patient' else 'insurance' end as bucket,
        rendering_provider_id as provider_id,
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
        posting_date,
        payer_id,
        'insurance' as bucket,
        rendering_provider_id as provider_id,
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
        posting_date,
        'PATIENT' as payer_id,
        'patient' as bucket,
        rendering_provider_id as provider_id,
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
        posting_date,
        'PATIENT' as payer_id,
        'patient' as bucket,
        rendering_provider_id as provider_id,
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
        posting_date,
        'PATIENT' as payer_id,
        'patient' as bucket,
        rendering_provider_id as provider_id,
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
        posting_date,
        case when receivable_account_code = '1210' then 'PATIENT' else payer_id end as payer_id,
        case when receivable_account_code = '1210' then 'patient' else 'insurance' end as bucket,
        rendering_provider_id as provider_id,
        cast(0 as decimal(18, 2)) as charged_amount,
        cast(0 as decimal(18, 2)) as contractual_amount,
        cast(0 as decimal(18, 2)) as paid_amount,
        cast(0 as decimal(18, 2)) as transferred_amount,
        cast(0 as decimal(18, 2)) as suspended_amount,
        adjusted_amount,
        loaded_at
    from adjustments
)

select
    file_id,
    posting_date,
    coalesce(payer_id, 'UNKNOWN') as payer_id,
    bucket,
    provider_id,
    {{ money('sum(charged_amount)') }} as charged_amount,
    {{ money('sum(contractual_amount)') }} as contractual_amount,
    {{ money('sum(paid_amount)') }} as paid_amount,
    {{ money('sum(transferred_amount)') }} as transferred_amount,
    {{ money('sum(suspended_amount)') }} as suspended_amount,
    {{ money('sum(adjusted_amount)') }} as adjusted_amount,
    {{
        money(
            'sum(charged_amount - contractual_amount - paid_amount + transferred_amount - suspended_amount'
            ' + adjusted_amount)'
        )
    }} as receivable_change_amount,
    max(loaded_at) as loaded_at
from movements
group by file_id, posting_date, coalesce(payer_id, 'UNKNOWN'), bucket, provider_id
