{{
    config(meta={
        'description':
            'Σ of the lines\' payments = Σ CLP04 of the payment they came with.',
        'dagster': {'ref': {'name': 'fct_remittance_lines'}},
    })
}}

select
    payments.payment_key,
    payments.claim_paid_amount,
    sum(lines.paid_amount) as paid_amount
from {{ ref('int_remittances__payments') }} as payments
inner join {{ ref('fct_remittance_lines') }} as lines on payments.payment_key = lines.payment_key
where payments.disposition = 'proposed'
group by payments.payment_key, payments.claim_paid_amount
having payments.claim_paid_amount <> sum(lines.paid_amount)
