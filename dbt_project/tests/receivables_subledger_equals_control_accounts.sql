{{
    config(meta={
        'description':
            'The A/R subledger equals what the proposals book on receivables, insurance and patients apart, ' ~
            'entity by entity.',
        'dagster': {'ref': {'name': 'fct_journal_lines'}},
    })
}}

with subledger as (
    select
        entity_id,
        case when bucket = 'insurance' then 'receivable_insurance' else 'receivable_patient' end as account_role,
        sum(receivable_change_amount) as receivable_amount
    from {{ ref('receivables_activity') }}
    group by entity_id, case when bucket = 'insurance' then 'receivable_insurance' else 'receivable_patient' end
),

control as (
    select
        lines.entity_id,
        accounts.account_role,
        sum(lines.debit_amount - lines.credit_amount) as receivable_amount
    from {{ ref('fct_journal_lines') }} as lines
    inner join {{ ref('accounts') }} as accounts
        on accounts.account_role in ('receivable_insurance', 'receivable_patient')
        and lines.account_code = accounts.account_code
    group by lines.entity_id, accounts.account_role
)

select
    coalesce(control.entity_id, subledger.entity_id) as entity_id,
    coalesce(control.account_role, subledger.account_role) as account_role,
    control.receivable_amount as control_amount,
    subledger.receivable_amount as subledger_amount
from control
full outer join subledger
    on control.account_role = subledger.account_role and control.entity_id = subledger.entity_id
where coalesce(control.receivable_amount, 0) <> coalesce(subledger.receivable_amount, 0)
