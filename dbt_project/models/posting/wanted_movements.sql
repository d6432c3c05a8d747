{{ config(materialized='table') }}

-- One row per movement of an account that should be booked, in either book, as the facts that are known say today:
-- positive debits, negative credits, with the entity it belongs to and its account by code and by role. It is made from
-- the set of facts, never from the order in which they landed; what is booked is `proposed_movements`. A rule names a role,
-- the seeds that a practice edits give a code: here, and nowhere else, the one becomes the other.

{% set columns = [
    'file_id', 'event_id', 'source', 'entry_date', 'known_date', 'rule_id', 'account_role', 'account_code', 'payer_class',
    'payer_id', 'provider_id', 'location_id', 'entity_member', 'claim_id', 'service_key', 'part', 'signed_amount',
] | join(', ') %}

with movements as (
    select
        {{ columns }},
        'accrual' as book
    from {{ ref('charge_movements') }}

    union all

    select
        {{ columns }},
        'accrual' as book
    from {{ ref('remittance_movements') }}

    union all

    select
        {{ columns }},
        'accrual' as book
    from {{ ref('patient_movements') }}

    union all

    select
        {{ columns }},
        'accrual' as book
    from {{ ref('bank_movements') }}

    union all

    select
        {{ columns }},
        'accrual' as book
    from {{ ref('payable_movements') }}

    union all

    select
        {{ columns }},
        'accrual' as book
    from {{ ref('supply_movements') }}

    union all

    select
        {{ columns }},
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
    coalesce(greatest(movements.known_date, movements.entry_date), movements.entry_date) as known_date,
    movements.rule_id,
    coalesce(movements.account_code, by_role.account_code) as account_code,
    case when movements.account_code is null then movements.account_role else by_code.account_role end as account_role,
    movements.payer_class,
    movements.payer_id,
    movements.provider_id,
    movements.location_id,
    {{ entity_of('movements') }} as entity_id,
    movements.claim_id,
    movements.service_key,
    movements.part,
    movements.signed_amount
from movements
left join accounts as by_role on movements.account_role = by_role.account_role
left join accounts as by_code on movements.account_code = by_code.account_code
{{ join_entities('movements', ref('entity_members')) }}
where movements.signed_amount <> 0
