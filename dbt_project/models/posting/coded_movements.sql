{{ config(materialized='view') }}

-- One row per movement of an account in either book, with the account by its code and by its role. A rule names a role,
-- the seeds that a practice edits give a code: here, and nowhere else, the one becomes the other.

with movements as (
    select
        *,
        'accrual' as book
    from {{ ref('proposed_movements') }}

    union all

    select
        *,
        'cash' as book
    from {{ ref('cash_book_movements') }}
),

accounts as (
    select
        account_code,
        account_role
    from {{ ref('accounts') }}
)

select
    movements.file_id,
    movements.event_id,
    movements.book,
    movements.source,
    movements.entry_date,
    movements.rule_id,
    coalesce(movements.account_code, by_role.account_code) as account_code,
    case when movements.account_code is null then movements.account_role else by_code.account_role end as account_role,
    movements.payer_class,
    movements.provider_id,
    movements.location_id,
    movements.entity_id,
    movements.signed_amount
from movements
left join accounts as by_role on movements.account_role = by_role.account_role
left join accounts as by_code on movements.account_code = by_code.account_code
