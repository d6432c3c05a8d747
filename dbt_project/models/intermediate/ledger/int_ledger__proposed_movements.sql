{{ config(materialized='incremental', unique_key='event_id', incremental_strategy='delete+insert') }}

-- One row per movement of an account before lines are added up: positive debits, negative credits. Every rule of the
-- accrual book that the practice's files can prove stands here once.

with charges as (
    select * from {{ ref('fct_charge_lines') }}
    where disposition = 'proposed' and {{ only_new_files() }}
),

voids as (
    select * from {{ ref('int_billing__voids') }}
    where {{ only_new_files() }}
),

desk_payments as (
    select * from {{ ref('int_receivables__desk_payments') }}
    where hold_reason is null and {{ only_new_files() }}
),

remittances as (
    select * from {{ ref('fct_remittance_lines') }}
    where disposition = 'proposed' and {{ only_new_files() }}
),

payments as (
    select * from {{ ref('int_remittances__payments') }}
    where disposition = 'proposed' and {{ only_new_files() }}
),

provider_adjustments as (
    select * from {{ ref('int_remittances__provider_adjustments_classified') }}
    where disposition = 'proposed' and {{ only_new_files() }}
),

deposits as (
    select * from {{ ref('fct_deposits') }}
    where disposition = 'proposed'
),

withdrawals as (
    select * from {{ ref('fct_withdrawals') }}
    where disposition = 'proposed'
),

pay_lines as (
    select * from {{ ref('int_ledger__pay_lines') }}
    where hold_reason is null
),

bills as (
    select * from {{ ref('int_ledger__bills') }}
    where hold_reason is null
),

movements as (
    -- R01 charge: receivable of the payer, or of the patient who pays for himself
    select
        file_id,
        event_id,
        source,
        posting_date as entry_date,
        'R01' as rule_id,
        case when payer_class = 'self_pay' then '1210' else '1200' end as account_code,
        payer_class,
        rendering_provider_id as provider_id,
        location_id,
        charged_amount as signed_amount
    from charges
    union all
    select
        file_id,
        event_id,
        source,
        posting_date,
        'R01',
        account_code,
        payer_class,
        rendering_provider_id,
        location_id,
        -charged_amount
    from charges
    where account_code is not null
    union all
    select
        file_id,
        event_id,
        source,
        posting_date,
        'R01',
        professional_account_code,
        payer_class,
        rendering_provider_id,
        location_id,
        -professional_amount
    from charges
    where account_code is null
    union all
    select
        file_id,
        event_id,
        source,
        posting_date,
        'R01',
        technical_account_code,
        payer_class,
        rendering_provider_id,
        location_id,
        -(charged_amount - professional_amount)
    from charges
    where account_code is null

    -- RV what was voided is mirrored on the day of its void, never edited
    union all
    select
        file_id,
        event_id,
        source,
        void_date,
        'RV',
        case when payer_class = 'self_pay' then '1210' else '1200' end,
        payer_class,
        rendering_provider_id,
        location_id,
        paid_amount - charged_amount
    from voids
    union all
    select
        file_id,
        event_id,
        source,
        void_date,
        'RV',
        case
            when transaction_type = 'PAYMENT' then '1040'
            else coalesce(account_code, professional_account_code)
        end,
        payer_class,
        rendering_provider_id,
        location_id,
        case when account_code is null then professional_amount - paid_amount else charged_amount end
    from voids
    union all
    select
        file_id,
        event_id,
        source,
        void_date,
        'RV',
        technical_account_code,
        payer_class,
        rendering_provider_id,
        location_id,
        charged_amount - professional_amount
    from voids
    where transaction_type = 'CHARGE' and account_code is null

    -- R10 patient payment at the desk or by card, undeposited until the bank shows it
    union all
    select
        file_id,
        event_id,
        source,
        posting_date,
        'R10',
        '1040',
        'self_pay',
        rendering_provider_id,
        location_id,
        paid_amount
    from desk_payments
    union all
    select
        file_id,
        event_id,
        source,
        posting_date,
        'R10',
        '1210',
        'self_pay',
        rendering_provider_id,
        location_id,
        -paid_amount
    from desk_payments

    -- R04 remittance: net into EFT clearing, never straight to the bank
    union all
    select
        file_id,
        event_id,
        'era835',
        payment_date,
        'R04',
        '1030',
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        paid_amount
    from payments

    -- R04 what the payer paid; R13 what it took back, whose original must be ours, else it waits in 2215
    union all
    select
        file_id,
        event_id,
        'era835',
        posting_date,
        case when is_reversal then 'R13' else 'R04' end,
        case when is_reversal and not is_original_found then '2215' else '1200' end,
        payer_class,
        rendering_provider_id,
        cast(null as varchar),
        -paid_amount
    from remittances

    -- R05 contractual reduction, R06 sequestration, R07 the patient's share and what a secondary takes back of it, R19 a
    -- service that a capitation covers; a reason in no seed leaves for suspense until a person knows it
    {% for rule_id, account_code, amount in [
        ('R05', '4900', 'contractual_amount'),
        ('R06', '4940', 'sequestration_amount'),
        ('R07', '1210', 'patient_amount'),
        ('R07', '1210', '-returned_patient_amount'),
        ('R19', '4900-CAP', 'capitation_amount'),
        ('UNK', '1999', 'unknown_amount'),
    ] %}
        union all
        select
            file_id,
            event_id,
            'era835',
            posting_date,
            case when is_reversal then 'R13' else '{{ rule_id }}' end,
            '{{ account_code }}',
            payer_class,
            rendering_provider_id,
            cast(null as varchar),
            {{ amount }}
        from remittances
        where is_original_found or not is_reversal
        union all
        select
            file_id,
            event_id,
            'era835',
            posting_date,
            case when is_reversal then 'R13' else '{{ rule_id }}' end,
            '1200',
            payer_class,
            rendering_provider_id,
            cast(null as varchar),
            -({{ amount }})
        from remittances
        where is_original_found or not is_reversal
    {% endfor %}

    -- R12 a denial posts nothing: it stays receivable until somebody decides

    -- PLB: positive reduces the payment (loop-free, X12 835 table 3)
    union all
    select
        file_id,
        event_id,
        'era835',
        payment_date,
        'PLB',
        account_code,
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        adjustment_amount
    from provider_adjustments

    -- R09 the deposit of a remittance; R10 the deposit of card payments
    union all
    select
        file_id,
        event_id,
        'bank',
        posted_date,
        case when deposit_class = 'eft' then 'R09' else 'R10' end,
        '1010',
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        deposit_amount
    from deposits
    union all
    select
        file_id,
        event_id,
        'bank',
        posted_date,
        case when deposit_class = 'eft' then 'R09' else 'R10' end,
        case when deposit_class = 'eft' then '1030' else '1040' end,
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        -deposit_amount
    from deposits

    -- R20 a bill is paid; R21 payroll tax is remitted; rent is an expense on the day it is paid
    union all
    select
        file_id,
        event_id,
        'bank',
        posted_date,
        case when withdrawal_class = 'payroll_tax' then 'R21' else 'R20' end,
        account_code,
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        withdrawal_amount
    from withdrawals
    union all
    select
        file_id,
        event_id,
        'bank',
        posted_date,
        case when withdrawal_class = 'payroll_tax' then 'R21' else 'R20' end,
        '1010',
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        -withdrawal_amount
    from withdrawals

    -- R21 payroll run: what is owed to the tax office until the bank shows it paid
    union all
    select
        file_id,
        event_id,
        'payroll',
        pay_date,
        'R21',
        '6100',
        cast(null as varchar),
        provider_id,
        location_id,
        gross_amount
    from pay_lines
    union all
    select
        file_id,
        event_id,
        'payroll',
        pay_date,
        'R21',
        '6110',
        cast(null as varchar),
        provider_id,
        location_id,
        employer_tax_amount
    from pay_lines
    union all
    select
        file_id,
        event_id,
        'payroll',
        pay_date,
        'R21',
        '2100',
        cast(null as varchar),
        cast(null as varchar),
        location_id,
        -deduction_amount
    from pay_lines
    union all
    select
        file_id,
        event_id,
        'payroll',
        pay_date,
        'R21',
        '2110',
        cast(null as varchar),
        cast(null as varchar),
        location_id,
        -(employee_tax_amount + employer_tax_amount)
    from pay_lines
    union all
    select
        file_id,
        event_id,
        'payroll',
        pay_date,
        'R21',
        '1010',
        cast(null as varchar),
        cast(null as varchar),
        location_id,
        -net_amount
    from pay_lines

    -- R20 bill without an order
    union all
    select
        file_id,
        event_id,
        'documents',
        bill_date,
        'R20',
        account_code,
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        total_amount
    from bills
    union all
    select
        file_id,
        event_id,
        'documents',
        bill_date,
        'R20',
        '2000',
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        -total_amount
    from bills
)

select * from movements
where
    signed_amount <> 0
    {% if is_incremental() %}
        and event_id not in (select held.event_id from {{ this }} as held)
    {% endif %}
