{{
    config(meta={
        'description':
            'Every claim: charged = paid + adjusted + open, once its transfers are counted; and all claims ' ~
            'together are every transaction that counts, so that none fell out on the way.',
        'dagster': {'ref': {'name': 'fct_claim_balances'}},
    })
}}

with claims as (
    select
        claim_balance_key,
        charged_amount - paid_amount - adjusted_amount + transferred_amount - open_amount as difference_amount
    from {{ ref('fct_claim_balances') }}
),

together as (
    select
        'all claims' as claim_balance_key,
        (select coalesce(sum(open_amount), 0) from {{ ref('fct_claim_balances') }})
        - (
            select coalesce(sum(counted_amount), 0) from {{ ref('int_billing__transactions_counted') }}
            where source in {{ listed(var('ledger_sources')) }}
        ) as difference_amount
)

select * from claims
where difference_amount <> 0
union all
select * from together
where difference_amount <> 0
