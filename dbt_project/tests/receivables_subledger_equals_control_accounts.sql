{{
    config(meta={
        'description':
            'The A/R subledger equals what the proposals book on 1200 and 1210, insurance and patients apart, ' ~
            'entity by entity.',
        'dagster': {'ref': {'name': 'fct_journal_lines'}},
    })
}}

with subledger as (
    select
        entity_id,
        case when bucket = 'insurance' then '1200' else '1210' end as account_code,
        sum(receivable_change_amount) as receivable_amount
    from {{ ref('receivables_activity') }}
    group by entity_id, case when bucket = 'insurance' then '1200' else '1210' end
),

control as (
    select
        entity_id,
        account_code,
        sum(debit_amount - credit_amount) as receivable_amount
    from {{ ref('fct_journal_lines') }}
    where account_code in ('1200', '1210')
    group by entity_id, account_code
)

select
    coalesce(control.entity_id, subledger.entity_id) as entity_id,
    control.account_code,
    control.receivable_amount as control_amount,
    subledger.receivable_amount as subledger_amount
from control
full outer join subledger
    on control.account_code = subledger.account_code and control.entity_id = subledger.entity_id
where coalesce(control.receivable_amount, 0) <> coalesce(subledger.receivable_amount, 0)
