-- One row per book and pair of entities that owe each other (R23): where both keep the book, both sides must agree.

with lines as (
    select
        book,
        entity_id,
        counter_entity_id,
        sum(debit_amount - credit_amount) as owed_amount
    from {{ ref('fct_journal_lines') }}
    where counter_entity_id is not null
    group by book, entity_id, counter_entity_id
)

select
    ours.book,
    ours.entity_id,
    ours.counter_entity_id,
    {{ money('ours.owed_amount') }} as due_from_amount,
    {{ money('-coalesce(theirs.owed_amount, 0)') }} as due_to_amount,
    {{ money('ours.owed_amount + coalesce(theirs.owed_amount, 0)') }} as difference_amount
from lines as ours
left join {{ ref('entities') }} as entities on ours.counter_entity_id = entities.entity_id
left join lines as theirs
    on ours.book = theirs.book
    and ours.entity_id = theirs.counter_entity_id
    and ours.counter_entity_id = theirs.entity_id
where
    coalesce(entities.books, 'accrual') like concat('%', ours.book, '%')
    and (ours.owed_amount > 0 or theirs.owed_amount is null)
