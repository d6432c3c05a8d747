{{ config(materialized='view') }}

-- One row per statement of a receiver about something that was sent: an interchange (TA1), a group (AK9), a
-- transaction set (IK5), a claim that a 999 names, a batch, provider or claim of a 277. Tests are left out.

with interchanges as (
    select * from {{ ref('stg_acks__interchange_acknowledgements') }}
    where coalesce(usage_indicator, 'P') <> 'T'
),

functional_groups as (
    select * from {{ ref('stg_acks__group_acknowledgements') }}
    where
        coalesce(usage_indicator, 'P') <> 'T'
        and coalesce(acknowledged_functional_code, 'HC') = 'HC'
),

transaction_sets as (
    select * from {{ ref('stg_acks__set_acknowledgements') }}
    where coalesce(acknowledged_set_code, '837') = '837'
),

errors as (
    select
        *,
        -- an element says more than the segment it stands in
        row_number() over (
            partition by file_id, transaction_number, acknowledged_control_number
            order by case when level = 'element' then 0 else 1 end, error_number
        ) as precedence
    from {{ ref('stg_acks__set_errors') }}
),

statuses as (
    select * from {{ ref('stg_acks__claim_statuses') }}
    where coalesce(usage_indicator, 'P') <> 'T'
)

select
    'interchange' as level,
    file_id,
    segment_number,
    1 as statement_number,
    outcome,
    cast(loaded_at as date) as stated_date,
    sender_id as stated_by,
    acknowledged_interchange_control_number as interchange_control_number,
    cast(null as varchar) as group_control_number,
    cast(null as varchar) as control_number,
    cast(null as varchar) as batch_reference,
    cast(null as varchar) as provider_npi,
    cast(null as varchar) as claim_id,
    cast(null as decimal(18, 2)) as charged_amount,
    cast(null as date) as service_from_date,
    'interchange' as code_set,
    note_code as reason_code,
    cast(null as varchar) as status_code,
    cast(null as varchar) as error_segment_id,
    cast(null as varchar) as element_position,
    loaded_at
from interchanges

union all

select
    'group' as level,
    file_id,
    segment_number,
    1 as statement_number,
    outcome,
    coalesce(acknowledged_date, cast(loaded_at as date)) as stated_date,
    sender_id as stated_by,
    cast(null as varchar) as interchange_control_number,
    acknowledged_group_control_number as group_control_number,
    cast(null as varchar) as control_number,
    cast(null as varchar) as batch_reference,
    cast(null as varchar) as provider_npi,
    cast(null as varchar) as claim_id,
    cast(null as decimal(18, 2)) as charged_amount,
    cast(null as date) as service_from_date,
    'group' as code_set,
    error_codes as reason_code,
    cast(null as varchar) as status_code,
    cast(null as varchar) as error_segment_id,
    cast(null as varchar) as element_position,
    loaded_at
from functional_groups

union all

select
    'transaction_set' as level,
    transaction_sets.file_id,
    transaction_sets.segment_number,
    1 as statement_number,
    transaction_sets.outcome,
    coalesce(functional_groups.acknowledged_date, cast(transaction_sets.loaded_at as date)) as stated_date,
    functional_groups.sender_id as stated_by,
    cast(null as varchar) as interchange_control_number,
    transaction_sets.acknowledged_group_control_number as group_control_number,
    transaction_sets.acknowledged_control_number as control_number,
    cast(null as varchar) as batch_reference,
    cast(null as varchar) as provider_npi,
    cast(null as varchar) as claim_id,
    cast(null as decimal(18, 2)) as charged_amount,
    cast(null as date) as service_from_date,
    coalesce(errors.level, 'set') as code_set,
    coalesce(errors.error_code, transaction_sets.error_codes) as reason_code,
    cast(null as varchar) as status_code,
    errors.error_segment_id,
    errors.element_position,
    transaction_sets.loaded_at
from transaction_sets
inner join functional_groups
    on transaction_sets.file_id = functional_groups.file_id
    and transaction_sets.transaction_number = functional_groups.transaction_number
left join errors
    on transaction_sets.file_id = errors.file_id
    and transaction_sets.transaction_number = errors.transaction_number
    and transaction_sets.acknowledged_control_number = errors.acknowledged_control_number
    and errors.precedence = 1

union all

-- a claim that a refused 999 names by its number
select
    'named_claim' as level,
    errors.file_id,
    errors.segment_number,
    1 as statement_number,
    transaction_sets.outcome,
    coalesce(functional_groups.acknowledged_date, cast(errors.loaded_at as date)) as stated_date,
    functional_groups.sender_id as stated_by,
    cast(null as varchar) as interchange_control_number,
    errors.acknowledged_group_control_number as group_control_number,
    errors.acknowledged_control_number as control_number,
    cast(null as varchar) as batch_reference,
    cast(null as varchar) as provider_npi,
    errors.claim_id,
    cast(null as decimal(18, 2)) as charged_amount,
    cast(null as date) as service_from_date,
    errors.level as code_set,
    errors.error_code as reason_code,
    cast(null as varchar) as status_code,
    errors.error_segment_id,
    errors.element_position,
    errors.loaded_at
from errors
inner join functional_groups
    on errors.file_id = functional_groups.file_id and errors.transaction_number = functional_groups.transaction_number
inner join transaction_sets
    on errors.file_id = transaction_sets.file_id
    and errors.transaction_number = transaction_sets.transaction_number
    and errors.acknowledged_control_number = transaction_sets.acknowledged_control_number
where errors.claim_id is not null

union all

select
    case level when 'line' then 'claim' when 'receiver' then 'batch' else level end as level,
    file_id,
    segment_number,
    status_number as statement_number,
    outcome,
    coalesce(effective_date, cast(loaded_at as date)) as stated_date,
    coalesce(sender_name, sender_code) as stated_by,
    cast(null as varchar) as interchange_control_number,
    cast(null as varchar) as group_control_number,
    cast(null as varchar) as control_number,
    batch_reference,
    provider_npi,
    claim_id,
    charged_amount,
    service_from_date,
    'category' as code_set,
    category_code as reason_code,
    status_code,
    cast(null as varchar) as error_segment_id,
    cast(null as varchar) as element_position,
    loaded_at
from statuses
where level <> 'payer'
