-- One row per charge line: whether it is booked, by which event, or why it is held (rule R01). A transaction books once: of
-- several copies with the same content the first by the newest day of its file, and of other contents the newest, which
-- corrects the others. A line that is held for its code, its date or its amount does not stand in the way of its corrected
-- copy. A credit needs the charge it takes back, whichever file brings it.

with charges as (
    select
        coded.*,
        priced.charged_amount,
        mapped.category_code,
        mapped.mapping_version,
        max(coded.posting_date) over (partition by coded.file_id) as file_date,
        {{ surrogate_key([
            'coded.claim_id', 'coded.stated_amount', 'coded.procedure_code', 'coded.modifier_1', 'coded.modifier_2',
            'coded.modifier_3', 'coded.modifier_4', 'coded.charged_units', 'coded.service_date',
        ]) }} as content_mark
    from {{ ref('int_billing__charges_coded') }} as coded
    inner join {{ ref('int_billing__charges_priced') }} as priced on coded.charge_line_key = priced.charge_line_key
    inner join {{ ref('int_billing__charges_mapped') }} as mapped on coded.charge_line_key = mapped.charge_line_key
),

released as (
    select distinct item_key
    from {{ ref('stg_books__item_decisions') }}
    where verb = 'release'
),

complete as (
    select * from charges
    where
        category_code is not null
        and posting_date is not null
        and charged_amount is not null
        and source_hold_reason is null
),

credits_with_charge as (
    select distinct credits.charge_line_key
    from complete as credits
    inner join complete as originals
        on credits.source = originals.source
        and credits.profile = originals.profile
        and credits.reversed_transaction_id = originals.transaction_id
),

bookable as (
    select complete.*
    from complete
    left join credits_with_charge on complete.charge_line_key = credits_with_charge.charge_line_key
    where complete.reversed_transaction_id is null or credits_with_charge.charge_line_key is not null
),

contents as (
    select
        source,
        profile,
        transaction_id,
        content_mark,
        row_number() over (
            partition by source, profile, transaction_id
            -- a copy that brings a void says nothing else
            order by
                min(case when void_date is null then 0 else 1 end) asc, max(file_date) desc,
                min(concat(file_id, ':', lpad(cast(line_number as varchar), 9, '0'))) asc
        ) as content_number
    from bookable
    group by source, profile, transaction_id, content_mark
),

copies as (
    select
        bookable.charge_line_key,
        row_number() over (
            partition by bookable.source, bookable.profile, bookable.transaction_id
            order by
                contents.content_number, case when bookable.void_date is null then 0 else 1 end, bookable.file_date,
                bookable.file_id, bookable.line_number
        ) as copy_number
    from bookable
    inner join contents
        on bookable.source = contents.source
        and bookable.profile = contents.profile
        and bookable.transaction_id = contents.transaction_id
        and bookable.content_mark = contents.content_mark
),

judged as (
    select
        charges.*,
        case
            when charges.source_hold_reason is not null then charges.source_hold_reason
            when copies.copy_number > 1 then 'duplicate_transaction'
            when charges.category_code is null then 'unmapped_procedure'
            when charges.posting_date is null then 'missing_posting_date'
            when charges.charged_amount is null then 'missing_amount'
            when charges.reversed_transaction_id is not null and credits_with_charge.charge_line_key is null then 'unseen_charge'
        end as found_hold_reason
    from charges
    left join copies on charges.charge_line_key = copies.charge_line_key
    left join credits_with_charge on charges.charge_line_key = credits_with_charge.charge_line_key
),

-- a person may say that what looks like a copy is a charge of its own
decided as (
    select
        judged.*,
        case
            when judged.found_hold_reason = 'duplicate_transaction' and released.item_key is not null then null
            else judged.found_hold_reason
        end as hold_reason
    from judged
    left join released on released.item_key = concat('charge:', judged.charge_line_key)
)

select
    charge_line_key,
    file_id,
    line_number,
    source,
    profile,
    transaction_id,
    -- a later version of the mapping releases a line as an event beside what was posted of its day
    concat(
        source, ':charges:', substring(file_id, 1, 16), ':', cast(posting_date as varchar),
        case when mapping_version > 1 then concat(':v', cast(mapping_version as varchar)) else '' end
    ) as event_id,
    case when hold_reason is null then 'proposed' else 'held' end as disposition,
    hold_reason,
    loaded_at
from decided
