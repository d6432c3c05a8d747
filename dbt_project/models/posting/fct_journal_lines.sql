{{ config(materialized='incremental', unique_key='event_id', incremental_strategy='delete+insert') }}

-- One row per line of a proposed journal entry of one entity and book, aggregated by account, rule, payer class, provider
-- and location, without PHI. An event is one payment, one file's charges of a day, one deposit, one pay run, one bill; its
-- entry in the accrual book of the entity that holds its money carries the event's own id, every other entry of it a mark
-- behind that (':cash', '@entity').

with movements as (
    select * from {{ ref('proposed_movements') }}
),

entities as (
    select * from {{ ref('entities') }}
),

new_movements as (
    select * from movements
    {% if is_incremental() %}
        where concat(event_id, ' ', book) not in (
                select concat(held.business_event_id, ' ', held.book) from {{ this }} as held
            )
    {% endif %}
),

-- an event belongs to the entity that holds its money; without money to the first by name
homes as (
    select
        event_id,
        book,
        coalesce(
            min(
                case
                    when
                        account_role in (
                            'operating_bank', 'card_clearing', 'eft_clearing', 'undeposited_receipts', 'payables'
                        )
                        then entity_id
                end
            ),
            min(entity_id)
        ) as home_entity_id
    from new_movements
    group by event_id, book
),

inter_entity_accounts as (
    select
        max(case when account_role = 'due_from_entities' then account_code end) as due_from_account_code,
        max(case when account_role = 'due_to_entities' then account_code end) as due_to_account_code
    from {{ ref('accounts') }}
),

-- R23 what one entity paid or earned for another: each entity's lines add up to zero by what they owe each other
nets as (
    select
        new_movements.event_id,
        new_movements.book,
        new_movements.entity_id,
        homes.home_entity_id,
        max(new_movements.file_id) as file_id,
        max(new_movements.source) as source,
        max(new_movements.entry_date) as entry_date,
        max(inter_entity_accounts.due_from_account_code) as due_from_account_code,
        max(inter_entity_accounts.due_to_account_code) as due_to_account_code,
        sum(new_movements.signed_amount) as net_amount
    from new_movements
    cross join inter_entity_accounts
    inner join homes on new_movements.event_id = homes.event_id and new_movements.book = homes.book
    where new_movements.entity_id <> homes.home_entity_id
    group by new_movements.event_id, new_movements.book, new_movements.entity_id, homes.home_entity_id
    having sum(new_movements.signed_amount) <> 0
),

all_movements as (
    select
        file_id,
        event_id,
        source,
        entry_date,
        rule_id,
        account_code,
        payer_class,
        provider_id,
        location_id,
        cast(null as varchar) as counter_entity_id,
        entity_id,
        signed_amount,
        book
    from new_movements

    union all

    select
        file_id,
        event_id,
        source,
        entry_date,
        'R23' as rule_id,
        case when net_amount < 0 then due_from_account_code else due_to_account_code end as account_code,
        {{ no_text() }} as payer_class,
        {{ no_text() }} as provider_id,
        {{ no_text() }} as location_id,
        home_entity_id as counter_entity_id,
        entity_id,
        -net_amount as signed_amount,
        book
    from nets

    union all

    select
        file_id,
        event_id,
        source,
        entry_date,
        'R23' as rule_id,
        case when net_amount > 0 then due_from_account_code else due_to_account_code end as account_code,
        {{ no_text() }} as payer_class,
        {{ no_text() }} as provider_id,
        {{ no_text() }} as location_id,
        entity_id as counter_entity_id,
        home_entity_id as entity_id,
        net_amount as signed_amount,
        book
    from nets
),

lines as (
    select
        event_id,
        book,
        entity_id,
        file_id,
        source,
        entry_date,
        rule_id,
        account_code,
        payer_class,
        provider_id,
        location_id,
        counter_entity_id,
        sum(signed_amount) as signed_amount
    from all_movements
    group by
        event_id, book, entity_id, file_id, source, entry_date, rule_id, account_code, payer_class, provider_id,
        location_id, counter_entity_id
),

-- an entity has entries in the books it keeps
kept as (
    select lines.*
    from lines
    left join entities on lines.entity_id = entities.entity_id
    where coalesce(entities.books, 'accrual') like concat('%', lines.book, '%')
)

select
    concat(
        kept.event_id,
        case when kept.book = 'accrual' then '' else concat(':', kept.book) end,
        case when kept.entity_id = homes.home_entity_id then '' else concat('@', kept.entity_id) end
    ) as event_id,
    kept.event_id as business_event_id,
    cast(
        row_number() over (
            partition by kept.event_id, kept.book, kept.entity_id
            order by
                kept.rule_id, kept.account_code, coalesce(kept.payer_class, ''), coalesce(kept.provider_id, ''),
                coalesce(kept.location_id, ''), coalesce(kept.counter_entity_id, '')
        ) as bigint
    ) as line_number,
    kept.entity_id,
    kept.book,
    kept.entry_date,
    kept.source,
    case kept.source
        when 'era835' then 'Remittance of a payer'
        when 'bank' then 'Bank transaction'
        when 'payroll' then 'Payroll run'
        when 'documents' then 'Bill of a vendor'
        when 'supplies' then 'Supplies received or invoiced'
        else 'Charges and patient payments of a billing system'
    end as description,
    kept.file_id as source_file_id,
    kept.rule_id,
    kept.account_code,
    {{ money('case when kept.signed_amount > 0 then kept.signed_amount else 0 end') }} as debit_amount,
    {{ money('case when kept.signed_amount < 0 then -kept.signed_amount else 0 end') }} as credit_amount,
    kept.payer_class,
    kept.provider_id,
    -- the other entity of a due-to or due-from line stands where the place stands on other lines
    coalesce(kept.location_id, kept.counter_entity_id) as location_id,
    kept.counter_entity_id
from kept
inner join homes on kept.event_id = homes.event_id and kept.book = homes.book
where kept.signed_amount <> 0
