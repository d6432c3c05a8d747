{{ config(materialized='incremental', unique_key='file_id', incremental_strategy='delete+insert') }}

-- R04 to R07, R12, R13, R17, R19 and PLB of remittances: one row per movement of an account, positive debits, negative
-- credits. R12 books nothing: a denial stays receivable until somebody decides.

with lines as (
    select
        *,
        'era835' as source
    from {{ ref('fct_remittance_lines') }}
    where disposition = 'proposed' and {{ only_new_files() }}
),

payments as (
    select
        *,
        'era835' as source
    from {{ ref('int_remittances__payments') }}
    where disposition = 'proposed' and {{ only_new_files() }}
),

provider_adjustments as (
    select
        adjustments.*,
        payments.payee_npi,
        'era835' as source,
        coalesce(recoupments.recognised_amount, 0) as recognised_amount
    from {{ ref('int_remittances__provider_adjustments_classified') }} as adjustments
    inner join payments
        on adjustments.file_id = payments.file_id and adjustments.transaction_number = payments.transaction_number
    left join {{ ref('recoupments') }} as recoupments
        on adjustments.file_id = recoupments.file_id
        and adjustments.transaction_number = recoupments.transaction_number
        and adjustments.pair_number = recoupments.pair_number
),

allowances as (
    select
        *,
        'era835' as source
    from {{ ref('allowance_releases') }}
    where {{ only_new_files() }}
),

movements as (
    -- R04 the net goes into EFT clearing, never straight to the bank
    {{ side('payments', "'R04'", "'eft_clearing'", 'paid_amount', entry_date='payment_date', payer_class=no_text(),
            provider_id=no_text(), location_id=no_text(), entity_member="concat('payee:', payee_npi)") }}

    -- R04 what the payer paid; R13 what it took back, whose original must be ours, else it waits unmatched
    union all
    {{ side('lines', "case when is_reversal then 'R13' else 'R04' end",
            "case when is_reversal and not is_original_found then 'payer_takebacks_unmatched' else 'receivable_insurance' end",
            '-paid_amount', location_id=no_text()) }}

    -- R05 contractual reduction, R06 sequestration, R07 the patient's share and what a secondary takes back of it, R19 a
    -- service that a capitation covers; a reason in no seed leaves for suspense until a person knows it
    {% for rule_id, account_role, amount in [
        ('R05', 'contractual_adjustments', 'contractual_amount'),
        ('R06', 'sequestration', 'sequestration_amount'),
        ('R07', 'receivable_patient', 'patient_amount'),
        ('R07', 'receivable_patient', '-returned_patient_amount'),
        ('R19', 'capitation_adjustments', 'capitation_amount'),
        ('UNK', 'suspense', 'unknown_amount'),
    ] %}
        union all
        {{ posting('lines', "case when is_reversal then 'R13' else '" ~ rule_id ~ "' end", "'" ~ account_role ~ "'",
                   "'receivable_insurance'", amount, location_id=no_text(), where='is_original_found or not is_reversal') }}
    {% endfor %}

    -- R05 what the charge had estimated (R02) has served: the contractual reduction is what the payer took off
    union all
    {{ posting('allowances', "'R05'", "'allowance_contractual'", "'contractual_adjustments'", 'allowance_amount', location_id=no_text()) }}

    -- PLB: positive reduces the payment (X12 835 table 3). R16, R17: forward balances and recoveries wait unmatched, apart
    -- from what the practice had recognised as owed
    union all
    {{ side('provider_adjustments', "'PLB'", no_text(), 'adjustment_amount - recognised_amount', code='account_code',
            entry_date='payment_date', payer_class=no_text(), provider_id=no_text(), location_id=no_text(),
            entity_member="concat('payee:', payee_npi)") }}
    union all
    {{ side('provider_adjustments', "'R17'", "'overpayments_recognised'", 'recognised_amount', entry_date='payment_date',
            payer_class=no_text(), provider_id=no_text(), location_id=no_text(),
            entity_member="concat('payee:', payee_npi)") }}
)

select * from movements
where signed_amount <> 0
