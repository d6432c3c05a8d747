-- R03, R08, R10 and R14 of patients, R11, R12, R17 and R24 of people's decisions: one row per movement of an account,
-- positive debits, negative credits.

with payments as (
    select
        *,
        'self_pay' as payer_class
    from {{ ref('int_receivables__desk_payments') }}
    where hold_reason is null
),

applications as (
    select
        *,
        'self_pay' as payer_class
    from {{ ref('prepayment_applications') }}
),

adjustments as (
    select
        adjusted.*,
        case when accounts.account_role = 'receivable_patient' then 'self_pay' end as payer_class
    from {{ ref('fct_account_adjustments') }} as adjusted
    left join {{ ref('accounts') }} as accounts on adjusted.receivable_account_code = accounts.account_code
    where adjusted.disposition = 'proposed'
),

movements as (
    {% set of_claim = {'claim_id': 'claim_id'} %}
    -- R03 paid on or before the day of service: owed to the patient until he owes it to us
    {{ posting('payments', "'R03'", no_text(), "'prepayments_patient'", 'paid_amount', debit_code='account_code',
               where='is_prepayment', **of_claim) }}

    -- R08 a prepayment meets what the patient turns out to owe
    union all
    {{ posting('applications', "'R08'", "'prepayments_patient'", "'receivable_patient'", 'applied_amount',
               location_id=no_text(), part="'payment'", **of_claim) }}

    -- R10 paid after the service, undeposited until the bank shows it
    union all
    {{ posting('payments', "'R10'", no_text(), "'receivable_patient'", 'paid_amount', debit_code='account_code',
               where='not is_prepayment and not is_refund', part="'payment'", **of_claim) }}

    -- R14 a refund is decided: the patient's credit is a debt of ours until the bank shows that it was paid (R15)
    union all
    {{ posting('payments', "'R14'", "'receivable_patient'", "'credits_patient'", '-paid_amount', where='is_refund',
               part="'payment'", **of_claim) }}

    -- R11 price concession, R12 denial written off, R17 overpayment found, R24 credit loss
    union all
    {{ posting('adjustments', 'rule_id', no_text(), no_text(), 'adjusted_amount',
               debit_code='receivable_account_code', credit_code='account_code', part="'adjustment'", payer_id='payer_id',
               **of_claim) }}
)

select * from movements
where signed_amount <> 0
