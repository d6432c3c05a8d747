-- One row per part of what a person decided about a line of a bank statement that nobody knew: the account it goes to, and
-- its dollars; nothing for the whole line.

select
    item_key as event_id,
    part_number,
    account_code,
    amount,
    decided_date
from {{ ref('stg_books__item_decisions') }}
where verb in ('reclassify', 'split') and item_key like 'bank:%'
