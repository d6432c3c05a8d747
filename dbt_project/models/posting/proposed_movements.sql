{{ config(materialized='incremental', incremental_strategy='append') }}

-- One row per movement of an account that was proposed, before lines are added up: positive debits, negative credits, in
-- either book. What is proposed is what is wanted less what is booked: a new event whole, and of an event that is there
-- the difference, as an event of its own (`<event>:corrected:<n>`). So neither the order in which files land nor how
-- runs divide them changes a balance in the end, and a replay adds nothing. What was proposed stays; a lake that is
-- made anew takes it from the list that is kept of it (`raw_books.movements`).

{% set place = [
    'base_event_id', 'book', 'source', 'rule_id', 'account_code', 'account_role', 'payer_class', 'payer_id', 'provider_id',
    'location_id', 'entity_id', 'claim_id', 'service_key', 'part',
] %}

with booked as (
    select
        event_id,
        base_event_id,
        book,
        file_id,
        source,
        entry_date,
        rule_id,
        account_code,
        account_role,
        payer_class,
        payer_id,
        provider_id,
        location_id,
        entity_id,
        claim_id,
        service_key,
        part,
        signed_amount
    {% if is_incremental() %}
        from {{ this }}
    {% else %}
        from {{ ref('stg_books__movements') }}
    {% endif %}
),

wanted as (
    select
        *,
        event_id as base_event_id
    from {{ ref('wanted_movements') }}
),

sides as (
    select
        {{ place | join(', ') }},
        signed_amount,
        known_date
    from wanted

    union all

    select
        {{ place | join(', ') }},
        -signed_amount as signed_amount,
        cast(null as date) as known_date
    from booked
),

differences as (
    select
        {{ place | join(', ') }},
        {{ money('sum(signed_amount)') }} as signed_amount,
        max(known_date) as known_date
    from sides
    group by {{ place | join(', ') }}
    having sum(signed_amount) <> 0
),

touched as (
    select
        base_event_id,
        book,
        max(known_date) as known_date
    from differences
    group by base_event_id, book
),

wanted_events as (
    select
        base_event_id,
        book,
        max(file_id) as file_id,
        min(entry_date) as entry_date
    from wanted
    group by base_event_id, book
),

booked_events as (
    select
        base_event_id,
        book,
        count(distinct event_id) as event_count,
        max(file_id) as file_id,
        max(entry_date) as entry_date
    from booked
    group by base_event_id, book
),

events as (
    select
        touched.base_event_id,
        touched.book,
        case
            when booked_events.base_event_id is null then touched.base_event_id
            else concat(touched.base_event_id, ':corrected:', cast(booked_events.event_count as varchar))
        end as event_id,
        coalesce(wanted_events.file_id, booked_events.file_id) as file_id,
        -- what is new has its own day; a difference has the day by which all of it was known
        case
            when booked_events.base_event_id is null then wanted_events.entry_date
            else coalesce(greatest(booked_events.entry_date, touched.known_date), booked_events.entry_date)
        end as entry_date
    from touched
    left join wanted_events
        on touched.base_event_id = wanted_events.base_event_id and touched.book = wanted_events.book
    left join booked_events
        on touched.base_event_id = booked_events.base_event_id and touched.book = booked_events.book
),

proposed as (
    select
        events.event_id,
        differences.base_event_id,
        differences.book,
        events.file_id,
        differences.source,
        -- what belongs to a closed period is booked on the first day that is open
        coalesce(closed_periods.first_open_date, events.entry_date) as entry_date,
        differences.rule_id,
        differences.account_code,
        differences.account_role,
        differences.payer_class,
        differences.payer_id,
        differences.provider_id,
        differences.location_id,
        differences.entity_id,
        differences.claim_id,
        differences.service_key,
        differences.part,
        differences.signed_amount
    from differences
    inner join events on differences.base_event_id = events.base_event_id and differences.book = events.book
    left join {{ ref('stg_books__closed_periods') }} as closed_periods
        on differences.entity_id = closed_periods.entity_id
        and events.entry_date between closed_periods.start_date and closed_periods.end_date
)

select * from proposed
{% if not is_incremental() %}
    union all

    select * from booked
{% endif %}
