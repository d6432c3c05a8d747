-- R04 to R07, R12, R13, R17, R19 and PLB of remittances: one row per movement of an account, positive debits, negative
-- credits. R12 books nothing: a denial stays receivable until somebody decides.

with positions as (
    select
        *,
        'era835' as source,
        -- R13 what was taken back without an original waits; so does what was paid a second time, until a person decides
        case money_place
            when 'unmatched' then 'payer_takebacks_unmatched'
            when 'paid_twice' then 'unapplied_receipts'
            else 'receivable_insurance'
        end as money_account_role
    from {{ ref('int_remittances__line_positions') }}
),

decided as (
    select
        positions.*,
        decisions.account_code as decided_account_code
    from positions
    left join {{ ref('int_remittances__answers_decided') }} as decisions
        on positions.answer_key = decisions.answer_key and positions.money_place <> 'claim'
),

payments as (
    select
        *,
        'era835' as source
    from {{ ref('int_remittances__payments') }}
    where disposition = 'proposed'
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
),

movements as (
    {% set of_payment = {
        'entry_date': 'payment_date', 'payer_class': no_text(), 'provider_id': no_text(), 'location_id': no_text(),
        'payer_id': 'payer_id', 'entity_member': "concat('payee:', payee_npi)",
    } %}
    {% set of_line = {
        'location_id': no_text(), 'claim_id': 'claim_id', 'service_key': 'service_key', 'payer_id': 'payer_id',
        'known_date': 'known_date',
    } %}
    -- R04 the net goes into EFT clearing, never straight to the bank
    {{ side('payments', "'R04'", "'eft_clearing'", 'paid_amount', **of_payment) }}

    -- R04 what the payer paid; R13 what it took back
    union all
    {{ side('decided', "case when is_reversal then 'R13' else 'R04' end", 'money_account_role', '-paid_amount',
            code='decided_account_code', part="'payment'", **of_line) }}

    -- R05 contractual reduction, R06 sequestration, R07 the patient's share and what a later payer takes back of it, R19 a
    -- service that a capitation covers; a reason in no seed leaves for suspense until a person knows it
    {% for rule_id, account_role, amount, part in [
        ('R05', 'contractual_adjustments', 'contractual_amount', 'contractual'),
        ('R06', 'sequestration', 'sequestration_amount', 'contractual'),
        ('R07', 'receivable_patient', 'patient_amount', 'transfer'),
        ('R07', 'receivable_patient', '-returned_patient_amount', 'transfer'),
        ('R19', 'capitation_adjustments', 'capitation_amount', 'contractual'),
        ('UNK', 'suspense', 'unknown_amount', 'suspense'),
    ] %}
        union all
        {{ posting('positions', "case when is_reversal then 'R13' else '" ~ rule_id ~ "' end", "'" ~ account_role ~ "'",
                   "'receivable_insurance'", amount, part="'" ~ part ~ "'", **of_line) }}
    {% endfor %}

    -- R05 what the charge had estimated (R02) has served: the contractual reduction is what the payer took off
    union all
    {{ posting('allowances', "'R05'", "'allowance_contractual'", "'contractual_adjustments'", 'allowance_amount', **of_line) }}

    -- PLB: positive reduces the payment (X12 835 table 3). R16, R17: forward balances and recoveries wait unmatched, apart
    -- from what the practice had recognised as owed
    union all
    {{ side('provider_adjustments', "'PLB'", no_text(), 'adjustment_amount - recognised_amount', code='account_code',
            known_date='greatest(payment_date, known_date)', **of_payment) }}
    union all
    {{ side('provider_adjustments', "'R17'", "'overpayments_recognised'", 'recognised_amount', **of_payment) }}
)

select * from movements
where signed_amount <> 0
