{{ config(materialized='incremental', unique_key='file_id', incremental_strategy='delete+insert') }}

-- One row per charge line: whether it is booked, by which event, or why it is held (rule R01). A transaction books once, at
-- its first arrival that can be booked: a line that is held for its code, its date or its amount does not stand in the way
-- of its corrected copy. A credit needs the charge it takes back, in this run's files or booked before.

with charges as (
    select
        coded.*,
        priced.charged_amount,
        priced.later_fee_file_id,
        mapped.category_code,
        mapped.mapping_version
    from {{ ref('int_billing__charges_coded') }} as coded
    inner join {{ ref('int_billing__charges_priced') }} as priced on coded.charge_line_key = priced.charge_line_key
    inner join {{ ref('int_billing__charges_mapped') }} as mapped on coded.charge_line_key = mapped.charge_line_key
    where {{ only_new_files('coded.file_id') }}
),

complete as (
    select
        charge_line_key,
        file_id,
        line_number,
        source,
        profile,
        transaction_id,
        reversed_transaction_id,
        loaded_at
    from charges
    where
        category_code is not null
        and posting_date is not null
        and charged_amount is not null
        and source_hold_reason is null

    {% if is_incremental() %}
        union all

        select
            charge_line_key,
            file_id,
            line_number,
            source,
            profile,
            transaction_id,
            cast(null as varchar) as reversed_transaction_id,
            loaded_at
        from {{ this }}
        where hold_reason is null
    {% endif %}
),

credits_with_charge as (
    select distinct credits.charge_line_key
    from complete as credits
    inner join complete as originals
        on credits.source = originals.source
        and credits.profile = originals.profile
        and credits.reversed_transaction_id = originals.transaction_id
),

arrival_order as (
    select
        complete.charge_line_key,
        row_number() over (
            partition by complete.source, complete.profile, complete.transaction_id
            order by complete.loaded_at, complete.file_id, complete.line_number
        ) as arrival_number
    from complete
    left join credits_with_charge on complete.charge_line_key = credits_with_charge.charge_line_key
    where complete.reversed_transaction_id is null or credits_with_charge.charge_line_key is not null
),

judged as (
    select
        charges.*,
        case
            when charges.source_hold_reason is not null then charges.source_hold_reason
            when arrival_order.arrival_number > 1 then 'duplicate_transaction'
            when charges.category_code is null then 'unmapped_procedure'
            when charges.posting_date is null then 'missing_posting_date'
            when charges.charged_amount is null then 'missing_amount'
            when charges.reversed_transaction_id is not null and credits_with_charge.charge_line_key is null then 'unseen_charge'
        end as hold_reason
    from charges
    left join arrival_order on charges.charge_line_key = arrival_order.charge_line_key
    left join credits_with_charge on charges.charge_line_key = credits_with_charge.charge_line_key
)

select
    charge_line_key,
    file_id,
    line_number,
    source,
    profile,
    transaction_id,
    -- a later version of the mapping or a later fee releases a line as an event beside what was posted of its day
    concat(
        source, ':charges:', substring(file_id, 1, 16), ':', cast(posting_date as varchar),
        case when mapping_version > 1 then concat(':v', cast(mapping_version as varchar)) else '' end,
        case when later_fee_file_id is not null then concat(':f', substring(later_fee_file_id, 1, 16)) else '' end
    ) as event_id,
    case when hold_reason is null then 'proposed' else 'held' end as disposition,
    hold_reason,
    loaded_at
from judged
