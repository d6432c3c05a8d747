-- One row per answer or reversal whose money waited and that a person decided about: the account it goes to.

with decisions as (
    select
        item_key,
        max(verb) as verb,
        max(account_code) as account_code
    from {{ ref('stg_books__item_decisions') }}
    where verb in ('apply', 'release', 'reject', 'reclassify')
    group by item_key
)

select
    waiting.answer_key,
    waiting.item_key,
    decisions.verb,
    case when decisions.verb = 'reclassify' then decisions.account_code else accounts.account_code end as account_code
from {{ ref('int_remittances__answers_waiting') }} as waiting
inner join decisions on waiting.item_key = decisions.item_key
left join {{ ref('accounts') }} as accounts
    on accounts.account_role = case decisions.verb
        when 'apply' then 'credits_insurance'
        when 'release' then 'receivable_insurance'
        when 'reject' then 'eft_clearing'
    end
