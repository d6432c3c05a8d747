{{
    config(meta={
        'description':
            'A posting rule names accounts by role, so a role that is in no row of the chart would leave its ' ~
            'movements without an account.',
    })
}}

{% set roles = [
    'allowance_contractual',
    'bonus_accrued',
    'capitation_adjustments',
    'capitation_earned',
    'capitation_unearned',
    'card_clearing',
    'card_fees',
    'contractual_adjustments',
    'credits_insurance',
    'credits_patient',
    'drugs',
    'due_from_entities',
    'due_to_entities',
    'eft_clearing',
    'goods_received_not_invoiced',
    'laboratory_services',
    'medical_supplies',
    'operating_bank',
    'overpayments_recognised',
    'pay_accrued',
    'payables',
    'payer_takebacks_unmatched',
    'payroll_deductions',
    'payroll_taxes',
    'payroll_taxes_payable',
    'prepayments_patient',
    'receivable_insurance',
    'receivable_patient',
    'revenue_outside_cpt',
    'revenue_unallocated',
    'sequestration',
    'suspense',
    'unapplied_receipts',
    'uncategorized_expense',
    'undeposited_receipts',
    'unidentified_withdrawals',
    'wages'
] %}

with named as (
    {% for role in roles %}
        select '{{ role }}' as account_role
        {{ "union all" if not loop.last }}
    {% endfor %}
)

select named.account_role
from named
left join {{ ref('accounts') }} as accounts on named.account_role = accounts.account_role
where accounts.account_role is null
