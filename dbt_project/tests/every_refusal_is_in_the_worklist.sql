{{
    config(meta={
        'description':
            'A statement that refuses something stands behind a row of the worklist: a refusal that nobody sees ' ~
            'is a claim nobody is paid for.',
        'dagster': {'ref': {'name': 'fct_claim_rejections'}},
    })
}}

select statements.statement_key
from {{ ref('int_claims__statements_matched') }} as statements
left join {{ ref('fct_claim_rejections') }} as rejections
    on statements.rejection_key = rejections.claim_rejection_key
where
    statements.outcome in ('rejected', 'not_found')
    and rejections.claim_rejection_key is null
