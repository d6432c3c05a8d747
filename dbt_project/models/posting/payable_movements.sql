-- R20, R21 and R22 of bills and pay runs: one row per movement of an account, positive debits, negative credits. Made anew by
-- each run, because a new vendor releases an old bill; what was proposed stays.

with pay_lines as (
    select
        *,
        'payroll' as source
    from {{ ref('int_ledger__pay_lines') }}
    where hold_reason is null
),

-- what was worked by the end of a month and is paid in a later one is an expense of that month; it reverses on day 1
accruals as (
    select
        *,
        concat('payroll:accrual:', substring(file_id, 1, 16), ':', payroll_run_id, ':', cast(accrued_date as varchar))
            as accrual_event_id,
        {{ share_of('regular_gross_amount', 'accrued_days', 'period_days') }} as accrued_gross_amount,
        {{ share_of('regular_employer_tax_amount', 'accrued_days', 'period_days') }} as accrued_tax_amount
    from pay_lines
    where accrued_days > 0
),

bills as (
    select
        *,
        'documents' as source
    from {{ ref('int_ledger__bills') }}
    where hold_reason is null
),

movements as (
    {% set pay = {'entry_date': 'pay_date', 'payer_class': no_text(), 'provider_id': no_text()} %}
    -- R21 a pay run: gross pay and the employer's tax against what is withheld, owed and paid out; a line that ties sums to
    -- zero
    {% for role, amount in [
        ('wages', 'gross_amount - accrued_bonus_amount'),
        ('payroll_taxes', 'employer_tax_amount - accrued_bonus_tax_amount'),
        ('operating_bank', '-net_amount'),
        ('payroll_taxes_payable', '-(employee_tax_amount + employer_tax_amount)'),
        ('payroll_deductions', '-deduction_amount'),
    ] %}
        {{ side('pay_lines', "'R21'", "'" ~ role ~ "'", amount, **pay) }}
        union all
    {% endfor %}

    -- R22 a bonus that is paid takes off what was accrued for its provider, in the provider's entity
    {{ side('pay_lines', "'R22'", "'bonus_accrued'", 'accrued_bonus_amount + accrued_bonus_tax_amount',
            **dict(pay, provider_id='provider_id', location_id=no_text())) }}
    union all

    -- R21 month-end accrual, and its reversal on the first day
    {% for role, amount in [('wages', 'accrued_gross_amount'), ('payroll_taxes', 'accrued_tax_amount')] %}
        {{ posting('accruals', "'R21'", "'" ~ role ~ "'", "'pay_accrued'", amount,
                   **dict(pay, event_id='accrual_event_id', entry_date='accrued_date')) }}
        union all
        {{ posting('accruals', "'R21'", "'pay_accrued'", "'" ~ role ~ "'", amount,
                   **dict(pay, event_id="concat(accrual_event_id, ':reversed')", entry_date='reversed_date')) }}
        union all
    {% endfor %}

    -- R20 a bill without an order
    {{ posting('bills', "'R20'", no_text(), "'payables'", 'total_amount', debit_code='account_code',
               entry_date='bill_date', payer_class=no_text(), provider_id=no_text(), location_id=no_text()) }}
)

select * from movements
where signed_amount <> 0
