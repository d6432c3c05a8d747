-- R01, R02 and RV of billing systems: one row per movement of an account, positive debits, negative credits.

with charges as (
    select
        *,
        case when payer_class = 'self_pay' then 'receivable_patient' else 'receivable_insurance' end
            as receivable_account_role
    from {{ ref('fct_charge_lines') }}
    where disposition = 'proposed'
),

voids as (
    select
        *,
        case when payer_class = 'self_pay' then 'receivable_patient' else 'receivable_insurance' end
            as receivable_account_role
    from {{ ref('void_positions') }}
),

movements as (
    -- a category has one account, or one for each component: the technical part is what the professional leaves
    {% set revenue = [
        ('account_code', 'charged_amount'),
        ('professional_account_code', 'case when account_code is null then professional_amount else 0 end'),
        ('technical_account_code', 'case when account_code is null then charged_amount - professional_amount else 0 end'),
    ] %}
    {% set line = {'claim_id': 'claim_id', 'service_key': 'charge_line_key', 'payer_id': 'payer_id'} %}
    {% set voided = {'claim_id': 'claim_id', 'payer_id': 'payer_id', 'entry_date': 'void_date'} %}
    -- R01 charge: receivable of the payer, or of the patient who pays for himself
    {{ side('charges', "'R01'", 'receivable_account_role', 'charged_amount', part="'charge'", **line) }}
    {% for account, amount in revenue %}
        union all
        {{ side('charges', "'R01'", no_text(), '-(' ~ amount ~ ')', code=account, where=account ~ ' is not null', **line) }}
    {% endfor %}

    -- R02 contractual estimate: what the payer's contract will take off, where it is known
    union all
    {{ posting('charges', "'R02'", "'contractual_adjustments'", "'allowance_contractual'", 'allowance_amount', **line) }}

    -- RV what was voided is mirrored on the day of its void, never edited
    union all
    {{ side('voids', "'RV'", 'receivable_account_role', '-charged_amount', part="'charge'", **voided) }}
    {% for account, amount in revenue %}
        union all
        {{ side('voids', "'RV'", no_text(), amount, code=account,
                where="transaction_type = 'CHARGE' and " ~ account ~ ' is not null', **voided) }}
    {% endfor %}
    union all
    {{ posting('voids', "'RV'", "'allowance_contractual'", "'contractual_adjustments'", 'allowance_amount', **voided) }}
    union all
    {{ posting('voids', "'RV'", 'owed_account_role', 'payment_account_role', 'paid_amount',
               credit_code='payment_account_code', part="'payment'", **voided) }}
)

select * from movements
where signed_amount <> 0
