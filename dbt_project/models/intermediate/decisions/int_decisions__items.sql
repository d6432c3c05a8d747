-- One row per item that a person decided about, with the verb.

select
    item_key,
    max(verb) as verb,
    min(decided_date) as decided_date
from {{ ref('stg_books__item_decisions') }}
group by item_key
