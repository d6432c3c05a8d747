-- One row per book, entity, claim, service and account: what is proposed of it so far, positive a debit. The difference
-- between this and what is wanted is what the next run proposes; an account that is back at zero has no row.

select
    book,
    entity_id,
    claim_id,
    service_key,
    account_code,
    {{ money('sum(signed_amount)') }} as amount
from {{ ref('proposed_movements') }}
where claim_id is not null
group by book, entity_id, claim_id, service_key, account_code
having sum(signed_amount) <> 0
