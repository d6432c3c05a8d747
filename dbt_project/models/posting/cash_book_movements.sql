-- The cash book, from the same events: one row per movement of an account, positive debits, negative credits. Money counts
-- when it is here: a deposit is revenue of the services it was paid for, a payment to a vendor an expense. Taxes withheld
-- and receipts nobody has explained stay liabilities.

-- a service that no charge names is revenue all the same, of no category
with matched_lines as (
    select
        lines.payment_key,
        lines.payer_class,
        coalesce(charges.rendering_provider_id, lines.rendering_provider_id) as rendering_provider_id,
        charges.location_id,
        coalesce(charges.account_code, charges.professional_account_code) as first_account_code,
        charges.technical_account_code,
        lines.paid_amount,
        case
            when charges.charge_line_key is null or charges.account_code is not null then lines.paid_amount
            else {{ share_of('lines.paid_amount', 'charges.professional_amount', 'charges.charged_amount') }}
        end as first_amount
    from {{ ref('fct_remittance_lines') }} as lines
    left join {{ ref('remittance_charge_matches') }} as matches
        on lines.remittance_line_key = matches.remittance_line_key
    left join {{ ref('fct_charge_lines') }} as charges on matches.charge_line_key = charges.charge_line_key
    where lines.disposition = 'proposed' and lines.paid_amount <> 0
),

deposits as (
    {{ booked_deposits(ref('fct_deposits')) }}
),

-- a matched deposit: the event that makes it revenue
receipts as (
    select
        *,
        event_id as receipt_event_id,
        posted_date as receipt_date,
        greatest(posted_date, payment_date) as receipt_known_date
    from deposits
    where booked_as = 'eft'
),

receipt_lines as (
    select
        receipts.file_id,
        receipts.receipt_event_id,
        receipts.receipt_date,
        receipts.receipt_known_date,
        receipts.source,
        matched_lines.*
    from receipts
    inner join matched_lines on receipts.payment_key = matched_lines.payment_key
),

receipt_adjustments as (
    select
        receipts.file_id,
        receipts.receipt_event_id,
        receipts.receipt_date,
        receipts.receipt_known_date,
        receipts.source,
        receipts.entity_member,
        adjustments.account_code,
        adjustments.adjustment_amount
    from receipts
    inner join {{ ref('int_remittances__payments') }} as payments on receipts.payment_key = payments.payment_key
    inner join {{ ref('int_remittances__provider_adjustments_classified') }} as adjustments
        on payments.file_id = adjustments.file_id and payments.transaction_number = adjustments.transaction_number
),

charge_numbers as (
    select
        source,
        profile,
        transaction_id,
        coalesce(account_code, professional_account_code) as first_account_code,
        technical_account_code,
        case when account_code is not null then charged_amount else professional_amount end as first_charged_amount,
        charged_amount
    from {{ ref('fct_charge_lines') }}
    where disposition = 'proposed'
),

desk_payments as (
    select
        payments.*,
        'self_pay' as payer_class,
        charge_numbers.first_account_code,
        charge_numbers.technical_account_code,
        coalesce(
            {{ share_of('payments.paid_amount', 'charge_numbers.first_charged_amount', 'charge_numbers.charged_amount') }},
            payments.paid_amount
        ) as first_amount
    from {{ ref('int_receivables__desk_payments') }} as payments
    left join charge_numbers
        on payments.source = charge_numbers.source
        and payments.profile = charge_numbers.profile
        and payments.parent_charge_id = charge_numbers.transaction_id
    where payments.hold_reason is null and not payments.is_refund
),

-- what a person said a line of the bank was, in one part or several
decided_deposits as (
    select
        deposits.*,
        decisions.account_code as decided_account_code,
        coalesce(decisions.amount, deposits.deposit_amount) as part_amount,
        greatest(deposits.posted_date, decisions.decided_date) as decided_date
    from deposits
    left join {{ ref('int_bank__decisions') }} as decisions on deposits.event_id = decisions.event_id
    where deposits.booked_as in ('unidentified', 'differs')
),

booked_withdrawals as (
    {{ booked_withdrawals(ref('fct_withdrawals')) }}
),

withdrawals as (
    select
        booked_withdrawals.*,
        coalesce(decisions.account_code, booked_withdrawals.cash_account_code) as decided_account_code,
        coalesce(decisions.amount, booked_withdrawals.withdrawal_amount) as part_amount,
        greatest(booked_withdrawals.posted_date, decisions.decided_date) as decided_date
    from booked_withdrawals
    left join {{ ref('int_bank__decisions') }} as decisions
        on booked_withdrawals.event_id = decisions.event_id and booked_withdrawals.withdrawal_class = 'unidentified'
),

pay_lines as (
    select
        *,
        'payroll' as source
    from {{ ref('int_ledger__pay_lines') }}
    where hold_reason is null
),

movements as (
    {% set nobody = {'payer_class': no_text(), 'provider_id': no_text(), 'location_id': no_text()} %}
    {% set receipt = {
        'event_id': 'receipt_event_id', 'entry_date': 'receipt_date', 'known_date': 'receipt_known_date',
    } %}
    {% set bank = dict(nobody, entry_date='posted_date', entity_member='entity_member') %}
    -- R09 a remittance's deposit is revenue of the services it was paid for, by what each was paid
    {{ side('receipts', "'R09'", "'operating_bank'", 'deposit_amount',
            **dict(nobody, entity_member='entity_member', **receipt)) }}
    union all
    {{ side('receipt_lines', "'R09'", "'revenue_unallocated'", '-first_amount', code='first_account_code', **receipt) }}
    union all
    {{ side('receipt_lines', "'R09'", no_text(), '-(paid_amount - first_amount)', code='technical_account_code', **receipt) }}
    union all
    {{ side('receipt_adjustments', "'PLB'", no_text(), 'adjustment_amount', code='account_code',
            **dict(nobody, entity_member='entity_member', **receipt)) }}

    -- R18 a receipt nobody has explained
    union all
    {{ posting('decided_deposits', "'R18'", "'operating_bank'", "'unapplied_receipts'", 'part_amount',
               credit_code='decided_account_code', **dict(bank, known_date='decided_date')) }}

    -- R03, R10 what patients pay is revenue of what they pay for, when they pay
    union all
    {{ side('desk_payments', "'R10'", no_text(), 'paid_amount', code='account_code') }}
    union all
    {{ side('desk_payments', "'R10'", "'revenue_unallocated'", '-first_amount', code='first_account_code') }}
    union all
    {{ side('desk_payments', "'R10'", no_text(), '-(paid_amount - first_amount)', code='technical_account_code') }}
    union all
    {{ posting('deposits', "'R10'", "'operating_bank'", "'undeposited_receipts'", 'deposit_amount',
               where="booked_as = 'card_settlement' and card_gross_amount = 0", **bank) }}
    union all
    {{ posting('deposits', "'R03'", "'operating_bank'", "'card_clearing'", 'deposit_amount',
               where="booked_as = 'card_settlement' and card_gross_amount <> 0", **bank) }}
    union all
    {{ posting('deposits', "'R03'", "'card_fees'", "'card_clearing'", 'card_gross_amount - deposit_amount',
               where="booked_as = 'card_settlement' and card_gross_amount <> 0", **bank) }}

    -- R19 a capitation is revenue when it is paid
    union all
    {{ posting('deposits', "'R19'", "'operating_bank'", "'capitation_earned'", 'deposit_amount',
               where="booked_as = 'capitation'", **bank) }}

    -- R15, R17, R20, R21 money out
    union all
    {{ posting('withdrawals', 'rule_id', no_text(), "'operating_bank'", 'part_amount',
               debit_code='decided_account_code', **dict(bank, known_date='decided_date')) }}
    {% for debit, credit, amount in [
        ('wages', 'operating_bank', 'net_amount'),
        ('wages', 'payroll_taxes_payable', 'employee_tax_amount'),
        ('wages', 'payroll_deductions', 'deduction_amount'),
        ('payroll_taxes', 'payroll_taxes_payable', 'employer_tax_amount'),
    ] %}
        union all
        {{ posting('pay_lines', "'R21'", "'" ~ debit ~ "'", "'" ~ credit ~ "'", amount, entry_date='pay_date',
                   payer_class=no_text(), provider_id=no_text()) }}
    {% endfor %}
)

select * from movements
where signed_amount <> 0
