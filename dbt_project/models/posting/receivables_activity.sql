{{ config(materialized='incremental', incremental_strategy='append') }}

-- One row per file, claim, posting date, payer, provider, bucket and entity: every dollar that moved receivables. Sums of
-- it are the A/R subledger on any day. The entity is the one the same movement is booked in. Files are read once; what is
-- released from suspense long after its file has rows of its own, once for each release.

with charges as (
    select * from {{ ref('fct_charge_lines') }}
    where disposition = 'proposed' and {{ only_new_files() }}
),

remittances as (
    select * from {{ ref('fct_remittance_lines') }}
    where disposition = 'proposed' and (is_original_found or not is_reversal) and {{ only_new_files() }}
),

voids as (
    select * from {{ ref('void_positions') }}
    where {{ only_new_files() }}
),

desk_payments as (
    select * from {{ ref('int_receivables__desk_payments') }}
    where hold_reason is null and not is_prepayment and {{ only_new_files() }}
),

-- what was paid ahead counts when it is applied
applications as (
    select * from {{ ref('prepayment_applications') }}
    where {{ only_new_files() }}
),

adjustments as (
    select
        adjusted.*,
        accounts.account_role as receivable_account_role
    from {{ ref('fct_account_adjustments') }} as adjusted
    left join {{ ref('accounts') }} as accounts on adjusted.receivable_account_code = accounts.account_code
    where adjusted.disposition = 'proposed' and {{ only_new_files('adjusted.file_id') }}
),

releases as (
    select
        *,
        coalesce(released_account_role in ('contractual_adjustments', 'capitation_adjustments', 'sequestration'), false)
            as takes_off
    from {{ ref('suspense_items') }}
    where
        release_event_id is not null
        and adjustment_kind = 'CAS'
        {% if is_incremental() %}
            and release_event_id not in (select coalesce(held.release_event_id, '') from {{ this }} as held)
        {% endif %}
),

movements as (
    {{ receivable_change(
        'charges', location_id='location_id', is_patient="payer_class = 'self_pay'", charged='charged_amount'
    ) }}

    union all

    -- what was voided leaves on the day of its void
    {{ receivable_change(
        'voids', posting_date='void_date', location_id='location_id', is_patient="payer_class = 'self_pay'",
        charged='-charged_amount', paid='case when is_prepayment then 0 else -paid_amount end'
    ) }}

    union all

    {{ receivable_change(
        'remittances', contractual='contractual_amount + capitation_amount + sequestration_amount', paid='paid_amount',
        transferred='returned_patient_amount - patient_amount', suspended='unknown_amount'
    ) }}

    union all

    {{ receivable_change(
        'remittances', is_patient='true', transferred='patient_amount - returned_patient_amount',
        where='patient_amount <> returned_patient_amount'
    ) }}

    union all

    {{ receivable_change('desk_payments', location_id='location_id', is_patient='true', paid='paid_amount') }}

    union all

    {{ receivable_change('applications', is_patient='true', paid='applied_amount') }}

    union all

    -- what people decided: concessions, denials written off, credit losses, overpayments found
    {{ receivable_change(
        'adjustments', location_id='location_id', is_patient="receivable_account_role = 'receivable_patient'",
        adjusted='adjusted_amount'
    ) }}

    union all

    -- what a known reason takes off stays off; what it leaves to the patient, or does not take off, is owed again
    {{ receivable_change(
        'releases', posting_date='released_date', provider_id='provider_id', release_event_id='release_event_id',
        contractual="case when takes_off then suspended_amount else 0 end",
        transferred="case when released_account_role = 'receivable_patient' then -suspended_amount else 0 end",
        suspended='-suspended_amount'
    ) }}

    union all

    {{ receivable_change(
        'releases', posting_date='released_date', provider_id='provider_id', release_event_id='release_event_id',
        is_patient='true', transferred='suspended_amount', where="released_account_role = 'receivable_patient'"
    ) }}
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
    max(booked.loaded_at) as loaded_at,
    booked.release_event_id
from booked
{{ join_entities('booked', ref('entity_members')) }}
group by
    booked.file_id, booked.claim_id, booked.posting_date, coalesce(booked.payer_id, 'UNKNOWN'),
    booked.bucket, booked.provider_id, booked.release_event_id, {{ entity_of('booked') }}
