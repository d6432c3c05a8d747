-- One row per answer that was paid a second time and that a person decided about: where its money goes. `apply` says that the
-- payer has paid twice and is owed it, `release` that it is another payment of the claim, `reject` that no such money came.

with claims as (
    select
        *,
        concat('era835:answer:', md5(answer_key)) as item_key
    from {{ ref('int_remittances__claims_classified') }}
    where is_paid_twice
),

decisions as (
    select
        item_key,
        max(verb) as verb,
        max(account_code) as account_code
    from {{ ref('stg_books__item_decisions') }}
    where verb in ('apply', 'release', 'reject', 'reclassify')
    group by item_key
)

select
    claims.answer_key,
    claims.item_key,
    decisions.verb,
    case
        when decisions.verb = 'reclassify' then decisions.account_code
        else accounts.account_code
    end as account_code
from claims
inner join decisions on claims.item_key = decisions.item_key
left join {{ ref('accounts') }} as accounts
    on accounts.account_role = case decisions.verb
        when 'apply' then 'credits_insurance'
        when 'release' then 'receivable_insurance'
        when 'reject' then 'eft_clearing'
    end
