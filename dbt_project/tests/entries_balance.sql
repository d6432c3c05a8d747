{{
    config(meta={
        'description':
            'Debits equal credits in every proposed entry: X12 balancing and the posting rules say so, this ' ~
            'proves it.',
    })
}}

select
    event_id,
    sum(debit_amount) as debit_amount,
    sum(credit_amount) as credit_amount
from {{ ref('fct_journal_lines') }}
group by event_id
having sum(debit_amount) <> sum(credit_amount)
