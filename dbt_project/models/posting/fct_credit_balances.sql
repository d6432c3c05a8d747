-- One row per claim, receivable account and day on which its credit balance changed: what patients or payers
-- have paid beyond what the claim owes at the end of the day (rule R14). The sum of the changes up to a day is what
-- stands as a credit then. A claim belongs to the entity and provider of its first movement.

with activity as (
    select
        -- what stands against no claim is its file's
        coalesce(moved.claim_id, concat('file:', moved.file_id)) as claim_id,
        accounts.account_code,
        moved.posting_date,
        moved.entity_id,
        moved.provider_id,
        moved.file_id,
        moved.receivable_change_amount
    from {{ ref('receivables_activity') }} as moved
    inner join {{ ref('accounts') }} as accounts
        on accounts.account_role = case when moved.bucket = 'insurance' then 'receivable_insurance' else 'receivable_patient' end
    where moved.posting_date is not null
),

ordered as (
    select
        claim_id,
        account_code,
        entity_id,
        provider_id,
        row_number() over (
            partition by claim_id, account_code
            order by posting_date, file_id, coalesce(provider_id, ''), entity_id
        ) as movement_number
    from activity
),

homes as (
    select
        claim_id,
        account_code,
        entity_id,
        provider_id
    from ordered
    where movement_number = 1
),

days as (
    select
        claim_id,
        account_code,
        posting_date,
        sum(receivable_change_amount) as change_amount
    from activity
    group by claim_id, account_code, posting_date
),

balances as (
    select
        claim_id,
        account_code,
        posting_date,
        change_amount,
        sum(change_amount) over (
            partition by claim_id, account_code order by posting_date
            rows between unbounded preceding and current row
        ) as balance_amount
    from days
),

credits as (
    select
        claim_id,
        account_code,
        posting_date,
        greatest(-balance_amount, 0) as credit_amount,
        greatest(-balance_amount, 0) - greatest(change_amount - balance_amount, 0) as credit_change_amount
    from balances
)

select
    {{ surrogate_key(['credits.claim_id', 'credits.account_code', 'credits.posting_date']) }} as credit_balance_key,
    credits.claim_id,
    homes.entity_id,
    credits.account_code,
    homes.provider_id,
    credits.posting_date,
    {{ money('credits.credit_change_amount') }} as credit_change_amount,
    {{ money('credits.credit_amount') }} as credit_amount
from credits
inner join homes on credits.claim_id = homes.claim_id and credits.account_code = homes.account_code
where credits.credit_change_amount <> 0
